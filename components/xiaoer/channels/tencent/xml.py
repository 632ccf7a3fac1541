"""XML of callbacks, read without trust."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from xiaoer.channels.tencent.errors import MalformedMessage

#: The platforms' messages have some dozens of elements, three deep.
_MAX_ELEMENTS = 1000
_MAX_DEPTH = 8
_ENCODING = re.compile(r"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)", re.IGNORECASE)


def parse_xml(body: bytes) -> dict[str, Any]:
    """Return the children of `<xml>` by name: text, a dict, or a list where a name repeats.

    Raises:
        MalformedMessage: The body is not UTF-8, not well-formed, not `<xml>`, has a DTD (and so
            perhaps entities), or is far larger than any message.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MalformedMessage("The body is not UTF-8.") from None
    declared = _ENCODING.match(text)
    if declared and declared[1].lower() not in ("utf-8", "utf8"):
        raise MalformedMessage("The body declares another encoding than UTF-8.")
    parser = DefusedXMLParser(target=_Reader(), forbid_dtd=True)
    try:
        parser.feed(text)
        result = parser.close()
    except (ParseError, DefusedXmlException, ValueError):
        raise MalformedMessage("The body is not well-formed XML.") from None
    if not isinstance(result, dict):
        raise MalformedMessage("The body has no elements.")
    return result


class _Reader:
    """Builds dicts while the parser goes on, and stops it where a message is too large."""

    def __init__(self) -> None:
        self._stack: list[dict[str, Any]] = []
        self._texts: list[list[str]] = []
        self._count = 0
        self._result: dict[str, Any] | str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        self._count += 1
        if self._count > _MAX_ELEMENTS or len(self._stack) >= _MAX_DEPTH:
            raise MalformedMessage("The body has too many elements.")
        if not self._stack and tag != "xml":
            raise MalformedMessage("The body's root is not <xml>.")
        self._stack.append({})
        self._texts.append([])

    def data(self, text: str) -> None:
        """Take text of the open element."""
        self._texts[-1].append(text)

    def end(self, tag: str) -> None:
        """Close the element and give it to the one around it."""
        children, text = self._stack.pop(), "".join(self._texts.pop())
        value: dict[str, Any] | str = children or text
        if not self._stack:
            self._result = value
            return
        siblings = self._stack[-1]
        if tag not in siblings:
            siblings[tag] = value
        elif isinstance(siblings[tag], list):
            siblings[tag].append(value)
        else:
            siblings[tag] = [siblings[tag], value]

    def close(self) -> dict[str, Any] | str | None:
        """Return the root."""
        return self._result
