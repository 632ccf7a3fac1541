"""A message after one of its buttons was pressed."""

from __future__ import annotations

from typing import Any

from xiaoer.channels.slack.blocks import OURS, Block
from xiaoer.channels.slack.incoming import Pressed
from xiaoer.channels.slack.protocol.fields import objects, word
from xiaoer.channels.slack.protocol.mrkdwn import escape

# Slack tells more about pictures than it takes.
_PICTURE = ("type", "block_id", "image_url", "slack_file", "alt_text", "title")


def after(pressed: Pressed) -> dict[str, Any]:
    """Return `text` and `blocks` of the message: in place of the buttons stands the choice.

    Several menus of one question are a block each; all of them go. Of a message that only the
    customer sees Slack does not tell the content: the choice stands alone there.
    """
    question = pressed.block.rstrip("0123456789")
    blocks: list[Block] = []
    chosen = f"✓ {escape(pressed.title)}"
    mark: Block = {"type": "context", "elements": [{"type": "mrkdwn", "text": chosen}]}
    for block in objects(pressed.message, "blocks"):
        name = word(block, "block_id")
        if name == pressed.block:
            blocks.append(mark)
        elif not (name.startswith(OURS) and name.rstrip("0123456789") == question):
            blocks.append(_accepted(block))
    if mark not in blocks:
        blocks.append(mark)
    return {"text": word(pressed.message, "text") or chosen, "blocks": blocks}


def _accepted(block: Block) -> Block:
    if block.get("type") == "image":
        return {key: block[key] for key in _PICTURE if key in block}
    accessory = block.get("accessory")
    if isinstance(accessory, dict) and accessory.get("type") == "image":
        return {**block, "accessory": {key: accessory[key] for key in _PICTURE if key in accessory}}
    return block
