"""Profiles reckoned from histories; blocking, for use in threads."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from backends.catalog.snapshot import Snapshot
from backends.customers.profiles.file_mark import file_mark
from backends.customers.profiles.goods import Goods
from backends.customers.profiles.history import History
from backends.customers.profiles.judging import Judge, Judged, ModelJudge, RuleJudge, Source
from backends.customers.profiles.model import FILE, ProfileModel
from backends.customers.profiles.sample import Sample, sample_of
from backends.customers.profiles.tags import read_tags
from backends.customers.profiles.texts import TextVectors
from backends.customers.profiles.vectorizer import Floats
from backends.search.settings import SearchSettings
from backends.setup_error import SetupError

log = structlog.get_logger("backends.customers")


@dataclass(frozen=True)
class Reckoned:
    """A customer's profile at a moment.

    Attributes:
        tags: those of a group together, the likeliest first.
        features: what the rules see.
        vector: what the model sees; None without one.
        source: whether a model or the rules made the tags.
        model: digest of the model, "" for rules.
        names: names of the products in the evidence, by id and language.
    """

    customer: str
    tags: list[Judged]
    features: Mapping[str, float]
    vector: Floats | None
    source: Source
    model: str
    names: Mapping[str, Mapping[str, str]]


class Reckoner:
    """Holds the model and follows its file and that of the tags.

    The encoder is loaded when a model needs it.

    Args:
        settings: which encoder; the folder with the model and the vectors of the products.
        tags: the designer's file.
        texts: vectors that a training has made already, by the encoder of the settings.
    """

    def __init__(
        self, settings: SearchSettings, tags: Path, texts: TextVectors | None = None
    ) -> None:
        self.model_file = settings.state / FILE
        self._settings = settings
        self._tags = tags
        self._lock = threading.Lock()
        self._encoded = texts
        self._judge: Judge | None = None
        self._without_encoder = TextVectors(None, settings.state)
        self._texts = self._without_encoder
        self._seen: object = None

    def reckon(
        self, histories: Iterable[History], snapshot: Snapshot, moment: datetime
    ) -> list[Reckoned]:
        """Return the profiles of customers of whom something is known.

        Raises:
            SetupError: there is neither a usable model nor a usable file of tags.
        """
        judge, texts = self._current()
        texts.read_products(snapshot)
        goods = Goods(snapshot)
        return [self._one(judge, texts, one, goods, moment) for one in histories if one.known]

    def judge(self) -> Judge:
        """Return what tags come from now.

        Raises:
            SetupError: as `reckon`.
        """
        return self._current()[0]

    def _current(self) -> tuple[Judge, TextVectors]:
        """Return the model if it can be used, else the rules; logs why not, once for each file."""
        with self._lock:
            seen = (file_mark(self.model_file), file_mark(self._tags))
            if self._judge is None or seen != self._seen:
                self._judge = self._open()
                self._seen = seen
            return self._judge, self._texts

    def _open(self) -> Judge:
        try:
            model = ProfileModel.load(self.model_file)
            texts = self._texts_for(model)
        except SetupError as error:
            log.warning("profiles are made by the rules alone", why=str(error))
            self._texts = self._without_encoder
            return RuleJudge(read_tags(self._tags))
        self._texts = texts
        return ModelJudge(model)

    def _texts_for(self, model: ProfileModel) -> TextVectors:
        if model.encoder and self._encoded is None:
            self._encoded = TextVectors(load_encoder(self._settings), self._settings.state)
        texts = self._encoded if self._encoded and model.encoder else self._without_encoder
        if texts.fingerprint != model.encoder:
            raise SetupError(
                f"The model {self.model_file} was trained with another text encoder: "
                "run `xiaoer customers train`."
            )
        return texts

    @staticmethod
    def _one(
        judge: Judge, texts: TextVectors, history: History, goods: Goods, moment: datetime
    ) -> Reckoned:
        sample = sample_of(history, goods, texts, judge.protected, moment)
        return Reckoned(
            customer=history.customer,
            tags=judge.judge(history.customer, sample),
            features=sample.features,
            vector=judge.vector(sample),
            source=judge.source,
            model=judge.model.digest if isinstance(judge, ModelJudge) else "",
            names=_names(sample, goods),
        )


def load_encoder(settings: SearchSettings) -> Any:
    """Return the encoder that the settings name, None for an empty name.

    Raises:
        SetupError: it cannot be loaded.
    """
    if not settings.encoder:
        return None
    from xiaoer.lm import Encoder, LanguageModelError

    try:
        return Encoder.load(settings.encoder)
    except LanguageModelError as error:
        raise SetupError(str(error)) from None


def _names(sample: Sample, goods: Goods) -> dict[str, Mapping[str, str]]:
    items = (goods.item(product) for product in sample.products)
    return {item.id: item.names for item in items if item is not None}
