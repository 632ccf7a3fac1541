"""The unigram subword model of Kudo (2018), read from a file that processes share.

``compiled`` turns a vocabulary into the bytes of one file: a MARISA trie of the pieces (Yata,
2011) with id and score of each. ``Unigram`` maps such a file into memory, so opening it costs no
time, and of the 250,000 pieces of a multilingual vocabulary only the pages that a process touches
are resident, once for all processes.

The segmentation is that of ``tokenizers.models.Unigram``, id for id: scores are added up in
double precision, in which sums of float32 scores are exact, so ties stay ties. The library
``sentencepiece`` adds in single precision, where rounding decides them ("ooooooo").
"""

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from marisa_trie import Trie

from xiaoer.lm.errors import LanguageModelError

#: Part of the name of a compiled file: raise it when the layout changes.
FORMAT = 1

# Pieces, characters of the longest, lowest score; then the ids, the scores and the trie, which
# has to start at a multiple of eight bytes.
_HEAD = struct.Struct("<IIf4x")
#: What an unknown character costs more than the least likely piece; SentencePiece's constant.
_UNKNOWN_PENALTY = 10.0


def compiled(pieces: Sequence[str], scores: Sequence[float], ids: Sequence[int]) -> bytes:
    """Return the file of a vocabulary.

    Args:
        pieces: the n pieces that may stand in a text, so without the special ones; all
            different, none empty or with NUL.
        scores: (n,) log probabilities; kept as float32.
        ids: (n,) vocabulary ids.

    Raises:
        LanguageModelError: there are no pieces, or they are not as said above.
    """
    trie = Trie(pieces)
    count = len(trie)
    if not count or count != len(pieces) or any(not piece or "\0" in piece for piece in pieces):
        raise LanguageModelError(
            "The vocabulary has pieces that are empty, hold NUL or are there twice."
        )
    order = np.fromiter(map(trie.key_id, pieces), np.int64, count)
    table = np.zeros(count, [("id", "<i4"), ("score", "<f4")])
    table["id"][order] = ids
    table["score"][order] = scores
    head = _HEAD.pack(count, max(map(len, pieces)), table["score"].min())
    return head + table["id"].tobytes() + table["score"].tobytes() + trie.tobytes()


class Unigram:
    """Splits texts by a compiled vocabulary; safe to call from several threads."""

    def __init__(self, path: Path, unknown: int) -> None:
        """Map the file that ``compiled`` returned; it may be deleted afterwards.

        Args:
            path: the file.
            unknown: id of characters that no piece holds.
        """
        data = np.memmap(path, np.uint8, "r").data
        count, self._longest, lowest = _HEAD.unpack_from(data)
        ids, scores = _HEAD.size, _HEAD.size + 4 * count
        self._ids = data[ids:scores].cast("i")
        self._scores = data[scores : scores + 4 * count].cast("f")
        self._data = data[scores + 4 * count :]  # the trie does not keep what it reads alive
        self._trie = Trie()
        self._trie.map(self._data)
        self._unknown = unknown
        self._unknown_score = lowest - _UNKNOWN_PENALTY

    def encode(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Return the most probable segmentation of a text without NUL and lone surrogates.

        Unknown characters that follow one another are one subword.

        Returns:
            The n ids, and for each the characters (start, end) it covers, end not included.
        """
        prefixes, scores, longest = self._trie.iter_prefixes_with_ids, self._scores, self._longest
        size = len(text)
        # Of the best segmentation up to each character: its score, and start and key of its last
        # piece; -1 is the key of an unknown character.
        best = [0.0] + [-np.inf] * size
        starts = [0] * (size + 1)
        keys = [-1] * (size + 1)
        for start in range(size):
            so_far = best[start]
            known = False
            for piece, key in prefixes(text[start : start + longest]):
                length = len(piece)
                known = known or length == 1
                score = so_far + scores[key]
                if score > best[start + length]:
                    best[start + length] = score
                    starts[start + length] = start
                    keys[start + length] = key
            if not known and so_far + self._unknown_score > best[start + 1]:
                best[start + 1] = so_far + self._unknown_score
                starts[start + 1] = start
                keys[start + 1] = -1
        ids: list[int] = []
        spans: list[tuple[int, int]] = []
        end = size
        while end > 0:
            start = starts[end]
            if keys[end] < 0:
                while start > 0 and keys[start] < 0:
                    start = starts[start]
            ids.append(self._ids[keys[end]] if keys[end] >= 0 else self._unknown)
            spans.append((start, end))
            end = start
        return ids[::-1], spans[::-1]
