"""Grounding: what a sentence is about stands in the evidence."""

from typing import ClassVar

from xiaoer.generation.guard.draft import Draft
from xiaoer.generation.guard.reading.reading import read, read_all
from xiaoer.generation.guard.rule import Rule


class Grounding(Rule):
    """Enough of the content of each sentence stands in the evidence or is known of the customer.

    Content are pairs of Chinese characters and stems of English words; function words, polite
    phrases and facts, which have rules of their own, do not count.

    Args:
        share: The least share of a sentence's content that must be found, 0 to 1.
    """

    name: ClassVar[str] = "grounding"

    def __init__(self, share: float = 0.6) -> None:
        self._share = share

    def objection(self, draft: Draft) -> str | None:
        """Return the first sentence that speaks of something else."""
        proofs = [one for each in read_all(draft.evidence + draft.known) for one in each.sentences]
        keys = {sentence.key for sentence in proofs}
        grounds = {unit for sentence in proofs for unit in sentence.content}
        characters = {character for unit in grounds if unit > "\u3400" for character in unit}
        for sentence in read(draft.reply).sentences:
            content = sentence.content
            found = sum(_worth(unit, grounds, characters) for unit in content)
            if found < self._share * len(content) and sentence.key not in keys:
                return sentence.text
        return None


def _worth(unit: str, grounds: set[str], characters: set[str]) -> float:
    """Return 1 for a unit that is found and half for a Chinese pair both characters of which are.

    寄回去 is said for 寄回 and 邮费 for 运费: pairs alone would refuse half of what is meant well.
    """
    if unit in grounds:
        return 1.0
    return 0.5 if unit > "\u3400" and characters.issuperset(unit) else 0.0
