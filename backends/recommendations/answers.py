"""Answers that are the same for everybody of whom nothing is known."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from backends.recommendations.service import Recommended
from backends.recommendations.shelf import Shelf

#: The counts behind the answers are as old as that anyway.
_SECONDS = 60.0
_MOST = 2000


@dataclass(frozen=True)
class _Kept:
    answer: Recommended
    shelf: Shelf
    model: str | None
    at: float


class AnswersAtLarge:
    """Keeps answers for as long as catalogue, stock and model stay the same, a minute at most."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    async def get(
        self,
        question: str,
        shelf: Shelf,
        model: str | None,
        answer: Callable[[], Awaitable[Recommended]],
    ) -> Recommended:
        """Return the kept answer, or a new one.

        Args:
            question: all that was asked; the same questions have the same answer.
            shelf: what is on sale now.
            model: name of the model that serves.
            answer: makes a new one.
        """
        kept = self._kept.get(question)
        if (
            kept is not None
            and time.monotonic() - kept.at < _SECONDS
            and kept.model == model
            and kept.shelf.snapshot is shelf.snapshot
            and kept.shelf.stock == shelf.stock
        ):
            return kept.answer
        made = await answer()
        self._kept[question] = _Kept(made, shelf, model, time.monotonic())
        self._kept.move_to_end(question)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        return made
