"""Few left where there are many, and goods that are not there."""

from __future__ import annotations

from collections.abc import Iterator

from backends.campaigns.copy.lies.lie import Asked, Check, Lie


class Stock(Check):
    """What is advertised can be bought, and is scarce when it is called so."""

    def lies(self, asked: Asked) -> Iterator[Lie]:
        """Look at the stock."""
        most = asked.material.limits.scarce_at_most
        for ware in asked.wares:
            name = ware.names[asked.brief.language]
            if ware.stock <= 0:
                yield Lie("sold_out", "products", name)
            elif asked.brief.scarce and ware.stock > most:
                yield Lie("not_scarce", "scarce", f"{name}: {ware.stock} > {most}")
