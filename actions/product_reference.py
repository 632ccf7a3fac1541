"""Which product the customer means: one named, one of those shown, or the one spoken of."""

import re
from dataclasses import dataclass, field

from actions.clients.catalog_models import ProductSummary
from actions.product_lines import PAGE
from actions.turn import Turn

_ID = re.compile(r"[A-Z]{2}-\d{4}(-[A-Z0-9]+)*", re.IGNORECASE)


@dataclass(frozen=True)
class Reference:
    """What was found out.

    Attributes:
        product_id: The product's id or SKU, when it is clear which.
        choices: Products that may be meant, when it is not.
        named: Whether the customer named something at all.
        out_of_range: Whether an ordinal points behind the products shown.
    """

    product_id: str | None = None
    choices: list[ProductSummary] = field(default_factory=list)
    named: bool = True
    out_of_range: bool = False


async def find_reference(turn: Turn) -> Reference:
    """Return what the latest message refers to, else the product spoken of before.

    Order: SKU, ordinal among the products shown, product name, kind of goods (searched), brand or
    category (searched), the slot `current_product`, a single product shown.

    Raises:
        BackendUnavailable: If the catalogue had to be searched and could not be.
    """
    exact = exact_references(turn)
    if exact:
        return Reference(exact[0])
    if turn.message.has("ordinal"):
        return Reference(out_of_range=True)
    kind = turn.message.value("product")
    if kind or turn.message.has("brand", "category"):
        return await search_reference(turn, kind)
    current = turn.slot("current_product")
    if current:
        return Reference(str(current))
    shown = shown_products(turn)
    return Reference(shown[0] if len(shown) == 1 else None, named=False)


def exact_references(turn: Turn) -> list[str]:
    """Return the ids the message gives by SKU, ordinal or product name, without a search."""
    shown = shown_products(turn)
    by_place = (_at(shown, place) for place in turn.message.values("ordinal"))
    named = [
        *(value.upper() for value in turn.message.values("sku")),
        *(each for each in by_place if each),
        *(value for value in turn.message.values("product_name") if _ID.fullmatch(value)),
    ]
    return list(dict.fromkeys(named))


def points_beyond(turn: Turn) -> bool:
    """Whether an ordinal of the message points behind the products shown."""
    shown = shown_products(turn)
    return any(_at(shown, place) is None for place in turn.message.values("ordinal"))


def shown_products(turn: Turn) -> list[str]:
    """Return the ids of the products last shown."""
    shown = turn.slot("shown_products")
    return [str(each) for each in shown] if isinstance(shown, list) else []


async def search_reference(turn: Turn, words: str | None) -> Reference:
    """Search the catalogue for what was named; clear when one is found or bears that very name."""
    result = await turn.backends.catalog.search(
        turn.language,
        words,
        category=turn.message.value("category"),
        brand=turn.message.value("brand"),
        limit=PAGE,
    )
    if result.total == 1 and result.items:
        return Reference(result.items[0].id)
    wanted = _folded(words or "")
    same = [each for each in result.items if wanted and wanted == _folded(each.name)]
    return Reference(same[0].id) if len(same) == 1 else Reference(choices=result.items)


def _at(shown: list[str], place: str) -> str | None:
    try:
        number = int(place)
    except ValueError:
        return None
    if number == -1 and shown:
        return shown[-1]
    return shown[number - 1] if 1 <= number <= len(shown) else None


def _folded(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()
