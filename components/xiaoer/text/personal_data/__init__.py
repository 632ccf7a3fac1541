"""Personal data in texts: phone and identity numbers, bank cards, e-mails, addresses and names.

`find` gives the places and `mask` a text without them. By default both look for what has a form of
its own, numbers and e-mail addresses (`NUMBERS`); with `kinds=ALL_KINDS` they look for postal
addresses and names of persons too, which takes lexicons and is less sure. Order, tracking and
product numbers are not personal, nor are brands that are called like persons.

Addresses and names are found by patterns, in Chinese and English: by the parts of an address, and
by what stands before or after a name (我叫…, …先生, my name is …). A name without any of that is
found where it cannot be read as anything else. `python -m benchmarks.masking` gives precision and
recall.
"""

from xiaoer.text.personal_data.finding import find, mask
from xiaoer.text.personal_data.numbers import is_bank_card, is_identity_number
from xiaoer.text.personal_data.span import (
    ADDRESS,
    ALL_KINDS,
    BANK_CARD,
    EMAIL,
    IDENTITY_NUMBER,
    NAME,
    NUMBERS,
    PHONE,
    Span,
)

__all__ = [
    "ADDRESS",
    "ALL_KINDS",
    "BANK_CARD",
    "EMAIL",
    "IDENTITY_NUMBER",
    "NAME",
    "NUMBERS",
    "PHONE",
    "Span",
    "find",
    "is_bank_card",
    "is_identity_number",
    "mask",
]
