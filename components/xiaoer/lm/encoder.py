"""Text to vectors: one encoder for understanding, search and recommendation."""

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from xiaoer.lm import layers
from xiaoer.lm.base import Architecture, BaseModel, FloatArray, IntArray
from xiaoer.lm.bundled import NAME as BUNDLED
from xiaoer.lm.bundled import BundledModel
from xiaoer.lm.cache import cached_file
from xiaoer.lm.exported import open_exported

#: Part of the cache path of a graph: raise it when the graph written by ``layers`` changes.
_GRAPH_VERSION = 1
#: Subwords, padding included, that go through the layers at once.
_BATCH = 1024

_loaded: dict[tuple[str, int, str], "Encoder"] = {}
_loading = threading.Lock()


@dataclass(frozen=True)
class Prepared:
    """A text ready for the layers.

    Attributes:
        ids: (length,) ids, special subwords and prefix included.
        content: positions in ``ids`` of the n subwords of the text itself.
        offsets: (n, 2) characters of the text that each of these covers, end not included.
    """

    ids: IntArray
    content: IntArray
    offsets: IntArray


@dataclass(frozen=True)
class Encoded:
    """What the encoder makes of one text.

    Attributes:
        offsets: (n, 2) characters of the original text of each subword, end not included.
        states: (n, dim) float32 states of those subwords.
        mean: (dim,) float32 mean over all states, special subwords and prefix included; not
            normalised.
    """

    offsets: IntArray
    states: FloatArray
    mean: FloatArray


