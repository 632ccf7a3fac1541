"""The guard's rules, which judge replies to customers, over copy and its facts."""

from __future__ import annotations

import re
from dataclasses import replace

from backends.campaigns.copy.rules.rule import Copy, Objection, Rule
from xiaoer.generation import guard
from xiaoer.generation.guard.rules.dates import Dates
from xiaoer.generation.guard.rules.grounding import Grounding
from xiaoer.generation.guard.rules.identifiers import Identifiers
from xiaoer.generation.guard.rules.instructions import Instructions
from xiaoer.generation.guard.rules.language import Language
from xiaoer.generation.guard.rules.numbers import Numbers
from xiaoer.generation.guard.rules.personal_data import PersonalData
from xiaoer.generation.guard.rules.polarity import Polarity
from xiaoer.generation.guard.rules.promises import Promises
from xiaoer.generation.guard.rules.repetition import Repetition

#: Longer than any channel takes: the length is another rule's.
_LONGEST = 4000
_EMOJI = re.compile(
    "[\u2190-\u2bff\u3030\u303d\u3297\u3299\ufe0f\u200d\U0001f000-\U0001faff\U000e0020-\U000e007f]+"
)


class Guarded(Rule):
    """One rule of `xiaoer.generation.guard`, with the facts as its evidence.

    Splicing is not among them: copy puts together facts that stand in several places. Prices have a
    rule of their own.

    Args:
        inner: the guard's rule.
        without_emoji: whether emoji are taken out before it reads; a text may end in one.
        without_names: whether the products' names are; some hold what looks like an address.
    """

    def __init__(
        self, inner: guard.Rule, without_emoji: bool = False, without_names: bool = False
    ) -> None:
        self._inner = inner
        self._without_emoji = without_emoji
        self._without_names = without_names
        self.name = inner.name.replace(" ", "_")  # type: ignore[misc]

    def objection(self, copy: Copy) -> Objection | None:
        """Return the piece that the guard's rule objects to."""
        draft = copy.draft
        if self._without_emoji:
            lines = (line.strip() for line in _EMOJI.sub("", draft.reply).splitlines())
            draft = replace(draft, reply="\n".join(line for line in lines if line))
        if self._without_names:
            reply = draft.reply
            for product in copy.facts.products:
                reply = reply.replace(product.name, "…")
            draft = replace(draft, reply=reply)
        what = self._inner.objection(draft)
        return None if what is None else self.against(what.replace("\ufffc", "…").strip()[:200])


def guarded_rules() -> list[Rule]:
    """The guard's rules that hold for copy, too."""
    return [
        Guarded(Repetition(longest=_LONGEST), without_emoji=True),
        Guarded(Language()),
        Guarded(Instructions()),
        Guarded(Identifiers()),
        Guarded(PersonalData(), without_names=True),
        Guarded(Numbers()),
        Guarded(Dates()),
        Guarded(Promises()),
        Guarded(Polarity()),
        Guarded(Grounding()),
    ]
