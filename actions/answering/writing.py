"""A reply written from passages: candidates, their order, and the guard's verdicts."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from actions.answering.generation import Generation
from xiaoer.generation.guard import Draft, Guard, Objection
from xiaoer.generation.reranking import rerank
from xiaoer.lm.generator import Candidate, GeneratorError, Prompt

logger = logging.getLogger(__name__)

#: Seconds kept for judging.
_JUDGING = 0.15
#: Below this there is no use in beginning.
_LEAST = 0.2


@dataclass
class Written:
    """What came of writing.

    Attributes:
        reply: the first candidate that passed, None when none did.
        verdicts: each candidate that was judged, with the guard's objections.
        generator: who wrote.
    """

    reply: str | None = None
    verdicts: list[tuple[Candidate, list[Objection]]] = field(default_factory=list)
    generator: str | None = None


async def write(
    generation: Generation,
    guard: Guard,
    question: str,
    passages: Sequence[str],
    language: str,
    known: Sequence[str],
    until: float,
) -> Written:
    """Write a reply from passages, unless there is no generator or no time.

    Args:
        generation: holds the generator.
        guard: judges each candidate.
        question: the customer's words.
        passages: what the reply may rest on, best first.
        language: zh or en.
        known: facts of this very customer that may be said.
        until: the event loop's time at which the reply must be there.
    """
    generator = generation.generator
    seconds = until - asyncio.get_running_loop().time() - _JUDGING
    if generator is None or not passages or seconds < _LEAST:
        return Written()
    written = Written(generator=generation.name)
    prompt = Prompt(question, tuple(passages), language, tuple(known))
    try:
        candidates = await generator.generate(prompt, generation.settings.max_new_tokens, seconds)
    except GeneratorError as error:
        logger.warning("No reply was written: %s", error)
        return written
    ranked = rerank(candidates, passages)
    evidence = tuple(passages)
    drafts = [Draft(each.text, question, language, evidence, tuple(known)) for each in ranked]
    for candidate, draft in zip(ranked, drafts, strict=True):
        objections = await asyncio.to_thread(guard.objections, draft)
        written.verdicts.append((candidate, objections))
        if not objections:
            written.reply = candidate.text
            break
        names = ", ".join(objection.rule for objection in objections)
        logger.info("The guard refused a reply: %s.", names)
    return written
