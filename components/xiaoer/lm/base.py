"""What a base model offers, wherever its weights lie."""

import unicodedata
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float32]
IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Architecture:
    """The shape of a BERT-family encoder.

    Attributes:
        hidden: width of a state.
        layers: number of transformer layers.
        heads: attention heads of a layer.
        intermediate: width of the feed-forward block.
        positions: longest input in subwords, special ones included.
        epsilon: of every layer normalisation.
        activation: ``gelu`` (exact), ``gelu_new`` (tanh approximation) or ``relu``.
        start_id: id of the subword put before a text ([CLS], <s>).
        end_id: id of the subword put after it ([SEP], </s>).
        prefixes: what the model was trained to see before a text, by kind of text.
    """

    hidden: int
    layers: int
    heads: int
    intermediate: int
    positions: int
    epsilon: float
    activation: str
    start_id: int
    end_id: int
    query_prefix: str = ""
    passage_prefix: str = ""

    def prefix(self, kind: str | None) -> str:
        """Return what goes before a text of this ``kind``: query, passage or None for nothing."""
        if kind is None:
            return ""
        if kind == "query":
            return self.query_prefix
        if kind == "passage":
            return self.passage_prefix
        raise ValueError(f"The kind of a text is query, passage or None, not {kind!r}.")


@dataclass(frozen=True)
class Subwords:
    """The subwords of one text, special ones left out.

    Attributes:
        ids: (n,) vocabulary ids.
        offsets: (n, 2) where each stands in the text: characters start to end, end not included.
            White space at either end of a subword is not part of it, so start may equal end.
    """

    ids: IntArray
    offsets: IntArray


class BaseModel(ABC):
    """Read-only weights and tokenizer of an encoder.

    ``layer(i)`` names its arrays q, k, v, attention, up, down (each with ``.weight`` of shape
    (out, in) and ``.bias``), attention_norm and output_norm (``.weight`` and ``.bias``).
    """

    name: str
    architecture: Architecture
    #: Hexadecimal hash of everything that changes the vectors: weights, tokenizer, prefixes.
    digest: str

    @abstractmethod
    def words(self, ids: IntArray) -> FloatArray:
        """Return the word embeddings of ids of any shape: shape + (width,).

        The width is ``hidden`` unless there is a ``projection``.
        """

    @abstractmethod
    def positions(self) -> FloatArray:
        """Return what is added at each position, (positions, width): position plus type 0."""

    @abstractmethod
    def embedding_norm(self) -> tuple[FloatArray, FloatArray]:
        """Return weight and bias, (width,) each, of the normalisation of the embeddings."""

    def projection(self) -> tuple[FloatArray, FloatArray] | None:
        """Return the linear map from normalised embeddings to states, if their widths differ.

        Weight is (hidden, width), bias (hidden,).
        """
        return None

    @abstractmethod
    def layer(self, index: int) -> dict[str, FloatArray]:
        """Return the arrays of one layer, counted from 0 upwards from the embeddings."""

    @abstractmethod
    def subwords(self, text: str) -> Subwords:
        """Split a text, which must hold no lone surrogates."""


def trimmed(text: str, offsets: IntArray) -> IntArray:
    """Return offsets (n, 2) without the white space at the ends of each span of ``text``."""
    result = offsets.copy()
    for row in result:
        start, end = int(row[0]), int(row[1])
        while start < end and _blank(text[start]):
            start += 1
        while end > start and _blank(text[end - 1]):
            end -= 1
        row[0], row[1] = start, end
    return result


def with_marks(text: str, offsets: IntArray) -> IntArray:
    """Return ascending offsets (n, 2) that take in the marks which follow a character.

    Normalisation composes or drops combining marks and variation selectors; they belong to the
    character before them, unless they are a subword of their own.
    """
    result = offsets.copy()
    starts = [*result[1:, 0].tolist(), len(text)]
    for row, limit in zip(result, starts, strict=False):
        end = int(row[1])
        while row[0] < end < limit and unicodedata.category(text[end]) in ("Mn", "Me"):
            end += 1
        row[1] = end
    return result


def _blank(character: str) -> bool:
    # Zs and Cc: full-width spaces, tabs and control characters are no part of a word.
    return character.isspace() or unicodedata.category(character) in ("Cc", "Cf")
