"""The guard: a reply is shown only if each of its rules passes."""

import re
from collections.abc import Sequence

from xiaoer.generation.guard.draft import Draft
from xiaoer.generation.guard.rule import Objection, Rule
from xiaoer.generation.guard.rules.dates import Dates
from xiaoer.generation.guard.rules.grounding import Grounding
from xiaoer.generation.guard.rules.identifiers import Identifiers
from xiaoer.generation.guard.rules.instructions import Instructions
from xiaoer.generation.guard.rules.language import Language
from xiaoer.generation.guard.rules.numbers import Numbers
from xiaoer.generation.guard.rules.personal_data import PersonalData
from xiaoer.generation.guard.rules.polarity import Polarity
from xiaoer.generation.guard.rules.prices import Prices
from xiaoer.generation.guard.rules.promises import Promises
from xiaoer.generation.guard.rules.repetition import Repetition
from xiaoer.generation.guard.rules.splicing import Splicing

# Where a rule has blanked out facts it is not about.
_BLANKED = re.compile("\ufffc+")


def default_rules() -> list[Rule]:
    """Return one of each rule, with the parameters that docs/components/guard.md names."""
    return [
        Repetition(),
        Language(),
        Instructions(),
        Identifiers(),
        PersonalData(),
        Numbers(),
        Prices(),
        Dates(),
        Promises(),
        Polarity(),
        Grounding(),
        Splicing(),
    ]


class Guard:
    """Asks each rule about a draft.

    Args:
        rules: The rules; one of each when left out.

    Example:
        >>> draft = Draft("3 天内到。", "几天到？", "zh", ("一般 2–4 天送到。",))
        >>> [objection.rule for objection in Guard().objections(draft)][0]
        'numbers'
    """

    def __init__(self, rules: Sequence[Rule] | None = None) -> None:
        self._rules = list(default_rules() if rules is None else rules)

    def objections(self, draft: Draft) -> list[Objection]:
        """Return what the rules have against `draft`, one objection a rule; empty when it passes."""
        found = ((rule.name, rule.objection(draft)) for rule in self._rules)
        return [
            Objection(name, _BLANKED.sub("…", what).strip())
            for name, what in found
            if what is not None
        ]
