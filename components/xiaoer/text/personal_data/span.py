"""A piece of personal data, and the kinds there are."""

from dataclasses import dataclass

PHONE, IDENTITY_NUMBER, BANK_CARD, EMAIL = "phone", "identity number", "bank card", "e-mail"
ADDRESS, NAME = "address", "name"

#: What has a form of its own.
NUMBERS = frozenset({PHONE, IDENTITY_NUMBER, BANK_CARD, EMAIL})
ALL_KINDS = NUMBERS | {ADDRESS, NAME}


@dataclass(frozen=True)
class Span:
    """A piece of personal data: `text[start:end]` of the text given, and its kind.

    Attributes:
        start: Where it begins.
        end: Where it ends.
        kind: ``phone``, ``identity number``, ``bank card``, ``e-mail``, ``address`` or ``name``.
    """

    start: int
    end: int
    kind: str
