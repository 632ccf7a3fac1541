"""How copy can sound."""

from __future__ import annotations

from backends.campaigns.copy.material.reading import Both, Strict


class Tone(Strict):
    """One tone: its name, and how a language model is told of it."""

    zh: str
    en: str
    write: Both


class Tones(Strict):
    """``tones.yml``."""

    tones: dict[str, Tone]
