"""What of an address could not be used, to be told in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from backends.console.texts import Texts


@dataclass(frozen=True)
class Problem:
    """One thing that could not be used.

    Attributes:
        code: which sentence, ``insights.problem.<code>``.
        value: what was asked for.
        dimension: the filter it was asked of.
    """

    code: str
    value: str = ""
    dimension: str = ""

    def sentence(self, t: Texts) -> str:
        """One sentence that says what was wrong and what is shown in its place."""
        name = t(f"insights.dimension.{self.dimension}") if self.dimension else ""
        return t(f"insights.problem.{self.code}", value=self.value[:40], dimension=name)