class Encoder:
    """A frozen BERT-family encoder run by ONNX Runtime; safe to call from several threads.

    Example:
        >>> encoder = Encoder.load("bundled")
        >>> phone, laptop = encoder.encode(["想买手机", "I want a laptop"])
    """

    def __init__(self, base: BaseModel, threads: int = 1, precision: str = layers.INT8) -> None:
        """Wrap a base model; ``Encoder.load`` is the way to get one."""
        self.base = base
        self.threads = threads
        self.precision = precision

    @classmethod
    def load(cls, name: str = BUNDLED, threads: int = 1, precision: str = layers.INT8) -> "Encoder":
        """Return the encoder called ``name``; one process loads each only once.

        Args:
            name: ``bundled``, the folder of a model, or a Hugging Face id.
            threads: processor threads for one text; batches are spread over the same number.
            precision: of the layers' weights, ``int8`` or ``fp32``.

        Raises:
            LanguageModelError: the model cannot be found, fetched or read.
        """
        with _loading:
            encoder = _loaded.get((name, threads, precision))
            if encoder is None:
                known = [other for (called, *_), other in _loaded.items() if called == name]
                if known:
                    base = known[0].base
                else:
                    base = BundledModel() if name == BUNDLED else open_exported(name)
                encoder = _loaded[name, threads, precision] = cls(base, threads, precision)
            return encoder

    @property
    def name(self) -> str:
        """The name it was loaded by."""
        return self.base.name

    @property
    def architecture(self) -> Architecture:
        """The shape of the model."""
        return self.base.architecture

    @property
    def dim(self) -> int:
        """Width of a vector."""
        return self.architecture.hidden

    def fingerprint(self) -> str:
        """Return name and hash of the base model; equal fingerprints give equal vectors."""
        kind = "" if self.precision == layers.INT8 else f"-{self.precision}"
        return f"{self.name}@{self.base.digest}/{_GRAPH_VERSION}{kind}"

    def encode(
        self, texts: Sequence[str], kind: str | None = "query", max_tokens: int = 512
    ) -> FloatArray:
        """Return the mean vectors of texts.

        Args:
            texts: any texts; a long one is cut at ``max_tokens``.
            kind: ``query`` or ``passage`` puts the model's own prefix before each; None nothing.
            max_tokens: longest input in subwords.

        Returns:
            (n, dim) float32, each row of length 1.
        """
        vectors = np.zeros((len(texts), self.dim), np.float32)
        prepared = [self.prepare(text, kind, max_tokens) for text in texts]
        for at, states in self.run(prepared):
            vectors[at] = states.mean(0)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.maximum(lengths, 1e-12)

    def encode_tokens(
        self, texts: Sequence[str], kind: str | None = "query", max_tokens: int = 512
    ) -> list[Encoded]:
        """Return states, offsets and mean vector of each text; arguments as in ``encode``."""
        prepared = [self.prepare(text, kind, max_tokens) for text in texts]
        return list(self.encode_prepared(prepared))

    def encode_prepared(
        self, prepared: Sequence[Prepared], done: Callable[[int], object] | None = None
    ) -> list[Encoded]:
        """Return states, offsets and mean vector of each prepared text.

        Args:
            prepared: what ``prepare`` returned.
            done: called with the number of texts that each step finished.
        """
        found: list[Encoded | None] = [None] * len(prepared)
        for at, states in self.run(prepared):
            text = prepared[at]
            found[at] = Encoded(text.offsets, states[text.content], states.mean(0))
            if done:
                done(1)
        return [encoded for encoded in found if encoded is not None]

    def subwords(self, text: str) -> list[tuple[int, int]]:
        """Return the spans (start, end) of the text's subwords, in order, none empty.

        Subwords that stand for the same characters (a ligature that the model reads as several)
        are given once.
        """
        spans: list[tuple[int, int]] = []
        for start, end in self.base.subwords(_printable(text)).offsets.tolist():
            start = max(start, spans[-1][1] if spans else 0)
            if start < end:
                spans.append((start, end))
        return spans

    def prepare(self, text: str, kind: str | None = "query", max_tokens: int = 512) -> Prepared:
        """Split a text and put prefix and special subwords around it."""
        prefix = self.architecture.prefix(kind)
        limit = min(max_tokens, self.architecture.positions) - 2
        # No vocabulary seen has longer subwords: what is cut off here would be cut off below.
        clean = _printable(text[: 64 * limit])
        found = self.base.subwords(prefix + clean)
        ids, offsets = found.ids[:limit], found.offsets[:limit] - len(prefix)
        offsets = offsets.clip(0)
        kept = np.flatnonzero(offsets[:, 0] < offsets[:, 1])
        return Prepared(
            np.concatenate([[self.architecture.start_id], ids, [self.architecture.end_id]]),
            kept + 1,
            offsets[kept],
        )

    def run(
        self, prepared: Sequence[Prepared], last: int | None = None
    ) -> Iterator[tuple[int, FloatArray]]:
        """Yield (index, states of all its subwords (length, dim)) for each text, in any order.

        Args:
            prepared: what ``prepare`` returned.
            last: how many layers to go through, from the embeddings up; None for all.
        """
        session = self.layers(0, self.architecture.layers if last is None else last)

        def forward(batch: list[int]) -> FloatArray:
            return run_layers(session, *self.embed([prepared[at].ids for at in batch]))

        yield from self._in_batches([len(text.ids) for text in prepared], forward)

    def resume(
        self, states: Sequence[FloatArray], session: onnxruntime.InferenceSession
    ) -> Iterator[tuple[int, FloatArray]]:
        """Send states (length, dim) of each text through more layers; yields as ``run``."""

        def forward(batch: list[int]) -> FloatArray:
            return run_layers(session, *padded([states[at] for at in batch]))

        yield from self._in_batches([len(text) for text in states], forward)

    def _in_batches(
        self, lengths: Sequence[int], forward: Callable[[list[int]], FloatArray]
    ) -> Iterator[tuple[int, FloatArray]]:
        batches = list(_batches(lengths))
        if self.threads > 1 and len(batches) > 1:
            with ThreadPoolExecutor(self.threads) as pool:
                yield from _unpadded(lengths, batches, pool.map(forward, batches))
        else:
            yield from _unpadded(lengths, batches, map(forward, batches))

    def embed(self, ids: Sequence[IntArray]) -> tuple[FloatArray, NDArray[np.int32]]:
        """Return the padded inputs of the lowest layer: states (batch, length, width) and mask."""
        return padded([self.base.words(row) + self._positions[: len(row)] for row in ids])

    @cached_property
    def _positions(self) -> FloatArray:
        return self.base.positions()

    @cached_property
    def _sessions(self) -> dict[tuple[int, int], onnxruntime.InferenceSession]:
        return {}

    def layers(self, first: int, last: int) -> onnxruntime.InferenceSession:
        """Open the graph of layers ``first`` to ``last`` (not included); 0 takes embeddings.

        The graph is made, and kept in the cache, when it is asked for the first time.
        """
        session = self._sessions.get((first, last))
        if session is None:

            def make() -> bytes:
                arrays = [self.base.layer(index) for index in range(first, last)]
                if first > 0:
                    return layers.build(self.architecture, arrays, precision=self.precision)
                norm, projection = self.base.embedding_norm(), self.base.projection()
                return layers.build(self.architecture, arrays, norm, projection, self.precision)

            kind = f"{self.precision}-{first}-{last}"
            name = f"graphs-{_GRAPH_VERSION}/{self.base.digest[:32]}-{kind}.onnx"
            session = layers.session(str(cached_file(name, make)), self.threads)
            self._sessions[first, last] = session
        return session


def padded(rows: Sequence[FloatArray]) -> tuple[FloatArray, NDArray[np.int32]]:
    """Return states (batch, length, dim) and mask (batch, length) of rows (length, dim) each."""
    length = max(map(len, rows))
    states = np.zeros((len(rows), length, rows[0].shape[1]), np.float32)
    mask = np.zeros((len(rows), length), np.int32)
    for at, row in enumerate(rows):
        states[at, : len(row)] = row
        mask[at, : len(row)] = 1
    return states, mask


def run_layers(
    session: onnxruntime.InferenceSession, states: FloatArray, mask: NDArray[np.int32]
) -> FloatArray:
    """Run a graph on padded states (batch, length, dim); returns the same shape."""
    return session.run(None, {"states": states, "mask": mask})[0]


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Group the indices of texts of similar length, so that little of a batch is padding."""
    batch: list[int] = []
    for at in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[at] > _BATCH:
            yield batch
            batch = []
        batch.append(at)
    if batch:
        yield batch


def _unpadded(
    lengths: Sequence[int], batches: Iterable[list[int]], results: Iterable[FloatArray]
) -> Iterator[tuple[int, FloatArray]]:
    for batch, states in zip(batches, results, strict=True):
        for row, at in enumerate(batch):
            yield at, states[row, : lengths[at]]


def _printable(text: str) -> str:
    """Replace lone surrogates, which no tokenizer takes, one for one."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text
