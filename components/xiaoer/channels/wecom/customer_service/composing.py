"""The bot's bubbles as messages and steps of customer service.

Source: https://developer.work.weixin.qq.com/document/path/94677
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from xiaoer.channels.tencent.splitting import TEXT_BYTES, merge_texts, shorten, split_text
from xiaoer.channels.wecom.customer_service.pictures import Pictures
from xiaoer.channels.wecom.output import Bubble, card_buttons, card_url, words_of
from xiaoer.channels.wecom.texts import Texts

logger = logging.getLogger(__name__)

_ITEMS = 10
_HEAD_BYTES = 1024
_ITEM_BYTES = 128
_LINK_BYTES = {"title": 128, "desc": 512}


@dataclass
class Composed:
    """A turn, ready to be carried out.

    Attributes:
        steps: In order: bodies of kf/send_msg without receiver and account, or
            `{"transfer": "pool" | servicer, "text": notice}`, or `{"end": true}`.
        menus: The payloads of menu items by their id.
    """

    steps: list[dict[str, Any]] = field(default_factory=list)
    menus: dict[str, str] = field(default_factory=dict)


class Composer:
    """Makes steps of bubbles.

    Args:
        texts: The channel's own sentences.
        pictures: Puts pictures into the platform's keeping.
    """

    def __init__(self, texts: Texts, pictures: Pictures) -> None:
        self._texts = texts
        self._pictures = pictures
        self._limit = text_limit(texts)

    async def compose(self, bubbles: Iterable[Bubble], turn: str) -> Composed:
        """Return the steps of a turn; texts that follow one another are one message.

        Args:
            bubbles: What the bot says.
            turn: Names the turn, in at most 48 letters and digits; its menu items begin with it.
        """
        composed = Composed()
        for bubble in bubbles:
            if bubble.buttons:
                self._add_menu(composed, bubble.text, list(bubble.buttons), turn)
            elif bubble.text:
                composed.steps += [
                    text_message(piece) for piece in split_text(bubble.text, self._limit)
                ]
            if bubble.image:
                composed.steps.append(await self._picture(bubble.image))
            if bubble.cards:
                await self._add_cards(composed, list(bubble.cards), turn)
            if bubble.custom is not None:
                _add_custom(composed, bubble.custom)
        composed.steps = merged(composed.steps, self._limit)
        return composed

    async def _picture(self, url: str) -> dict[str, Any]:
        media_id = await self._pictures.media_id(url)
        if media_id is None:
            return text_message(url)
        return {"msgtype": "image", "image": {"media_id": media_id}}

    async def _add_cards(self, composed: Composed, cards: list[dict[str, Any]], turn: str) -> None:
        buttons = card_buttons(cards)
        if len(cards) == 1 and card_url(cards[0]) and cards[0].get("image_url"):
            link = await self._link(cards[0])
            if link is not None:
                composed.steps.append(link)
                if buttons:
                    self._add_menu(composed, "", buttons, turn)
                return
        lines = [f"{card.get('title', '')}\n{card.get('subtitle') or ''}".strip() for card in cards]
        links = [
            {"title": str(card.get("title") or ""), "url": card_url(card)}
            for card in cards
            if card_url(card)
        ]
        if links or buttons:
            self._add_menu(composed, "\n\n".join(lines), [*links, *buttons], turn)
        else:
            composed.steps += [text_message(piece) for piece in merge_texts(lines, self._limit)]

    async def _link(self, card: dict[str, Any]) -> dict[str, Any] | None:
        thumb = await self._pictures.media_id(str(card["image_url"]))
        if thumb is None:
            return None
        link = {
            "title": shorten(str(card.get("title") or ""), _LINK_BYTES["title"]),
            "desc": shorten(str(card.get("subtitle") or ""), _LINK_BYTES["desc"]),
            "url": card_url(card),
            "thumb_media_id": thumb,
        }
        return {"msgtype": "link", "link": link}

    def _add_menu(
        self, composed: Composed, text: str, buttons: list[dict[str, Any]], turn: str
    ) -> None:
        choose = self._texts.get("choose", words_of(text, buttons))
        head = text or choose
        if len(head.encode()) > _HEAD_BYTES:
            composed.steps += [text_message(piece) for piece in split_text(head, self._limit)]
            head = choose
        for start in range(0, len(buttons), _ITEMS):
            items = []
            for button in buttons[start : start + _ITEMS]:
                content = shorten(button["title"], _ITEM_BYTES)
                if "url" in button:
                    view = {"url": button["url"], "content": content}
                    items.append({"type": "view", "view": view})
                    continue
                item_id = f"{turn}-{len(composed.menus)}"
                composed.menus[item_id] = button["payload"]
                items.append({"type": "click", "click": {"id": item_id, "content": content}})
            menu = {"head_content": head, "list": items}
            composed.steps.append({"msgtype": "msgmenu", "msgmenu": menu})
            head = choose


def text_message(content: str) -> dict[str, Any]:
    """Return the body of a text."""
    return {"msgtype": "text", "text": {"content": content}}


def text_limit(texts: Texts) -> int:
    """Return how many bytes a text may have so that the sentence `more` fits below it."""
    more = texts.longest("more")
    return TEXT_BYTES - len(f"\n{more}".encode())


def merged(steps: Iterable[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    """Return steps with neighbouring texts joined as far as `limit` bytes hold them."""
    joined: list[dict[str, Any]] = []
    for step in steps:
        if joined and step.get("msgtype") == joined[-1].get("msgtype") == "text":
            last = joined.pop()["text"]["content"]
            pieces = merge_texts([last, step["text"]["content"]], limit)
            joined += [text_message(piece) for piece in pieces]
        else:
            joined.append(step)
    return joined


def as_one(steps: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the one message that may answer an event: a text or a menu; None without any."""
    messages = [step for step in steps if step.get("msgtype") in ("text", "msgmenu")]
    texts = [step["text"]["content"] for step in messages if step["msgtype"] == "text"]
    menus = [step["msgmenu"] for step in messages if step["msgtype"] == "msgmenu"]
    if menus:
        head = shorten("\n\n".join([*texts, menus[0]["head_content"]]), _HEAD_BYTES)
        return {"msgtype": "msgmenu", "msgmenu": {**menus[0], "head_content": head}}
    return text_message(merge_texts(texts)[0]) if texts else None


def _add_custom(composed: Composed, custom: dict[str, Any]) -> None:
    """Add what an action asks of the platform, under the name `wecom_kf`."""
    asked = custom.get("wecom_kf")
    asked = asked if isinstance(asked, dict) else {}
    kind = asked.get("msgtype")
    if kind and kind in asked:
        composed.steps.append({"msgtype": kind, kind: asked[kind]})
    elif asked.get("transfer"):
        to, notice = str(asked["transfer"]), str(asked.get("text") or "")
        composed.steps.append({"transfer": to, "text": notice})
    elif asked.get("end"):
        composed.steps.append({"end": True, "text": str(asked.get("text") or "")})
    else:
        keys = json.dumps(sorted(map(str, custom)), ensure_ascii=False)
        logger.warning("A custom payload with %s is not for customer service, left out.", keys)
