"""What of the queue somebody wants to see, as it stands in the address of a page."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from urllib.parse import urlencode

from backends.console.visit import Visit
from backends.handoff.models import REASONS
from backends.staff.models import LANGUAGES

#: The parts of the queue, in the order of the page. The last one is shown alone.
PARTS = ("mine", "waiting", "messages", "colleagues", "ended")
#: Channels that can be chosen; those of other names are shown all the same.
CHANNELS = ("wechat", "wecom", "wecom_kf", "slack", "web", "rest")
_CHANNEL = re.compile(r"[a-z][a-z0-9_-]{0,31}")


@dataclass(frozen=True)
class Choice:
    """Filters; "" is no filter.

    Attributes:
        show: one of `PARTS` alone; "" for all that are open.
        language: of the talk.
        reason: why the ticket was made.
        channel: where the customer writes.
        who: the id of whose tickets are wanted.
        page: of a part that is shown alone, from 1.
    """

    show: str = ""
    language: str = ""
    reason: str = ""
    channel: str = ""
    who: str = ""
    page: int = 1

    @property
    def is_filtered(self) -> bool:
        """Whether anything but parts is chosen."""
        return bool(self.language or self.reason or self.channel or self.who)

    def address(self, before: str, **other: object) -> str:
        """``before`` with this choice, or one that differs in something, as a query."""
        chosen = {**asdict(self), "page": 1, **other}
        query = urlencode({name: each for name, each in chosen.items() if each and each != 1})
        return f"{before}?{query}" if query else before


def choice_of(visit: Visit) -> Choice:
    """Read the address; what is none of the choices is no filter."""
    show, language, reason = visit.query("show"), visit.query("language"), visit.query("reason")
    channel, who, page = visit.query("channel"), visit.query("who"), visit.query("page")
    return Choice(
        show=show if show in PARTS else "",
        language=language if language in LANGUAGES else "",
        reason=reason if reason in REASONS else "",
        channel=channel if _CHANNEL.fullmatch(channel) else "",
        who=who if re.fullmatch(r"[1-9][0-9]{0,8}", who) else "",
        page=int(page) if re.fullmatch(r"[1-9][0-9]{0,3}", page) else 1,
    )
