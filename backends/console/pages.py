"""What a page of the console is: a folder with routes, a template, and a place in the menu."""

from __future__ import annotations

from dataclasses import dataclass

from sanic import Blueprint

from backends.staff.models import ROLES


@dataclass(frozen=True)
class Page:
    """A page, or a few that belong together.

    Attributes:
        name: its folder, and ``nav.<name>`` among the texts when it stands in the menu.
        blueprint: its routes, under /staff.
        address: where the menu leads; None keeps it out of the menu.
        roles: who may see it in the menu. Each route checks for itself.
    """

    name: str
    blueprint: Blueprint
    address: str | None = None
    roles: tuple[str, ...] = ROLES
