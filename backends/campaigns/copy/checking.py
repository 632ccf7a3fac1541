"""Whether data/campaigns is as it should be: files, words of templates, and what they become."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from backends.campaigns.copy.briefs.brief import PERCENT, Brief, Offer
from backends.campaigns.copy.facts import gather
from backends.campaigns.copy.material.book import Material, read_material
from backends.campaigns.copy.material.templates import Template
from backends.campaigns.copy.rules.all import judge
from backends.campaigns.copy.rules.rule import Copy
from backends.campaigns.copy.rules.words import pattern
from backends.campaigns.copy.wares import Ware
from backends.campaigns.copy.writing.filling import Filler
from xiaoer.generation.guard.reading.normalising import normalise, small
from xiaoer.generation.guard.reading.reading import read

#: Fewest templates of one language for a brief of any tone.
LEAST = 8
#: Products that are tried for each template.
_TRIED = 12


@dataclass(frozen=True)
class Checked:
    """What was found.

    Attributes:
        problems: sentences.
        templates: how many there are.
        claims: how many kinds of forbidden words there are.
    """

    problems: list[str]
    templates: int
    claims: int


def check(folder: Path, wares: Sequence[Ware] = ()) -> Checked:
    """Check all files; with products, also that each template gives a text that passes the rules.

    Raises:
        SetupError: a file cannot be read.
    """
    material = read_material(folder)
    problems = list(_problems(material))
    problems += _unusable(material, wares) if wares else []
    templates = sum(len(each) for each in material.templates.values())
    return Checked(problems, templates, len(material.forbidden.claims))


def _problems(material: Material) -> Iterator[str]:
    for language, templates in material.templates.items():
        for template in templates:
            for what in _words(template, material):
                yield f"templates/{language}.yml: {template.id}: {what}"
        for tone in material.tones:
            count = sum(not one.many and (not one.tones or tone in one.tones) for one in templates)
            if count < LEAST:
                yield f"templates/{language}.yml: only {count} templates suit the tone {tone}."


def _words(template: Template, material: Material) -> Iterator[str]:
    """What is wrong with a template's own words: they may state nothing."""
    for words in template.words:
        for found in material.forbidden.find(words):
            yield f"“{found.piece}” is forbidden ({found.claim.id}, {found.claim.law})."
        for name in ("scarcity", "urgency", "ratings"):
            if match := pattern(name).search(small(normalise(words))):
                yield f"“{match.group()}” may not be in a template ({name})."
        for fact in read(words).facts:
            yield f"“{fact.text}” is a number or date of its own; facts are filled in."


def _unusable(material: Material, wares: Sequence[Ware]) -> Iterator[str]:
    """Templates of which no product makes a text that passes the rules."""
    for language, templates in material.templates.items():
        for template in templates:
            suited = [ware for ware in wares if _suits(template, ware)]
            some = suited[:: max(1, len(suited) // _TRIED)]
            if some and not any(
                _passes(template, language, ware, suited, material) for ware in some
            ):
                yield f"templates/{language}.yml: {template.id}: no product makes a text of it."


def _passes(
    template: Template, language: str, ware: Ware, others: Sequence[Ware], material: Material
) -> bool:
    chosen = [ware, *(one for one in others if one is not ware)][: 2 if template.many else 1]
    brief = Brief(
        products=tuple(one.id for one in chosen),
        category=None,
        audience=template.audiences[0] if template.audiences else None,
        tone=(template.tones or list(material.tones))[0],
        channel=(template.channels or list(material.channels))[0],
        language=language,
        variants=1,
        offer=Offer(PERCENT, 10),
    )
    facts = gather(brief, chosen, material)
    made = Filler(brief, facts, material.phrases.of(language)).fill(template, random.Random(1))
    words = tuple(line for each in template.words for line in each.splitlines())
    return made is not None and not judge(Copy(made.text, brief, facts, material, words))


def _suits(template: Template, ware: Ware) -> bool:
    return not template.categories or ware.category_id in template.categories
