"""How a causal language model is made to write: the options of decoding, and what to keep of it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from xiaoer.lm.generator import GeneratorError

#: What ends a sentence; quotes and brackets may follow.
_STOPS = "。！？!?…～~"
_CLOSING = "”’\"')）]】》」』 "


@dataclass(frozen=True)
class Decoding:
    """Options of decoding, with the meaning they have in ``transformers``.

    Attributes:
        top_k: only so many of the likeliest tokens are drawn from; 0 for all.
        top_p: only the likeliest tokens that together have this probability are drawn from.
        temperature: scores are divided by it before a draw; 0 takes the likeliest token always.
        num_beams: more than 1 searches by beams and draws nothing.
        max_new_tokens: longest reply in tokens.
        candidates: replies that are written side by side; with beams at most as many as these.
        seed: of the draws; the same prompt and seed give the same replies.

    Raises:
        GeneratorError: a value is out of its range.
    """

    top_k: int = 50
    top_p: float = 0.95
    temperature: float = 0.7
    num_beams: int = 1
    max_new_tokens: int = 80
    candidates: int = 4
    seed: int = 42

    def __post_init__(self) -> None:
        _whole("top_k", self.top_k, 0, 1_000_000)
        _real("top_p", self.top_p, 0.01, 1.0)
        _real("temperature", self.temperature, 0.0, 10.0)
        _whole("num_beams", self.num_beams, 1, 64)
        _whole("max_new_tokens", self.max_new_tokens, 1, 4096)
        _whole("candidates", self.candidates, 1, 64)
        _whole("seed", self.seed, 0, 2**63 - 1)

    @classmethod
    def read(cls, values: dict[str, Any]) -> Decoding:
        """Return the options among ``values``, defaults for those that are not there.

        Raises:
            GeneratorError: a value is out of its range.
        """
        names = {field.name for field in fields(cls)}
        return cls(**{name: value for name, value in values.items() if name in names})


def ends_a_sentence(text: str) -> bool:
    """Return whether ``text`` may be the end of a reply that was cut off.

    A full stop after a digit may be the middle of a number.
    """
    bare = text.rstrip(_CLOSING)
    if not bare:
        return False
    if bare[-1] == ".":
        return len(bare) > 1 and not bare[-2].isdigit()
    return bare[-1] in _STOPS


def _whole(name: str, value: Any, least: int, most: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise GeneratorError(
            f"`{name}` must be a whole number from {least} to {most}, not {value!r}."
        )


def _real(name: str, value: Any, least: float, most: float) -> None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not least <= value <= most:
        raise GeneratorError(
            f"`{name}` must be a number from {least:g} to {most:g}, not {value!r}."
        )
