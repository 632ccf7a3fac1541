"""A ticket and its entries as Slack messages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

from backends.handoff.slack.texts import Texts
from backends.handoff.views import Said, TicketCard
from xiaoer.channels.slack.protocol.mrkdwn import escape
from xiaoer.channels.slack.protocol.splitting import shorten

# Identifiers of the buttons, and of the dialogue by which a ticket is closed.
TAKE, RELEASE, CLOSE = "handoff_take", "handoff_release", "handoff_close"
AGREED = "agreed"
_MOST_SUMMARY = 2000
_MOST_QUOTED = 200
_MOST_ENTRIES = 30
_MOST_ENTRY = 300


def head(card: TicketCard, texts: Texts) -> dict[str, Any]:
    """The first message of a thread: what the ticket is about, and what can be done with it."""
    reason = texts.of("reasons", card.reason) or card.reason
    named = f"{reason} · {card.topic}" if card.topic else reason
    title = texts("title", reference=card.reference, reason=named)
    state = texts.of("states", card.state, staff=escape(card.staff or "")) or card.state
    fields = [
        texts("state", state=state),
        texts("language", language=texts.of("languages", card.language) or card.language),
        texts("channel", channel=texts.of("channels", card.channel) or escape(card.channel)),
        texts("customer", customer=escape(card.customer or texts("unknown_customer"))),
    ]
    summary = texts("summary", summary=shorten(escape(card.summary), _MOST_SUMMARY))
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": shorten(title, 150)}},
        *([_section(texts("priority"))] if card.priority else []),
        {"type": "section", "fields": [_mrkdwn(each) for each in fields]},
        _section(summary),
    ]
    if card.agreed:
        agreed = texts("agreed", agreed=shorten(escape(card.agreed), _MOST_SUMMARY))
        blocks.append(_section(agreed))
    buttons = _buttons(card, texts)
    if buttons:
        blocks.append({"type": "actions", "block_id": "handoff", "elements": buttons})
    fallback = texts("fallback", reference=card.reference, reason=escape(named))
    return {"text": fallback, "blocks": blocks}


def digest(message: dict[str, Any]) -> str:
    """A short name of a message's content."""
    return hashlib.sha256(json.dumps(message, sort_keys=True).encode()).hexdigest()[:16]


def so_far(entries: Iterable[Said], texts: Texts) -> str:
    """What was said before the ticket was made, the last of it."""
    lines = [
        _spoken(each, texts, _MOST_ENTRY) for each in entries if each.author in ("customer", "bot")
    ]
    return "\n".join([texts("so_far"), *lines[-_MOST_ENTRIES:]]) if lines else ""


def entry(said: Said, texts: Texts) -> str:
    """One entry; an empty text for what need not be said."""
    if said.author != "system":
        return _spoken(said, texts)
    data = said.data or {}
    values = {"staff": escape(str(data.get("staff", ""))), "actor": escape(said.staff or "")}
    return texts.of("events", said.event or "", **values) or ""


def not_arrived(said: Said, texts: Texts) -> str:
    """That words of staff have not reached the customer."""
    quoted = escape(shorten(said.text, _MOST_QUOTED))
    if said.waits:
        return texts("waits", text=quoted)
    return texts("failed", text=quoted, reason=escape(said.reason or ""))


def closing(reference: str, texts: Texts) -> dict[str, Any]:
    """The dialogue that asks what was agreed."""
    return {
        "type": "modal",
        "callback_id": CLOSE,
        "private_metadata": reference,
        "title": _plain(shorten(texts("close_title"), 24)),
        "submit": _plain(shorten(texts("close_send"), 24)),
        "close": _plain(shorten(texts("close_cancel"), 24)),
        "blocks": [
            {
                "type": "input",
                "block_id": AGREED,
                "optional": True,
                "label": _plain(texts("close_agreed")),
                "hint": _plain(texts("close_hint")),
                "element": {
                    "type": "plain_text_input",
                    "action_id": AGREED,
                    "multiline": True,
                    "max_length": 2000,
                },
            }
        ],
    }


def _spoken(said: Said, texts: Texts, limit: int | None = None) -> str:
    words = escape(shorten(said.text, limit) if limit else said.text)
    staff = escape(said.staff or "")
    if said.author == "customer":
        return texts("said_by_customer", text=words)
    if said.author == "bot":
        return texts("said_by_bot", text=words)
    return texts("noted" if said.author == "note" else "said_by_staff", staff=staff, text=words)


def _buttons(card: TicketCard, texts: Texts) -> list[dict[str, Any]]:
    if card.state in ("waiting", "message"):
        return [_button(TAKE, texts("take"), card.reference, "primary")]
    if card.state == "assigned":
        return [
            _button(CLOSE, texts("close"), card.reference, "primary"),
            _button(RELEASE, texts("release"), card.reference),
        ]
    return []


def _button(action: str, title: str, reference: str, style: str = "") -> dict[str, Any]:
    shown = {"type": "button", "action_id": action, "text": _plain(title), "value": reference}
    return {**shown, "style": style} if style else shown


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": _mrkdwn(text)}


def _mrkdwn(text: str) -> dict[str, str]:
    return {"type": "mrkdwn", "text": text}


def _plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}
