"""What all pages share: Jinja2 over the templates in their folders, files, streams, sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backends.clock import SHOP_TIME
from backends.console.assets import SCRIPT, Assets
from backends.console.events.streams import Streams
from backends.console.pages import Page
from backends.console.texts import LANGUAGES, Texts
from backends.console.ticket.quick_texts import read_quick_texts
from backends.db import now
from backends.staff.models import ROLES

FOLDER = Path(__file__).parent


class Console:
    """What all pages share, on ``app.ctx.console``.

    Args:
        pages: for the menu.
        staff_data: the folder of the sentences for replies.

    Raises:
        SetupError: the sentences cannot be read.
    """

    def __init__(self, pages: Sequence[Page], staff_data: Path) -> None:
        self.assets = Assets()
        self.streams = Streams()
        self.quick_texts = read_quick_texts(staff_data)
        self._environment = Environment(
            loader=FileSystemLoader(FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.globals.update(
            pages=[page for page in pages if page.address],
            asset=self.assets.url,
            is_live=self.assets.get(SCRIPT) is not None,
            LANGUAGES=LANGUAGES,
            ROLES=ROLES,
        )
        self._environment.filters.update(clock=clock, age=age)

    def render(self, template: str, **values: object) -> str:
        """Fill a template; everything put into it is escaped."""
        return self._environment.get_template(template).render(**values)


def clock(moment: datetime) -> str:
    """Shop time: the hour today, else the day too."""
    local, today = moment.astimezone(SHOP_TIME), now().astimezone(SHOP_TIME).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    return f"{local:%m-%d %H:%M}" if local.year == today.year else f"{local:%Y-%m-%d %H:%M}"


def age(moment: datetime, t: Texts) -> str:
    """How long ago: ``<1 min``, minutes, hours or days."""
    minutes = int((now() - moment).total_seconds() // 60)
    if minutes < 1:
        return t("age.now")
    if minutes < 60:
        return t("age.minutes", count=minutes)
    return (
        t("age.hours", count=minutes // 60)
        if minutes < 1440
        else t("age.days", count=minutes // 1440)
    )
