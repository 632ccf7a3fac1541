"""The model applied to the catalogue as it is: products that it never saw included."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from backends.catalog.snapshot import Snapshot
from backends.recommendations.factorization.archive import Archive
from backends.recommendations.factorization.model import FoldedUser
from backends.recommendations.factorization.observations import Floats
from backends.recommendations.index.inner_product import MaximumInnerProductIndex
from backends.recommendations.learning.features import FeatureSpace
from backends.recommendations.learning.tags import tag_row


class Recommender:
    """Immutable once made; safe to use from several threads.

    Args:
        archive: a trained model.
        snapshot: the catalogue, at least one product.
        texts: (dim,) text vectors of products by id; those of the model's encoder alone help.
        encoder: fingerprint of what made them.

    Raises:
        KeyError, TypeError: what the archive says about itself does not hold what it must.
    """

    def __init__(
        self, archive: Archive, snapshot: Snapshot, texts: Mapping[str, Floats], encoder: str
    ) -> None:
        self.ids = [item.id for item in snapshot.items]
        self.places = {product: at for at, product in enumerate(self.ids)}
        self._tags = tuple(archive.about["tags"])
        model = archive.model
        space = FeatureSpace.from_json(archive.about["features"])
        known = {product: at for at, product in enumerate(archive.items)}
        fresh = [item for item in snapshot.items if item.id not in known]
        rows = space.rows(fresh, texts if space.encoder == encoder else {})
        new_vectors, new_biases = model.new_items(rows)
        new = {item.id: at for at, item in enumerate(fresh)}
        order = [known[one] if one in known else len(known) + new[one] for one in self.ids]
        variances = model.item_variances
        if variances is not None:
            # As uncertain as the least known of those that were trained.
            most = variances.max(axis=0) if len(variances) else np.zeros(variances.shape[1])
            variances = np.vstack([variances, np.tile(most, (len(fresh), 1))])[order]
        self.model = replace(
            model,
            item_vectors=np.ascontiguousarray(np.vstack([model.item_vectors, new_vectors])[order]),
            item_biases=np.ascontiguousarray(np.append(model.item_biases, new_biases)[order]),
            item_variances=None if variances is None else variances.astype(np.float32),
        )
        self.index = MaximumInnerProductIndex(self.model.item_vectors, self.model.item_biases)

    def fold_in(
        self, history: Mapping[str, float], tags: Mapping[str, float] | None = None
    ) -> FoldedUser:
        """Solve for a customer's vector.

        Args:
            history: weight (or stars) by product id; products that are gone count for nothing.
            tags: probabilities of the customer's profile, None without one.
        """
        done = {self.places[one]: value for one, value in history.items() if one in self.places}
        features = None
        if tags and self._tags:
            features = tag_row(tags, self._tags)
        return self.model.fold_in(list(done), list(done.values()), features)

    def scores(self, user: FoldedUser, products: list[str]) -> dict[str, float]:
        """Return the scores of some products, brought to 0..1 among them; unknown ones left out."""
        known = [product for product in products if product in self.places]
        if not known:
            return {}
        places = [self.places[product] for product in known]
        raw = self.model.item_vectors[places] @ user.vector + self.model.item_biases[places]
        low, high = float(raw.min()), float(raw.max())
        scaled = (raw - low) / (high - low) if high > low else np.ones_like(raw)
        return dict(zip(known, scaled.tolist(), strict=True))

    def best(self, user: FoldedUser, count: int) -> list[str]:
        """Return the ids of the products with the greatest scores, the best first."""
        places, _ = self.index.search(user.vector[None], min(count, len(self.ids)))
        return [self.ids[at] for at in places[0] if at >= 0]

    def vectors(self, products: Iterable[str]) -> dict[str, Floats]:
        """Return (d,) the vectors of products by id; unknown ones are left out."""
        return {
            product: self.model.item_vectors[self.places[product]]
            for product in products
            if product in self.places
        }

    def weighed(self, user: FoldedUser, history: list[str], product: str) -> list[str]:
        """Return what in the history speaks for a product, what speaks most first.

        Args:
            user: as `fold_in` gave it for that history.
            history: product ids, in the order given to `fold_in`.
            product: id.
        """
        known = [one for one in history if one in self.places]
        if product not in self.places or not known:
            return []
        parts = user.contributions(self.model.item_vectors[self.places[product], None])[0]
        order = np.argsort(-parts, kind="stable")
        return [known[at] for at in order if parts[at] > 0]
