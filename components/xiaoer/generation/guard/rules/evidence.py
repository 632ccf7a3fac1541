"""Facts of a reply compared with those of its evidence."""

from collections.abc import Callable

from xiaoer.generation.guard.draft import Draft
from xiaoer.generation.guard.reading.comparison import (
    Same,
    equal,
    is_exchanged,
    is_mispaired,
    is_moved,
    stands_in,
)
from xiaoer.generation.guard.reading.fact import Fact
from xiaoer.generation.guard.reading.reading import read, read_all


def first_unfounded(
    draft: Draft,
    concerns: Callable[[Fact], bool],
    known: Callable[[Fact], bool] = lambda fact: False,
    same: Same = equal,
) -> str | None:
    """Return the first fact of the reply that the evidence has not, or has in another place.

    Args:
        draft: The reply and its evidence.
        concerns: Whether a fact is for the rule that asks.
        known: Whether what is known of the customer may prove it.
        same: Whether a fact of the reply and one of the evidence of the same kind say the same.
    """
    reply, evidence = read(draft.reply), read_all(draft.evidence)
    about_customer = read_all(draft.known)
    for fact in reply.facts:
        if not concerns(fact):
            continue
        if known(fact) and stands_in(fact, about_customer, same):
            continue
        if not stands_in(fact, evidence, same):
            return fact.text
        if any(
            wrong(fact, reply, evidence, same) for wrong in (is_exchanged, is_mispaired, is_moved)
        ):
            return fact.text
    return None
