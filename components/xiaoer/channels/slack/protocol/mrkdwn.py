"""Slack's text format: what customers wrote becomes plain text, what is said is escaped.

Source: https://docs.slack.dev/messaging/formatting-message-text/
"""

import re
from collections.abc import Collection

_MARKUP = re.compile(r"<([^<>]+)>")
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&amp;": "&"}
_ENTITY = re.compile("|".join(_ENTITIES))


def escape(text: str) -> str:
    """Return text in which nothing is a mention, a link or an entity any more."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def unescape(text: str) -> str:
    """Undo `escape`."""
    return _ENTITY.sub(lambda found: _ENTITIES[found[0]], text)


def plain(text: str, without: Collection[str] = ()) -> str:
    """Return what somebody wrote as plain text.

    Args:
        text: As Slack sends it: `<@U1>`, `<#C1|general>`, `<!here>`, `<https://…|label>`, `&lt;`.
        without: Users whose mentions are left out: the assistant itself.
    """

    def read(found: re.Match[str]) -> str:
        target, _, label = found[1].partition("|")
        kind = target[:1]
        if kind == "@":
            return " " if target[1:] in without else "@" + (label or target[1:]).lstrip("@")
        if kind == "#":
            return "#" + (label or target[1:]).lstrip("#")
        if kind == "!":
            return label or "@" + target[1:].split("^")[0]
        return label or target.removeprefix("mailto:").removeprefix("tel:")

    words = _MARKUP.sub(read, text)
    if without:
        # Where a mention was, one space is enough; line breaks stay.
        words = re.sub(r"[ \t]{2,}", " ", words)
    return unescape(words).replace("\x00", "").strip()
