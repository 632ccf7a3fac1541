"""Block Kit: texts, buttons, menus and product cards within Slack's limits.

Source: https://docs.slack.dev/reference/block-kit/blocks/
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from xiaoer.channels.slack.protocol.mrkdwn import escape
from xiaoer.channels.slack.protocol.splitting import shorten, split

logger = logging.getLogger(__name__)

Block = dict[str, Any]

MAX_SECTION = 3_000
MAX_MESSAGE = 40_000
MAX_BLOCKS = 50
MAX_TITLE = 75
_MAX_VALUE = 2_000
_MAX_OPTION_VALUE = 150
_MAX_OPTIONS = 100
_MAX_ELEMENTS = 25
_MAX_BUTTONS = 5
_MAX_ALT_TEXT = 2_000
# Blocks whose buttons go once one of them was pressed.
OURS = "xiaoer-"


def sections(text: str) -> list[Block]:
    """Return escaped text as sections; an empty text has none."""
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": part}}
        for part in split(text, MAX_SECTION)
    ]


def choices(
    buttons: Iterable[Mapping[str, Any]], prefix: str, placeholder: Callable[..., str]
) -> list[Block]:
    """Return buttons; more than five become menus of up to a hundred options.

    A menu holds short payloads only, and no links: with others, the buttons stay buttons.

    Args:
        buttons: Rasa's: `title` with `payload` or `url`, and `style` (`primary`, `danger`).
        prefix: What distinguishes these blocks from others of the message.
        placeholder: Returns what a menu says before the choice; called with `first` and `last`,
            counted from 1, when there are several menus.
    """
    usable = [button for button in buttons if _usable(button)]
    menu = len(usable) > _MAX_BUTTONS and all(_fits_option(button) for button in usable)
    size = _MAX_OPTIONS if menu else _MAX_ELEMENTS
    pages = [usable[first : first + size] for first in range(0, len(usable), size)]
    blocks: list[Block] = []
    for index, page in enumerate(pages):
        name = f"{OURS}{prefix}{index}"
        if menu:
            first = index * size + 1
            span = {"first": first, "last": first + len(page) - 1} if len(pages) > 1 else {}
            elements = [_menu(page, shorten(placeholder(**span), _MAX_OPTION_VALUE))]
        else:
            elements = [_button(button, f"button-{i}") for i, button in enumerate(page)]
        blocks.append({"type": "actions", "block_id": name, "elements": elements})
    return blocks


def cards(
    elements: Iterable[Mapping[str, Any]], placeholder: Callable[..., str]
) -> Iterator[tuple[str, list[Block]]]:
    """Return messages of product cards, each with its fallback text.

    Args:
        elements: `title`, `subtitle`, `image_url`, `buttons`, and where the title leads to:
            `item_url`, or `default_action` with a `url`.
        placeholder: As for `choices`.
    """
    blocks: list[Block] = []
    titles: list[str] = []
    for index, element in enumerate(elements):
        card = _card(element, f"card{index}-", placeholder)
        if not card:
            continue
        if blocks and len(blocks) + 1 + len(card) > MAX_BLOCKS:
            yield "\n".join(titles), blocks
            blocks, titles = [], []
        blocks += [{"type": "divider"}, *card] if blocks else card
        titles.append(escape(_words(element.get("title"))))
    if blocks:
        yield "\n".join(titles), blocks


def image(url: str, alt: str) -> Block:
    """Return a picture."""
    return {"type": "image", "image_url": url, "alt_text": shorten(alt or url, _MAX_ALT_TEXT)}


def web_address(value: Any) -> str:
    """Return an address that Slack takes, or an empty text."""
    fits = isinstance(value, str) and value.startswith(("https://", "http://"))
    return value if fits and len(value) <= MAX_SECTION else ""


def _card(element: Mapping[str, Any], prefix: str, placeholder: Callable[..., str]) -> list[Block]:
    title = escape(_words(element.get("title")))
    action = element.get("default_action")
    address = action.get("url") if isinstance(action, Mapping) else element.get("item_url")
    link = web_address(address)
    head = f"<{escape(link)}|{title}>" if link and title else title
    words = "\n".join(
        line for line in (head and f"*{head}*", escape(_words(element.get("subtitle")))) if line
    )
    buttons = choices(element.get("buttons") or [], prefix, placeholder)
    if not words:
        return buttons
    section, *more = sections(words)
    picture = web_address(element.get("image_url"))
    if picture:
        section["accessory"] = image(picture, _words(element.get("title")))
    return [section, *more, *buttons]


def _menu(page: list[Mapping[str, Any]], placeholder: str) -> Block:
    return {
        "type": "static_select",
        "action_id": "menu",
        "placeholder": _plain(placeholder),
        "options": [
            {"text": _plain(_words(each["title"])), "value": str(each["payload"])} for each in page
        ],
    }


def _button(button: Mapping[str, Any], action: str) -> Block:
    shown: Block = {
        "type": "button",
        "action_id": action,
        "text": _plain(_words(button["title"])),
    }
    link = web_address(button.get("url"))
    if link:
        shown["url"] = link
    else:
        shown["value"] = str(button["payload"])
    if button.get("style") in ("primary", "danger"):
        shown["style"] = button["style"]
    return shown


def _usable(button: Mapping[str, Any]) -> bool:
    payload = button.get("payload")
    fits = bool(payload) and len(str(payload)) <= _MAX_VALUE
    if _words(button.get("title")) and (fits or web_address(button.get("url"))):
        return True
    logger.warning(
        "Slack: a button is left out: it needs a title, and a url or a payload of at most %d "
        "characters.",
        _MAX_VALUE,
    )
    return False


def _fits_option(button: Mapping[str, Any]) -> bool:
    return not web_address(button.get("url")) and len(str(button["payload"])) <= _MAX_OPTION_VALUE


def _plain(text: str) -> Block:
    if len(text) > MAX_TITLE:
        logger.info("Slack: a title of %d characters is shortened to %d.", len(text), MAX_TITLE)
    return {"type": "plain_text", "text": shorten(text, MAX_TITLE), "emoji": True}


def _words(value: Any) -> str:
    return "" if value is None else str(value).strip()
