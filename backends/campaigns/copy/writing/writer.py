"""Writing the variants of a brief in time: by a model where there is one, the rest from templates."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog

from backends.campaigns.copy.briefs.brief import Brief
from backends.campaigns.copy.facts import Facts
from backends.campaigns.copy.material.book import Material
from backends.campaigns.copy.rules.all import judge
from backends.campaigns.copy.rules.rule import Copy
from backends.campaigns.copy.settings import CopySettings
from backends.campaigns.copy.writing.generators import Generators, Named, OpeningError
from backends.campaigns.copy.writing.grounding import grounds_of
from backends.campaigns.copy.writing.likeness import likeness
from backends.campaigns.copy.writing.task import prompt_of
from backends.campaigns.copy.writing.templates import write_from_templates
from backends.campaigns.copy.writing.variant import Variant
from backends.errors import ApiError
from xiaoer.lm.generator import Candidate, GeneratorError

Made = TypeVar("Made")

log = structlog.get_logger("backends.campaigns")

#: Of the time, what a model may use; the rest is for judging and the templates.
_FOR_THE_MODEL = 0.75
#: How often a model is asked anew, for want of enough good variants.
_ROUNDS = 3
_MOST_TOKENS = 400
#: Below these seconds there is no use in asking.
_LEAST = 0.2
# What is to be told about the writing; the page has a sentence for each.
NO_MODEL, OPENING, BUSY, SLOW = "no_model", "opening", "busy", "slow"
FAILED = "failed"
REFUSED, FILLED_UP, FEWER = "refused", "filled_up", "fewer"


@dataclass
class Written:
    """The variants of a brief.

    Attributes:
        variants: as many as were wanted, or fewer.
        notes: codes of what is to be told.
    """

    variants: list[Variant] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class Writer:
    """Writes briefs, some at once.

    Args:
        settings: time and numbers.
    """

    def __init__(self, settings: CopySettings) -> None:
        self._settings = settings
        self.generators = Generators(settings)
        self._models = asyncio.Semaphore(settings.at_once)
        self._pool = ThreadPoolExecutor(2, "xiaoer-copy")
        self._waiting = 0

    async def write(
        self, brief: Brief, facts: Facts, material: Material, seed: str, audience: str = ""
    ) -> Written:
        """Write a brief's variants; takes at most the deadline, and a moment for the templates.

        Raises:
            ApiError: 503 when too many wait already.
        """
        if self._waiting >= self._settings.waiting:
            raise ApiError(503, "unavailable", "Too much copy is being written; try again shortly.")
        self._waiting += 1
        try:
            written = await self._by_model(brief, facts, material, audience)
            missing = brief.variants - len(written.variants)
            if missing:
                if written.variants:
                    written.notes.append(FILLED_UP)
                texts = [variant.text for variant in written.variants]
                written.variants += await self._in_thread(
                    write_from_templates, brief, facts, material, missing, seed, texts
                )
            if len(written.variants) < brief.variants:
                written.notes.append(FEWER)
            return written
        finally:
            self._waiting -= 1

    async def close(self) -> None:
        """End threads and connections."""
        await self.generators.close()
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _by_model(
        self, brief: Brief, facts: Facts, material: Material, audience: str
    ) -> Written:
        """What a model writes within its time; notes say why there is none or not enough."""
        written = Written()
        seconds = self._settings.deadline * _FOR_THE_MODEL
        ends = asyncio.get_running_loop().time() + seconds
        try:
            await asyncio.wait_for(self._models.acquire(), seconds)
        except asyncio.TimeoutError:
            written.notes.append(BUSY)
            return written
        try:
            await asyncio.wait_for(
                self._ask(brief, facts, material, audience, written, ends),
                max(0.0, ends - asyncio.get_running_loop().time()) + _LEAST,
            )
        except asyncio.TimeoutError:
            written.notes.append(SLOW)
        except OpeningError:
            written.notes.append(OPENING)
        except GeneratorError as error:
            late = asyncio.get_running_loop().time() >= ends - _LEAST
            written.notes.append(SLOW if late else FAILED)
            log.warning("copy was not written by the model", error=str(error)[:200])
        except Exception as error:  # a model's library may raise anything; templates go on
            written.notes.append(FAILED)
            log.error("copy was not written by the model", error=type(error).__name__)
        finally:
            self._models.release()
        return written

    async def _ask(
        self,
        brief: Brief,
        facts: Facts,
        material: Material,
        audience: str,
        written: Written,
        ends: float,
    ) -> None:
        named = await self.generators.current(material.instructions)
        if named is None:
            written.notes.append(NO_MODEL)
            return
        loop = asyncio.get_running_loop()
        for number in range(1, _ROUNDS + 1):
            left = ends - loop.time()
            if left < _LEAST or len(written.variants) >= brief.variants:
                break
            prompt = prompt_of(brief, facts, material, audience, number)
            candidates = await named.generator.generate(prompt, _MOST_TOKENS, left)
            taken, refused = await self._in_thread(
                _choose, candidates, named, brief, facts, material, tuple(written.variants)
            )
            written.variants = taken
            if refused and REFUSED not in written.notes:
                written.notes.append(REFUSED)
        if not written.variants and not written.notes:
            written.notes.append(SLOW)

    async def _in_thread(self, work: Callable[..., Made], *arguments: Any) -> Made:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)


def _choose(
    candidates: Sequence[Candidate],
    named: Named,
    brief: Brief,
    facts: Facts,
    material: Material,
    before: Sequence[Variant],
) -> tuple[list[Variant], bool]:
    """Return those that pass all rules, after those there were, and whether any did not."""
    taken, refused = list(before), False
    for candidate in candidates:
        if len(taken) == brief.variants:
            break
        text = candidate.text.strip()
        objections = judge(Copy(text, brief, facts, material))
        if objections:
            refused = True
            log.info("a model's copy was refused", rules=[one.rule for one in objections])
            continue
        if any(likeness(text, other.text) > material.limits.likeness for other in taken):
            continue
        taken.append(Variant(text, named.name, None, grounds_of(text, facts)))
    return taken, refused
