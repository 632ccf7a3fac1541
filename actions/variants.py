"""The variants of a product, and those a customer's colour and size mean."""

import re
import unicodedata
from collections.abc import Iterable

from actions.clients.catalog_models import Option, ProductDetail, Variant
from actions.turn import Turn


def wanted_options(turn: Turn) -> list[str]:
    """Return the colours and sizes the latest message names."""
    return [*turn.message.values("color"), *turn.message.values("size")]


def matching(product: ProductDetail, wanted: Iterable[str]) -> list[Variant]:
    """Return the variants that have every option wanted, by value or by label."""
    wanted = list(wanted)
    return [
        variant
        for variant in product.variants
        if all(any(_is(option, each) for option in variant.options) for each in wanted)
    ]


def variant_name(variant: Variant) -> str:
    """Return a variant's options in one word row, such as `black / 128GB`."""
    return " / ".join(option.label for option in variant.options)


def offered(product: ProductDetail) -> str:
    """Return what there is to choose, such as `black/white · 128GB/256GB`."""
    keys = (option.key for variant in product.variants for option in variant.options)
    return " · ".join("/".join(options_of(product, key)) for key in dict.fromkeys(keys))


def options_of(product: ProductDetail, key: str) -> list[str]:
    """Return the labels that one option takes, such as every size."""
    found = (
        option.label
        for variant in product.variants
        for option in variant.options
        if option.key == key
    )
    return list(dict.fromkeys(found))


def _is(option: Option, wanted: str) -> bool:
    return _folded(wanted) in (_folded(option.value), _folded(option.label))


def _folded(text: str) -> str:
    """Return an option as it is compared: `256G`, `256 GB` and full-width `256GB` are one."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace(" ", "")
    return re.sub(r"(?<=\d)([gt])b?$", r"\1b", plain)
