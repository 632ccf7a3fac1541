"""Text to vectors: one encoder for understanding, search and recommendation."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np
import onnxruntime
from safetensors.numpy import load_file, save

from xiaoer.lm import layers
from xiaoer.lm.balance import TEXTS, flattened, measured, unflattened
from xiaoer.lm.base import Architecture, BaseModel, FloatArray, IntArray
from xiaoer.lm.bundled import NAME as BUNDLED
from xiaoer.lm.bundled import BundledModel
from xiaoer.lm.cache import cached_file
from xiaoer.lm.exported import open_exported

#: Part of the cache path of a graph: raise it when the graph written by ``layers`` changes.
_GRAPH_VERSION = 3
#: Part of the fingerprint: raise it when a text gets other vectors than before, by more than
#: rounding. What was trained on them has to be trained again then.
_VECTOR_VERSION = 2

_Text = TypeVar("_Text")

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
        self._last: tuple[tuple[str, str | None], IntArray, IntArray] | None = None

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
        return f"{self.name}@{self.base.digest}/{_VECTOR_VERSION}{kind}"

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
        for at, states in enumerate(self.run(prepared)):
            vectors[at] = states.mean(0)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.maximum(lengths, 1e-12)

    def encode_tokens(
        self, texts: Sequence[str], kind: str | None = "query", max_tokens: int = 512
    ) -> list[Encoded]:
        """Return states, offsets and mean vector of each text; arguments as in ``encode``."""
        prepared = [self.prepare(text, kind, max_tokens) for text in texts]
        return self.encode_prepared(prepared)

    def encode_prepared(
        self, prepared: Sequence[Prepared], done: Callable[[int], object] | None = None
    ) -> list[Encoded]:
        """Return states, offsets and mean vector of each prepared text.

        Args:
            prepared: what ``prepare`` returned.
            done: called with the number of texts that each step finished.
        """
        found = []
        for text, states in zip(prepared, self.run(prepared), strict=True):
            found.append(Encoded(text.offsets, states[text.content], states.mean(0)))
            if done:
                done(1)
        return found

    def subwords(self, text: str) -> list[tuple[int, int]]:
        """Return the spans (start, end) of the text's subwords, in order, none empty.

        Subwords that stand for the same characters (a ligature that the model reads as several)
        are given once.
        """
        spans: list[tuple[int, int]] = []
        for start, end in self._split(text, "query")[1].tolist():
            start = max(start, spans[-1][1] if spans else 0)
            if start < end:
                spans.append((start, end))
        return spans

    def prepare(self, text: str, kind: str | None = "query", max_tokens: int = 512) -> Prepared:
        """Split a text and put prefix and special subwords around it."""
        limit = min(max_tokens, self.architecture.positions) - 2
        # No vocabulary seen has longer subwords: what is cut off here would be cut off below.
        ids, offsets = self._split(text[: 64 * limit], kind)
        ids, offsets = ids[:limit], offsets[:limit]
        kept = np.flatnonzero(offsets[:, 0] < offsets[:, 1])
        return Prepared(
            np.concatenate([[self.architecture.start_id], ids, [self.architecture.end_id]]),
            kept + 1,
            offsets[kept],
        )

    def _split(self, text: str, kind: str | None) -> tuple[IntArray, IntArray]:
        """Return ids (n,) of prefix and text and what each covers of the text, (n, 2).

        The last text is kept: the components of a pipeline ask for the same one after another.
        """
        asked = (text, kind)
        last = self._last
        if last is None or last[0] != asked:
            prefix = self.architecture.prefix(kind)
            found = self.base.subwords(prefix + _printable(text))
            last = self._last = (asked, found.ids, (found.offsets - len(prefix)).clip(0))
        return last[1:]

    def run(self, prepared: Sequence[Prepared], last: int | None = None) -> Iterator[FloatArray]:
        """Yield the states of all subwords (length, dim) of each text, in order.

        Args:
            prepared: what ``prepare`` returned.
            last: how many layers to go through, from the embeddings up; None for all.
        """
        session = self.layers(0, self.architecture.layers if last is None else last)
        yield from self._each(prepared, lambda text: run_layers(session, self.embed(text.ids)))

    def resume(
        self, states: Sequence[FloatArray], session: onnxruntime.InferenceSession
    ) -> Iterator[FloatArray]:
        """Send states (length, dim) of each text through more layers; yields as ``run``."""
        yield from self._each(states, lambda rows: run_layers(session, rows))

    def _each(
        self, texts: Sequence[_Text], forward: Callable[[_Text], FloatArray]
    ) -> Iterator[FloatArray]:
        """Run texts one by one: padding and the scales of other texts never come into it."""
        if self.threads > 1 and len(texts) > 1:
            with ThreadPoolExecutor(self.threads) as pool:
                yield from pool.map(forward, texts)
        else:
            yield from map(forward, texts)

    def embed(self, ids: IntArray) -> FloatArray:
        """Return the input of the lowest layer for ids (length,): states (length, width)."""
        return self.base.words(ids) + self._positions[: len(ids)]

    @cached_property
    def _positions(self) -> FloatArray:
        return self.base.positions()

    @cached_property
    def _balance(self) -> list[layers.Balance]:
        name = f"graphs-{_GRAPH_VERSION}/{self.base.digest[:32]}-balance.safetensors"
        path = cached_file(name, lambda: save(flattened(self._measured())))
        return unflattened(load_file(path))

    def _measured(self) -> list[layers.Balance]:
        return measured(self.base, [self.embed(self.prepare(text).ids) for text in TEXTS])

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
                return self.graph(first, [self.base.layer(at) for at in range(first, last)])

            kind = f"{self.precision}-{first}-{last}"
            name = f"graphs-{_GRAPH_VERSION}/{self.base.digest[:32]}-{kind}.onnx"
            session = layers.session(str(cached_file(name, make)), self.threads)
            self._sessions[first, last] = session
        return session

    def graph(self, first: int, arrays: Sequence[dict[str, FloatArray]]) -> bytes:
        """Write a graph of layers, the base model's or what training made of them.

        Args:
            first: number of the lowest one; 0 takes embeddings.
            arrays: of each layer, named as in ``BaseModel.layer``.
        """
        balance = None
        if self.precision == layers.INT8:
            balance = self._balance[first : first + len(arrays)]
        norm, projection = (
            (None, None) if first else (self.base.embedding_norm(), self.base.projection())
        )
        return layers.build(self.architecture, arrays, norm, projection, self.precision, balance)


def run_layers(session: onnxruntime.InferenceSession, states: FloatArray) -> FloatArray:
    """Run a graph on the states (length, width) of one text; returns (length, dim)."""
    return session.run(None, {"states": states[None]})[0][0]


def _printable(text: str) -> str:
    """Replace lone surrogates, which no tokenizer takes, one for one."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text)
    return text
