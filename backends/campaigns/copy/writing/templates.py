"""Variants from templates, with true facts only. Blocking: call it in a thread."""

from __future__ import annotations

import random
from collections.abc import Sequence

from backends.campaigns.copy.briefs.brief import Brief
from backends.campaigns.copy.facts import Facts
from backends.campaigns.copy.material.book import Material
from backends.campaigns.copy.material.templates import Template
from backends.campaigns.copy.rules.all import judge
from backends.campaigns.copy.rules.rule import Copy
from backends.campaigns.copy.writing.filling import Filler
from backends.campaigns.copy.writing.likeness import likeness
from backends.campaigns.copy.writing.variant import Variant

#: Rounds over the templates: a later one draws other facts.
_ROUNDS = 3
#: How much less alike one for any tone must be to come before one for the tone.
_ANY_TONE = 0.1


def write_from_templates(
    brief: Brief,
    facts: Facts,
    material: Material,
    count: int,
    seed: str,
    others: Sequence[str] = (),
) -> list[Variant]:
    """Return up to ``count`` variants that pass all rules and differ from each other.

    Args:
        brief: what was asked for.
        facts: what may be said.
        material: templates, phrases and limits.
        count: how many are wanted; fewer come back when the templates give no more.
        seed: the same gives the same.
        others: texts from which they must differ, too.
    """
    chance = random.Random(seed)
    filler = Filler(brief, facts, material.phrases.of(brief.language))
    templates = suiting(brief, facts, material)
    texts, found = list(others), list[Variant]()
    for _ in range(_ROUNDS):
        made = [
            (each, filler.fill(each, chance)) for each in chance.sample(templates, len(templates))
        ]
        left = [(template, variant) for template, variant in made if variant is not None]
        while left and len(found) < count:
            best = min(left, key=lambda one: _rank(one[0], one[1].text, texts))
            left.remove(best)
            template, variant = best
            if any(likeness(variant.text, text) > material.limits.likeness for text in texts):
                continue
            words = tuple(line for each in template.words for line in each.splitlines())
            if judge(Copy(variant.text, brief, facts, material, words)):
                continue
            texts.append(variant.text)
            found.append(variant)
    return found


def suiting(brief: Brief, facts: Facts, material: Material) -> list[Template]:
    """The templates for a brief, in the order of the file."""
    categories = {product.ware.category_id for product in facts.products}
    many = len(facts.products) > 1

    def suits(template: Template) -> bool:
        return (
            template.many == many
            and (not template.tones or brief.tone in template.tones)
            and (not template.channels or brief.channel in template.channels)
            and (not template.audiences or brief.audience in template.audiences)
            and (not template.categories or categories <= set(template.categories))
        )

    return list(filter(suits, material.templates[brief.language]))


def _rank(template: Template, text: str, others: Sequence[str]) -> tuple[float, float]:
    """What is meant for the audience comes first, then what is least like the texts there are."""
    alike = max((likeness(text, other) for other in others), default=0.0)
    return (not template.audiences, alike + _ANY_TONE * (not template.tones))
