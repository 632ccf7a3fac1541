"""What the person who takes a ticket is told before they read it all."""

from typing import Any

from actions.handoff.reasons import Why, explained
from actions.handoff.transcript import transcript
from actions.turn import Turn

#: Slots that help a person, none of which proves who the customer is.
_HELPFUL = (
    "customer_name",
    "order_number",
    "current_product",
    "recipient",
    "price_max",
    "wanted_option",
    "return_reason",
)
_WORDS = 3
_LONGEST_WORDS = 200
_LONGEST_VALUE = 200


def summary(turn: Turn, why: Why, words: str | None = None) -> str:
    """Return why a person is needed and what it is about, made of the domain's responses.

    Args:
        turn: The run.
        why: The reason.
        words: What it is about; by default the customer's last few messages.
    """
    said = words or " / ".join(
        entry["text"][:_LONGEST_WORDS] for entry in _of_customer(transcript(turn))[-_WORDS:]
    )
    return turn.text(
        "utter_handoff_summary",
        why=explained(turn, why),
        details=turn.below(
            turn.text("utter_handoff_words", words=said) if said else None,
            _line(turn, "utter_handoff_order", "order_number"),
            _line(turn, "utter_handoff_product", "current_product"),
        ),
    )


def known(turn: Turn) -> dict[str, str]:
    """Return the slots that help a person, by name."""
    values = {name: turn.slot(name) for name in _HELPFUL}
    return {
        name: str(value)[:_LONGEST_VALUE]
        for name, value in values.items()
        if value not in (None, "", False)
    }


def _of_customer(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entry for entry in entries if entry["author"] == "customer"]


def _line(turn: Turn, response: str, slot: str) -> str | None:
    value = turn.slot(slot)
    return turn.text(response, value=value) if value else None
