"""What the guard judges."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Draft:
    """A reply that no customer has seen yet, and what it may rest on.

    Attributes:
        reply: What the language model wrote.
        question: What the customer wrote, which proves nothing.
        language: The language to reply in, ``zh`` or ``en``.
        evidence: Texts of the passages that the reply was written from.
        known: Facts of this very customer that may be said: the name, the product last ordered.
    """

    reply: str
    question: str
    language: str
    evidence: tuple[str, ...]
    known: tuple[str, ...] = ()
