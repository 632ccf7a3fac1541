"""Which of several candidates is offered first."""

import math
from collections.abc import Sequence
from itertools import pairwise

from xiaoer.lm.generator import Candidate

# Nats a token that a reply must be likelier to make up for saying nothing of the best passage.
_FAITHFULNESS = 3.0


def rerank(candidates: Sequence[Candidate], passages: Sequence[str]) -> list[Candidate]:
    """Return the candidates, best first: by their likelihood and by how much of the best passage
    they say.

    A generator's likelihood alone favours short and general replies. The share of the first
    passage's pairs of characters that a reply holds stands for what it says of the matter, as
    ROUGE-2 does for summaries (C.-Y. Lin, ROUGE, 2004, section 2). A candidate without a score
    counts as likely as the best.

    Args:
        candidates: what a generator wrote.
        passages: what it was written from, best first.
    """
    wanted = _pairs(passages[0]) if passages else set()
    known = [each.score for each in candidates if not math.isnan(each.score)]
    best = max(known, default=0.0)

    def value(candidate: Candidate) -> float:
        score = best if math.isnan(candidate.score) else candidate.score
        said = len(wanted & _pairs(candidate.text)) / len(wanted) if wanted else 0.0
        return score + _FAITHFULNESS * said

    return sorted(candidates, key=value, reverse=True)


def _pairs(text: str) -> set[str]:
    plain = [character for character in text.lower() if character.isalnum()]
    return {first + second for first, second in pairwise(plain)}
