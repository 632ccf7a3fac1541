"""Products that exist in a test alone."""

from datetime import date

from backends.catalog.snapshot import Item, Named
from backends.recommendations.ranking.candidate import Candidate


def item(
    product: str,
    category: str = "lamps",
    brand: str = "morrin",
    price: float = 100.0,
    summary: str = "gives light",
) -> Item:
    """A product of which only what is given matters."""
    return Item(
        id=product,
        brand=named(brand),
        category=named(category),
        names={"zh": f"名{product}", "en": f"Name {product}"},
        synonyms=(),
        summary={"zh": summary, "en": summary},
        description={"zh": "", "en": ""},
        price=price,
        list_price=None,
        attributes=(),
        variants=(),
        size_guide=None,
        goes_with=(),
        released=date(2026, 1, 1),
        popularity=0.5,
        rating=None,
        rating_count=0,
        samples=(),
    )


def named(name: str) -> Named:
    """A brand or category."""
    return Named(name, {"zh": name, "en": name}, ())


def candidates(*items: Item) -> list[Candidate]:
    """Candidates, the best first."""
    return [Candidate(one, float(-at)) for at, one in enumerate(items)]
