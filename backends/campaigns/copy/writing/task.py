"""What a language model is told to write: the same when it learns and when it serves."""

from __future__ import annotations

from backends.campaigns.copy.briefs.brief import Brief
from backends.campaigns.copy.facts import Facts
from backends.campaigns.copy.material.book import Material
from xiaoer.lm.generator import Prompt


def prompt_of(
    brief: Brief, facts: Facts, material: Material, audience: str = "", number: int = 1
) -> Prompt:
    """Return the prompt of a brief.

    Args:
        brief: what was asked for.
        facts: the passages.
        material: how the task is worded.
        audience: the segment's name as people read it.
        number: of the variant that is asked for, from 1.
    """
    channel = material.channels[brief.channel]
    language = brief.language
    words = material.tasks[language]
    parts = [
        words.task.format(
            channel=channel.zh if language == "zh" else channel.en,
            most=channel.most,
            unit=words.units[channel.unit],
            tone=material.tones[brief.tone].write.of(language),
            number=number,
        )
    ]
    if audience:
        parts.append(words.audience.format(audience=audience))
    if facts.points:
        parts.append(words.points.format(points=words.joint.join(facts.points)))
    return Prompt(words.joint.join(parts), facts.evidence, language)
