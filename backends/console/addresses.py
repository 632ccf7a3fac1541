"""Where a form may lead on to."""

from __future__ import annotations

import re

HOME = "/staff/"
# On this host and on these pages only.
_INSIDE = re.compile(r"/staff(/[A-Za-z0-9/_-]*)?(\?[A-Za-z0-9=&%_.+-]*)?")


def inside(address: str) -> str:
    """The address if it is one of the console's, else its first page."""
    return address if _INSIDE.fullmatch(address) else HOME
