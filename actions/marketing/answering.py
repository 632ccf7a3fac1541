"""Whether a message answers a marketing message."""

from actions.turn import Turn

#: How the ids begin under which the outreach service sends (`backends.campaigns.outreach`).
MARK = "OR"


def answers_outreach(turn: Turn) -> bool:
    """Whether the last thing said to the customer before the latest message was marketing."""
    for event in reversed(turn.tracker.events[: max(turn.position_of_message, 0)]):
        if event.get("event") == "user":
            return False
        if event.get("event") == "bot":
            said_by = (event.get("metadata") or {}).get("outbound_id")
            return str(said_by or "").startswith(MARK)
    return False
