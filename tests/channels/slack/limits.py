"""What Slack keeps of a message, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block


def stored(given: dict[str, Any]) -> dict[str, Any]:
    """Return a message as Slack keeps it: with more about its pictures."""
    blocks = json.loads(json.dumps(given.get("blocks") or []))
    for number, block in enumerate(blocks):
        block.setdefault("block_id", f"b{number}")
        picture = block if block["type"] == "image" else block.get("accessory") or {}
        if picture.get("type") == "image":
            picture.update(image_width=64, image_height=64, image_bytes=999, fallback="64x64px")
    return {"text": given.get("text") or "", "blocks": blocks}


def refusal(given: dict[str, Any]) -> dict[str, Any] | None:
    """Return what Slack would say to a message or view beyond its limits."""
    blocks = given.get("blocks") or []
    is_view = given.get("type") == "home"
    if len(given.get("text") or "") > 40_000:
        return {"ok": False, "error": "msg_too_long"}
    if not is_view and not (given.get("text") or blocks or given.get("attachments")):
        return {"ok": False, "error": "no_text"}
    names = [block["block_id"] for block in blocks if block.get("block_id")]
    if len(blocks) > (100 if is_view else 50) or len(names) != len(set(names)):
        return {"ok": False, "error": "invalid_blocks"}
    for block in blocks:
        problem = _problem(block)
        if problem:
            return {"ok": False, "error": "invalid_blocks", "detail": problem}
    return None


def _problem(block: dict[str, Any]) -> str:
    picture = block if block["type"] == "image" else block.get("accessory") or {}
    if "image_width" in picture:
        return "a picture with more than Slack takes"
    text = block.get("text") or {}
    if block["type"] == "section" and len(text.get("text") or "") > 3_000:
        return "a section that is too long"
    # Slack gives those without one their own.
    actions = [each["action_id"] for each in block.get("elements") or [] if "action_id" in each]
    if block["type"] == "actions" and len(actions) != len(set(actions)):
        return "an action_id twice"
    for element in block.get("elements") or []:
        for option in element.get("options") or []:
            if len(option["value"]) > 150:
                return "a value that is too long"
    # Slack's own library knows the other limits.
    try:
        parsed = Block.parse(block)
        if parsed is None:
            return "an unknown block"
        parsed.to_dict()
    except SlackObjectFormationError as error:
        return str(error)
    return ""
