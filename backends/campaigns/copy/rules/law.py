"""Law: no superlatives and no claims that advertising must not make."""

from __future__ import annotations

from typing import ClassVar

from backends.campaigns.copy.rules.rule import Copy, Objection, Rule


class Law(Rule):
    """No piece of the text is on the list of `data/campaigns/forbidden.yml`.

    Source: Advertising Law of the People's Republic of China, Art. 9, 11, 16 to 18, 28.
    """

    name: ClassVar[str] = "law"

    def objection(self, copy: Copy) -> Objection | None:
        """Return the first forbidden piece; why is the entry's name."""
        for found in copy.material.forbidden.find(copy.text):
            return self.against(found.piece, found.claim.id)
        return None
