"""Reading a message as part of a wish."""

import asyncio
from dataclasses import replace

from actions.clients.catalog_models import Interpretation
from actions.message import Mention, Message
from actions.turn import Turn
from actions.wish import Said

_GOODS = ("product", "category")
_LONGEST_NAME = 60
#: Said with these, words carry no wish of their own.
_SPEAKING_OF_SHOWN = (
    *("affirm", "deny", "more_options", "cheaper_options", "exclude_brand"),
    *("similar_products", "goes_with", "bought_together"),
)


async def hear(turn: Turn) -> Said:
    """Return what the latest message says of a wish.

    The catalogue reads amounts, and says whether it knows anything by the other words: those that
    it does not know are left out, unless they name the goods that are wanted.

    Raises:
        BackendUnavailable: If the catalogue does not answer.
    """
    said = read(turn.message)
    bounds, known = await asyncio.gather(_bounds(turn), _knows(turn, said))
    said = replace(said, price_min=bounds.price_min, price_max=bounds.price_max)
    return said if known else replace(said, words="")


async def _bounds(turn: Turn) -> Interpretation:
    message = turn.message
    if not message.words or not message.has("price", "money"):
        return Interpretation()
    found = await turn.backends.catalog.search(turn.language, message.words, limit=1)
    return found.interpreted


async def _knows(turn: Turn, said: Said) -> bool:
    if not said.words or said.names_goods:
        return True
    return (await turn.backends.catalog.search(turn.language, said.words, limit=1)).total > 0


def read(message: Message) -> Said:
    """Return what a message says by its intent and entities, but for amounts."""
    unwanted = message.mentions("unwanted")
    brands = message.mentions("brand")
    if message.intent == "exclude_brand" and not any(_on(each, unwanted) for each in brands):
        unwanted = [*unwanted, *brands]
    wanted = [each for each in brands if not _on(each, unwanted)]
    goods = [each for each in message.mentions(*_GOODS) if not _on(each, unwanted)]
    recipient, color, size = (
        next((each for each in message.mentions(name) if not _on(each, unwanted)), None)
        for name in ("recipient", "color", "size")
    )
    apart = [
        *(each for each in (recipient, color, size) if each),
        *unwanted,
        *message.mentions("price", "money"),
        *(each for each in wanted if not _on(each, goods)),
    ]
    silent = message.intent in _SPEAKING_OF_SHOWN and not goods
    return Said(
        words="" if silent else message.words_without(apart),
        names_goods=bool(goods),
        recipient=recipient.text if recipient else None,
        color=color.text if color else None,
        size=size.text if size else None,
        category=message.value("category") if not message.words else None,
        brand=wanted[0].value if wanted else None,
        unwanted=_names(unwanted, brands),
    )


def _on(mention: Mention, others: list[Mention]) -> bool:
    return any(mention is other or mention.overlaps(other) for other in others)


def _names(unwanted: list[Mention], brands: list[Mention]) -> tuple[str, ...]:
    """Return the ids of brands that the shop knows, else the names as they were written."""
    known = [each.value for each in brands if _on(each, unwanted)]
    strange = [
        each.text.replace(",", " ")[:_LONGEST_NAME] for each in unwanted if not _on(each, brands)
    ]
    return tuple(dict.fromkeys([*known, *strange]))
