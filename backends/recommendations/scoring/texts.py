"""What a language model is told of customers and products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from backends.catalog.schemas import Language
from backends.catalog.snapshot import Item
from xiaoer.text.personal_data import mask

_FILE = Path(__file__).with_name("prompt.yml")
_PRODUCT_LENGTH = 200
_CUSTOMER_LENGTH = 600
#: Products named of each kind.
_NAMED = 10


@dataclass(frozen=True)
class Wording:
    """prompt.yml: the instructions and the words about a customer, by language."""

    instructions: dict[str, str]
    customer: dict[str, dict[str, str]]


@lru_cache(maxsize=1)
def read_wording() -> Wording:
    """Read prompt.yml, once a process."""
    return Wording(**yaml.safe_load(_FILE.read_text(encoding="utf-8")))


def customer_text(
    bought: Sequence[Item], viewed: Sequence[Item], wanted: Sequence[str], language: Language
) -> str:
    """Say what is known of a customer in products and words of the catalogue; "" for nothing.

    Args:
        bought, viewed: the latest first; ten of each are named.
        wanted: words that the catalogue's interpreter knew in what the customer asked for, brand,
            category and price among them; never his message as he wrote it.
        language: of the text.
    """
    words = read_wording().customer[language]
    parts = {
        "bought": [item.names[language] for item in bought[:_NAMED]],
        "viewed": [item.names[language] for item in viewed[:_NAMED]],
        "wanted": list(wanted),
    }
    return "\n".join(f"{words[key]}: {'; '.join(named)}" for key, named in parts.items() if named)


def product_text(item: Item, language: Language) -> str:
    """Describe a product in one line of bounded length."""
    parts = (
        item.names[language],
        item.category.names[language],
        item.brand.names[language],
        f"{item.price:g} CNY",
        item.summary[language],
    )
    return " ".join("; ".join(parts).split())[:_PRODUCT_LENGTH]


def without_personal_data(text: str) -> str:
    """Mask personal data, should any have come in, and bound the length."""
    return mask(text)[:_CUSTOMER_LENGTH]
