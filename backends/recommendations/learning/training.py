"""One training: read, learn, judge, and let the new model serve if it is no worse."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from backends.catalog.snapshot import Snapshot, read_snapshot
from backends.catalog.vectors import product_vectors, texts_of
from backends.db import checked_database, now
from backends.recommendations.factorization.archive import Archive, ModelFileError
from backends.recommendations.factorization.training import TrainingOptions, train
from backends.recommendations.learning.features import FeatureSpace
from backends.recommendations.learning.promotion import Quality, objection, quality
from backends.recommendations.learning.reading import History, read_history
from backends.recommendations.learning.store import ModelStore
from backends.recommendations.learning.tags import CustomerTags, read_tags
from backends.search.settings import SearchSettings
from backends.search.vector_cache import VectorCache
from backends.settings import Settings
from backends.setup_error import SetupError

if TYPE_CHECKING:
    from backends.recommendations.factorization.observations import Floats

#: With fewer pairs of customer and product nothing can be told from chance.
LEAST_PAIRS = 50


class TooLittle(SetupError):
    """There is too little to learn from."""


@dataclass(frozen=True)
class Outcome:
    """What a training came to.

    Attributes:
        name: of the new model.
        quality: on the held-out part.
        objection: why it does not serve, None when it does.
        customers, products, pairs: what it learned from.
        seconds: how long it took.
    """

    name: str
    quality: Quality
    objection: str | None
    customers: int
    products: int
    pairs: int
    seconds: float


async def train_model(
    settings: Settings,
    search: SearchSettings,
    *,
    force: bool = False,
    seed: int = TrainingOptions.seed,
    progress: Callable[[int], object] = lambda sweeps: None,
) -> Outcome:
    """Train on what the database holds, keep the model, and let it serve if it is no worse.

    Args:
        settings: name the database.
        search: which encoder makes text vectors, and where models are kept.
        force: let it serve in any case.
        seed: of all randomness.
        progress: called after each sweep.

    Raises:
        TooLittle: there is too little to learn from.
        SetupError: another training runs, or the database or the folder cannot be used.
    """
    store = ModelStore(search.state)
    with store.training():
        snapshot, history, tags = await _read(settings)
        texts, encoder = text_vectors(snapshot, search)
        space = FeatureSpace.of(snapshot.items, texts, encoder)
        options = TrainingOptions(seed=seed)
        observations = history.observations
        trained = train(
            observations,
            history.kind,
            tags.rows(history.customers),
            space.rows(snapshot.items, texts),
            options,
            progress,
        )
        measured = quality(trained, history.kind, observations, options)
        moment = now()
        about = {
            "trained_at": moment.isoformat(),
            "quality": measured.to_json(),
            "features": space.to_json(),
            "tags": tags.names,
            "customers": observations.user_count,
            "pairs": len(observations),
            "sweeps": trained.sweeps,
        }
        archive = Archive(trained.model, tuple(item.id for item in snapshot.items), about)
        against = None if force else objection(measured, _quality_of_current(store))
        name = store.add(archive, moment)
        if against is None:
            store.promote(name)
        else:
            store.forget(keep=store.current())
    return Outcome(
        name=name,
        quality=measured,
        objection=against,
        customers=observations.user_count,
        products=len(snapshot.items),
        pairs=len(observations),
        seconds=trained.seconds,
    )


def text_vectors(snapshot: Snapshot, search: SearchSettings) -> tuple[dict[str, Floats], str]:
    """Return the products' text vectors and the encoder's fingerprint; none without an encoder."""
    if not search.encoder:
        return {}, ""
    from xiaoer.lm import Encoder, LanguageModelError

    try:
        encoder = Encoder.load(search.encoder, threads=2)
    except LanguageModelError:
        return {}, ""
    cache = VectorCache(search.state, "product", encoder)
    # All texts of the catalogue, since the cache drops those that are not asked for.
    vectors = cache.vectors(texts_of(snapshot))
    return product_vectors(snapshot, vectors), encoder.fingerprint()


async def _read(settings: Settings) -> tuple[Snapshot, History, CustomerTags]:
    async with checked_database(settings) as database, database.read() as session:
        snapshot = await read_snapshot(session)
        places = {item.id: at for at, item in enumerate(snapshot.items)}
        history = await read_history(session, places)
        tags = await read_tags(session)
    if len(history.observations) < LEAST_PAIRS:
        raise TooLittle(
            f"There is too little to learn from: {len(history.observations)} pairs of a "
            f"customer and a product, at least {LEAST_PAIRS} are needed. Until then recommendations "
            "go by what is bought together and by what is popular."
        )
    return snapshot, history, tags


def _quality_of_current(store: ModelStore) -> Mapping[str, Any] | None:
    """Return what was measured of the model that serves; a damaged one holds up nothing."""
    name = store.current()
    if name is None:
        return None
    try:
        return store.about(name)["quality"]
    except (ModelFileError, KeyError):
        return None
