"""Whether consent still covers a kept profile."""

from __future__ import annotations

from sqlalchemy import or_
from sqlalchemy.sql import ColumnElement

from backends.customers.consent import allowed
from backends.customers.profiles.models import ProfileTags


def covered() -> ColumnElement:
    """A condition on `ProfileTags`: consent covers what the row was made of."""
    return allowed(ProfileTags.customer_id, "profile") & or_(
        ProfileTags.reads_messages.is_(False), allowed(ProfileTags.customer_id, "messages")
    )
