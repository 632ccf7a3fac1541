"""BIO tags, and the data set of Chinese product titles, which is written in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.nlu.datasets.data import DataError, Dataset, Example, Span, dataset, read_text


def product_titles(folder: Path, seed: int) -> Dataset:
    """Read the Chinese product titles: a character and its tag a line, a blank line after each.

    Raises:
        DataError: If `train.txt` or `dev.txt` is missing or has a line of another form.
    """
    train, test = (_titles(folder / name) for name in ("train.txt", "dev.txt"))
    return dataset(train, test, folder)


def joined(
    tokens: Sequence[str], tags: Sequence[str], between: str
) -> tuple[str, tuple[Span, ...]]:
    """Join tokens to a text, and their BIO tags to spans of its characters.

    An `I-` that continues nothing begins an entity, as in the evaluation script `conlleval` of
    CoNLL-2000.

    Args:
        tokens: The words, or the characters.
        tags: `O`, `B-kind` or `I-kind` for each of them.
        between: What stands between two tokens.
    """
    spans: list[Span] = []
    before, start = "O", 0
    for token, tag in zip(tokens, tags, strict=True):
        end = start + len(token)
        if tag != "O":
            kind = tag[2:]
            if tag.startswith("I-") and before[2:] == kind:
                spans[-1] = spans[-1]._replace(end=end)
            else:
                spans.append(Span(start, end, kind))
        before, start = tag, end + len(between)
    return between.join(tokens), tuple(spans)


def _titles(path: Path) -> list[Example]:
    examples: list[Example] = []
    characters: list[str] = []
    tags: list[str] = []
    for number, line in enumerate([*read_text(path).split("\n"), ""], start=1):
        if line:
            character, _, tag = line.rpartition(" ")
            if not character or (tag != "O" and tag[:2] not in ("B-", "I-")):
                raise DataError(f"{path}: line {number} is not a character and its BIO tag.")
            characters.append(character)
            tags.append(tag)
        elif characters:
            examples.append(_title(characters, tags))
            characters, tags = [], []
    return examples


def _title(characters: Sequence[str], tags: Sequence[str]) -> Example:
    # Rasa takes the blanks around a message away, which would move the offsets.
    kept = [at for at, character in enumerate(characters) if character.strip()]
    inner = slice(kept[0], kept[-1] + 1) if kept else slice(0)
    text, entities = joined(characters[inner], tags[inner], "")
    return Example(text, None, entities)
