"""Length: no longer than the channel takes."""

from __future__ import annotations

from typing import ClassVar

from backends.campaigns.copy.rules.rule import Copy, Objection, Rule


class Length(Rule):
    """The text fits into its channel, counted as the platform counts."""

    name: ClassVar[str] = "length"

    def objection(self, copy: Copy) -> Objection | None:
        """Return how long it is of how much."""
        channel = copy.material.channels[copy.brief.channel]
        length = channel.length(copy.text)
        if length <= channel.most:
            return None
        return self.against(f"{length} / {channel.most}", channel.unit)
