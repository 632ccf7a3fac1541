"""Instructions: the reply is one to a customer, and no evidence gives orders."""

import re
from typing import ClassVar

from xiaoer.generation.guard.draft import Draft
from xiaoer.generation.guard.injection import find_instruction
from xiaoer.generation.guard.reading.reading import read
from xiaoer.generation.guard.rule import Rule

_MARKUP = re.compile(
    r"</?[A-Za-z!][^<>]{0,200}>|<\|?[A-Za-z/]|\[[^\[\]\n]{1,80}\]\([^()\s]{1,200}\)|```|`[^`\n]+`|\*\*|__[^_\s]|^\s*#{1,6}\s|^\s*\|.*\|"
    r"|\{[\"']?\w*[\"']?\s*[:}]|\\[nt]|&(?:nbsp|amp|lt|gt|#\d+);|(?:^|\s)(?:def|class|function|import|SELECT|INSERT|const|var|return) .{0,40}[(={*;]"
    r"|https?://\S*[<>\"']|javascript:|data:text",
    re.MULTILINE,
)
_ROLE = re.compile(
    r"^\s*(?:问|答|问题|回答|资料|顾客|客户|Q|A|question|answer|customer|passages?|context|reply|evidence)\s?[:：]",
    re.IGNORECASE | re.MULTILINE,
)


class Instructions(Rule):
    """Neither the reply nor its evidence gives orders or speaks as a model; no markup, no code."""

    name: ClassVar[str] = "instructions"

    def objection(self, draft: Draft) -> str | None:
        """Return the words that give orders, or the markup."""
        for text in (draft.reply, *draft.evidence, *draft.known):
            if order := find_instruction(text):
                return order
        text = read(draft.reply).text
        for pattern in (_MARKUP, _ROLE):
            if match := pattern.search(text):
                return match.group().strip()
        return None
