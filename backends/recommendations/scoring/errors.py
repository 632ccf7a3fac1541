"""Why a language model gave no scores."""

from __future__ import annotations

from typing import Literal

Kind = Literal["late", "no_answer", "bad_answer"]


class ScoringError(Exception):
    """There are no scores; the message is one sentence without anything a customer or model said.

    Args:
        kind: ``late``: not within the deadline; ``no_answer``: not reached, busy, broken off, or no
            chat completion; ``bad_answer``: a completion that is not the scores asked for.
        message: the sentence.
    """

    def __init__(self, kind: Kind, message: str) -> None:
        super().__init__(message)
        self.kind = kind
