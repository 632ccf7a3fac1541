"""Vectors of what customers bought and wrote."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from tqdm import tqdm

from backends.catalog.snapshot import LANGUAGES, Snapshot
from backends.catalog.vectors import texts_of
from backends.customers.profiles.text_space import Vectors
from backends.search.vector_cache import TextEncoder, VectorCache

# Vectors of messages stay in memory only: on disk they would outlive the message.
_MESSAGES_KEPT = 4096
_AT_ONCE = 64


class TextVectors:
    """Gives the vectors; blocking, for use in threads. Without an encoder they have no dimension.

    Args:
        encoder: an ``xiaoer.lm.Encoder``, or None.
        folder: where the catalogue keeps the vectors of its products.
    """

    def __init__(self, encoder: TextEncoder | None, folder: Path) -> None:
        self._encoder = encoder
        self._folder = folder
        self._version: str | None = None
        self._products: dict[str, Vectors] = {}
        self._dim = 0
        self._messages: OrderedDict[bytes, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """What stays the same as long as the vectors do; "" without an encoder."""
        return "" if self._encoder is None else self._encoder.fingerprint()

    def read_products(self, snapshot: Snapshot) -> None:
        """Read or make the vectors of a catalogue, unless it is the one that was read last."""
        if self._encoder is None or snapshot.version == self._version or not snapshot.items:
            return
        cache = VectorCache(self._folder, "product", self._encoder)
        # All that the catalogue keeps in this file is asked for, else it would be dropped.
        vectors = cache.vectors(texts_of(snapshot))[: len(snapshot.items) * len(LANGUAGES)]
        by_product = vectors.reshape(len(snapshot.items), len(LANGUAGES), -1)
        products = {item.id: by_product[at] for at, item in enumerate(snapshot.items)}
        with self._lock:
            self._products, self._dim = products, by_product.shape[2]
            self._version = snapshot.version

    def of_products(self, products: Sequence[str]) -> Vectors:
        """Return (n, languages, dim) of products that `read_products` has read."""
        if not products or not self._products:
            return np.zeros((len(products), len(LANGUAGES), 0), np.float32)
        return np.stack([self._products[product] for product in products])

    def of_messages(self, messages: Sequence[str], progress: bool = False) -> Vectors:
        """Return (n, dim).

        Args:
            messages: any texts.
            progress: whether to show a bar on stderr.
        """
        if self._encoder is None or not messages:
            return np.zeros((len(messages), 0), np.float32)
        keys = [hashlib.sha256(text.encode("utf-8")).digest() for text in messages]
        with self._lock:
            known = {key: self._messages[key] for key in keys if key in self._messages}
        wanted = {k: text for k, text in zip(keys, messages, strict=True) if k not in known}
        names = list(wanted)
        with tqdm(total=len(names), desc="Messages", disable=not (progress and names)) as bar:
            for at in range(0, len(names), _AT_ONCE):
                some = names[at : at + _AT_ONCE]
                made = self._encoder.encode([wanted[key] for key in some], kind="query")
                known.update(zip(some, np.asarray(made, np.float32), strict=True))
                bar.update(len(some))
        with self._lock:
            self._messages.update({key: known[key] for key in names})
            while len(self._messages) > _MESSAGES_KEPT:
                self._messages.popitem(last=False)
        return np.stack([known[key] for key in keys])
