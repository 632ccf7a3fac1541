"""The bot's bubbles as application messages.

Source: https://developer.work.weixin.qq.com/document/path/90236
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from xiaoer.channels.tencent.choices import numbered
from xiaoer.channels.tencent.splitting import TEXT_BYTES, merge_texts, shorten, split_text
from xiaoer.channels.wecom.output import Bubble, card_buttons, card_url, words_of
from xiaoer.channels.wecom.texts import Texts

logger = logging.getLogger(__name__)

BUTTONS = ("card", "numbers")
CARDS = ("news", "textcard", "markdown")
_CARD_BUTTONS = 6
_CARD_TITLE = 36  # characters, beyond which phones cut it off
_CARD_TEXT = 112
_ARTICLES = 8
_TITLE_BYTES = 128
_DESCRIPTION_BYTES = 512


@dataclass
class Composed:
    """A turn, ready to be sent.

    Attributes:
        messages: Bodies of message/send, in order, without `touser` and `agentid`.
        presses: For each template card, by its task id, its buttons by their key.
        choices: The buttons that are shown as numbers.
    """

    messages: list[dict[str, Any]] = field(default_factory=list)
    presses: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    choices: list[dict[str, Any]] = field(default_factory=list)

    @property
    def passive(self) -> str | None:
        """The one text that a passive reply can say all of it with, if there is one."""
        if all(message["msgtype"] == "text" for message in self.messages):
            merged = merge_texts(message["text"]["content"] for message in self.messages)
            return merged[0] if len(merged) == 1 else None
        return None


class Composer:
    """Makes messages of bubbles.

    Args:
        texts: The channel's own sentences.
        buttons: `card` for template cards, `numbers` for lines to answer with a number.
        cards: Of what product cards are made: `news`, `textcard` or `markdown`.
    """

    def __init__(self, texts: Texts, buttons: str, cards: str) -> None:
        self._texts = texts
        self._buttons = buttons
        self._cards = cards

    def compose(self, bubbles: Iterable[Bubble], turn: str) -> Composed:
        """Return the messages of a turn.

        Args:
            bubbles: What the bot says.
            turn: Names the turn, in at most 100 letters and digits; its cards are called by it.
        """
        composed = Composed()
        for bubble in bubbles:
            if bubble.buttons:
                self._add_buttons(composed, bubble.text, list(bubble.buttons), turn)
            elif bubble.text:
                composed.messages += [_text(piece) for piece in split_text(bubble.text)]
            if bubble.image:
                title = self._texts.get("picture", bubble.text)
                article = {"title": title, "url": bubble.image, "picurl": bubble.image}
                composed.messages.append(_news([article]))
            if bubble.cards:
                composed.messages += self._product_cards(list(bubble.cards))
                buttons = card_buttons(bubble.cards)
                if buttons:
                    self._add_buttons(composed, "", buttons, turn)
            if bubble.custom is not None:
                _add_custom(composed, bubble.custom)
        return composed

    def _add_buttons(
        self, composed: Composed, text: str, buttons: list[dict[str, Any]], turn: str
    ) -> None:
        if self._buttons == "card" and len(buttons) <= _CARD_BUTTONS:
            title, description = self._texts.get("choose", words_of(text, buttons)), ""
            if text and len(text) <= _CARD_TITLE and "\n" not in text:
                title = text
            elif len(text) <= _CARD_TEXT:
                description = text
            else:
                composed.messages += [_text(piece) for piece in split_text(text)]
            task = f"{turn}-{len(composed.presses)}"
            composed.presses[task] = {
                str(number): button for number, button in enumerate(buttons) if "payload" in button
            }
            composed.messages.append(_button_card(task, title, description, buttons))
            return
        said = [button for button in buttons if "payload" in button]
        links = [f"{button['title']}: {button['url']}" for button in buttons if "url" in button]
        # One offer a turn: numbers go on where the first list ended.
        first = len(composed.choices)
        composed.choices += said
        listed = numbered(composed.choices).splitlines()[first:]
        lead = [text] if text else []
        if said:
            lead.append(self._texts.get("choose_by_number", words_of(text, said)))
        whole = "\n".join([*lead, *listed, *links])
        composed.messages += [_text(piece) for piece in split_text(whole)]

    def _product_cards(self, cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
        with_links = all(card_url(card) for card in cards)
        if self._cards == "markdown" or not with_links:
            words = merge_texts(map(_lines, cards), TEXT_BYTES)
            if self._cards != "markdown":
                return [_text(piece) for piece in words]
            return [{"msgtype": "markdown", "markdown": {"content": piece}} for piece in words]
        if self._cards == "textcard":
            return [{"msgtype": "textcard", "textcard": _article(card, False)} for card in cards]
        articles = [_article(card, True) for card in cards]
        return [
            _news(articles[start : start + _ARTICLES])
            for start in range(0, len(articles), _ARTICLES)
        ]


def _text(content: str) -> dict[str, Any]:
    return {"msgtype": "text", "text": {"content": content}}


def _news(articles: list[dict[str, Any]]) -> dict[str, Any]:
    return {"msgtype": "news", "news": {"articles": articles}}


def _article(card: dict[str, Any], picture: bool) -> dict[str, Any]:
    title = str(card.get("title") or "")
    subtitle = str(card.get("subtitle") or "")
    article = {
        "title": shorten(title, _TITLE_BYTES),
        "description": shorten(subtitle or title, _DESCRIPTION_BYTES),
        "url": card_url(card),
    }
    if picture and card.get("image_url"):
        article["picurl"] = str(card["image_url"])
    return article


def _lines(card: dict[str, Any]) -> str:
    title, url = str(card.get("title") or ""), card_url(card)
    return "\n".join(filter(None, [title, str(card.get("subtitle") or ""), url]))


def _button_card(
    task: str, title: str, description: str, buttons: list[dict[str, Any]]
) -> dict[str, Any]:
    listed = [
        {"text": button["title"], "style": 1, "type": 1, "url": button["url"]}
        if "url" in button
        else {"text": button["title"], "style": 1, "key": str(number)}
        for number, button in enumerate(buttons)
    ]
    card = {
        "card_type": "button_interaction",
        "main_title": {"title": title},
        "task_id": task,
        "button_list": listed,
    }
    if description:
        card["sub_title_text"] = description
    return {"msgtype": "template_card", "template_card": card}


def _add_custom(composed: Composed, custom: dict[str, Any]) -> None:
    """Add a body of message/send that an action made itself: `{"wecom": {"msgtype": …}}`."""
    body = custom.get("wecom")
    kind = body.get("msgtype") if isinstance(body, dict) else None
    if isinstance(body, dict) and kind and kind in body:
        composed.messages.append({"msgtype": kind, kind: body[kind]})
    else:
        keys = json.dumps(sorted(map(str, custom)), ensure_ascii=False)
        logger.warning("A custom payload with %s is not for WeCom and is left out.", keys)
