"""Weak labels: which customers carry which tag by the designer's rules and lists."""

from __future__ import annotations

from collections.abc import Mapping

from backends.customers.profiles.tags import Group, Tag


def carries(tag: Tag, customer: str, features: Mapping[str, float]) -> bool:
    """Whether a customer is listed under a tag or any of its rules holds."""
    return customer in tag.customers or any(rule.holds(features) for rule in tag.when)


def only_tag(group: Group, customer: str, features: Mapping[str, float]) -> int | None:
    """Return the place of the one tag of an exclusive group that a customer carries.

    None when there is no such tag or more than one: the examples do not say. To be listed goes
    before any rule.
    """
    listed = [at for at, tag in enumerate(group.tags) if customer in tag.customers]
    found = listed or [at for at, tag in enumerate(group.tags) if carries(tag, customer, features)]
    return found[0] if len(found) == 1 else None
