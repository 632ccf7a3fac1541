"""What a writer learns from: approved copy, and templates filled for the whole catalogue."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from backends.campaigns.copy.briefs.brief import Brief
from backends.campaigns.copy.facts import Facts, gather
from backends.campaigns.copy.material.book import Material
from backends.campaigns.copy.models import APPROVED, CopyBrief, CopyVariant
from backends.campaigns.copy.results import results, weights
from backends.campaigns.copy.wares import Ware, read_wares
from backends.campaigns.copy.writing.task import prompt_of
from backends.campaigns.copy.writing.templates import write_from_templates
from backends.catalog.models import Product
from xiaoer.lm.causal_layout import Example

#: One approved text in so many is held out to measure by.
HELD_OUT = 5
#: How often an approved text of mean worth comes in a pass, beside one of each made up.
_OFTEN = 4
#: A text that a person rewrote is worth this much more: it shows what was not good enough.
_EDITED = 1.5


@dataclass(frozen=True)
class Approved:
    """An approved text as an example.

    Attributes:
        example: prompt and text.
        weight: how much it counts, 1 is the mean.
    """

    example: Example
    weight: float


async def approved_examples(session: AsyncSession, material: Material) -> list[Approved]:
    """Return all approved copy, weighed by what came of it, oldest first.

    Texts whose products are gone are left out; the facts are those of today.
    """
    rows = await session.execute(
        select(CopyVariant, CopyBrief)
        .join(CopyBrief, CopyBrief.id == CopyVariant.brief_id)
        .where(CopyVariant.state == APPROVED)
        .order_by(CopyVariant.id)
    )
    weighed = weights(await results(session))
    found = []
    for variant, row in rows.all():
        wares = await read_wares(session, row.products)
        brief = Brief.read(row.asked)
        if len(wares) < len(row.products) or brief.tone not in material.tones:
            continue
        if brief.channel not in material.channels:
            continue
        facts = gather(brief, list(wares.values()), material)
        weight = weighed.get(variant.reference, 1.0) * (_EDITED if variant.original else 1.0)
        found.append(Approved(_example(brief, facts, material, variant.text), weight))
    return found


async def all_wares(session: AsyncSession) -> list[Ware]:
    """Every product of the catalogue."""
    ids = list((await session.execute(select(Product.id).order_by(Product.id))).scalars())
    return list((await read_wares(session, ids)).values())


def made_up_examples(wares: Sequence[Ware], material: Material, seed: int) -> list[Example]:
    """Return texts of templates, true ones, for each product in both languages.

    They teach a small model to put facts into sentences; what good copy is it learns from the
    approved. Products without stock are as good for this.
    """
    chance = random.Random(seed)
    made = []
    for ware in wares:
        for language in ("zh", "en"):
            tone = chance.choice(list(material.tones))
            channel = chance.choice(list(material.channels))
            brief = Brief((ware.id,), None, None, tone, channel, language, 1)
            facts = gather(brief, [ware], material)
            for variant in write_from_templates(brief, facts, material, 1, f"{seed}{ware.id}"):
                made.append(_example(brief, facts, material, variant.text))
    return made


class Lessons:
    """The examples of each pass: approved ones as often as they are worth, then the made up.

    Args:
        approved: weighed examples.
        made_up: further ones.
        seed: of the draws.

    Attributes:
        made_up: how many further ones there are.
        count: how many examples a pass has.
    """

    def __init__(self, approved: Sequence[Approved], made_up: Sequence[Example], seed: int) -> None:
        self._approved = list(approved)
        self._made_up = list(made_up)
        self._seed = seed
        self.made_up = len(self._made_up)
        self.count = len(self._approved) * _OFTEN + len(self._made_up)

    def draw(self, number: int) -> Iterator[Example]:
        """Yield the examples of a pass; the same number gives the same."""
        chance = random.Random(f"{self._seed}:{number}")
        drawn = list(self._made_up)
        if self._approved:
            drawn += chance.choices(
                [one.example for one in self._approved],
                [one.weight for one in self._approved],
                k=len(self._approved) * _OFTEN,
            )
        chance.shuffle(drawn)
        yield from drawn

    def texts(self) -> Iterator[str]:
        """Every text there is, for a tokenizer."""
        for example in (*(one.example for one in self._approved), *self._made_up):
            yield example.prompt.question
            yield from example.prompt.passages
            yield example.reply


def _example(brief: Brief, facts: Facts, material: Material, text: str) -> Example:
    return Example(prompt_of(replace(brief, variants=1), facts, material), text)
