"""Lines put into YAML files where they belong, so that nothing else in the file changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import yaml

from backends.review.queue.examples import LOADER, lines_of


class CannotWrite(Exception):
    """A file does not have the form that is needed; the sentence says what to do."""


def add_examples(text: str, intent: str, examples: Iterable[str]) -> str:
    """Return the text of an NLU file with examples behind those of an intent.

    Args:
        text: the whole file.
        intent: one that it holds.
        examples: as they are to be written, without the hyphen.

    Raises:
        CannotWrite: the examples are not written as a block of lines (``examples: |``).
    """
    for item in _items(text, "nlu"):
        parts = _mapping(item)
        if "intent" not in parts or parts["intent"].value != intent:
            continue
        block = parts.get("examples")
        if isinstance(block, yaml.ScalarNode) and block.style in ("|", ">"):
            lines = text.splitlines(keepends=True)
            first = block.start_mark.line + 1
            last = _last(
                lines, first, _behind(lines, block), lambda line: line.lstrip().startswith("-")
            )
            if last is None:
                continue
            indent = lines[last][: len(lines[last]) - len(lines[last].lstrip())]
            return _insert(lines, last + 1, [f"{indent}- {one}" for one in examples])
    raise CannotWrite(f"write the examples of {intent} as lines below `examples: |` first.")


def add_intent(text: str, intent: str, examples: Iterable[str]) -> str:
    """Return the text of an NLU file with a new intent at its end.

    Raises:
        CannotWrite: it has no list ``nlu``.
    """
    items = _items(text, "nlu")
    if not items:
        raise CannotWrite("it needs a list `nlu` with one entry at least.")
    lines = text.splitlines(keepends=True)
    pad = " " * max(items[0].start_mark.column - 2, 0)
    new = [f"{pad}- intent: {intent}", f"{pad}  examples: |"]
    return _insert(lines, _end(lines, items), [*new, *(f"{pad}    - {one}" for one in examples)])


def add_to_domain(text: str, intents: Iterable[str]) -> str:
    """Return the text of a domain with intents at the end of its list.

    Raises:
        CannotWrite: it has no list ``intents``.
    """
    items = _items(text, "intents")
    if not items:
        raise CannotWrite("it needs a list `intents` with one entry at least.")
    lines = text.splitlines(keepends=True)
    pad = " " * max(items[0].start_mark.column - 2, 0)
    return _insert(lines, _end(lines, items), [f"{pad}- {one}" for one in intents])


def domain_intents(text: str) -> list[str]:
    """Return the intents that a domain lists.

    Raises:
        CannotWrite: it is no YAML.
    """
    names = []
    for item in _items(text, "intents"):
        if isinstance(item, yaml.ScalarNode):
            names.append(item.value)
        elif isinstance(item, yaml.MappingNode) and item.value:
            names.append(item.value[0][0].value)
    return names


def examples_in(text: str) -> list[tuple[str, list[str]]]:
    """Return the entries of an NLU file: intent and examples as they are written."""
    content = yaml.load(text, Loader=LOADER)  # noqa: S506
    return [
        (row["intent"], list(lines_of(row.get("examples"))))
        for row in (content or {}).get("nlu") or []
        if isinstance(row, dict) and isinstance(row.get("intent"), str)
    ]


def _items(text: str, name: str) -> list[yaml.Node]:
    try:
        root = yaml.compose(text, Loader=LOADER)
    except yaml.YAMLError:
        raise CannotWrite("it is no valid YAML: correct it first.") from None
    found = _mapping(root).get(name)
    if not isinstance(found, yaml.SequenceNode):
        return []
    if found.flow_style:
        raise CannotWrite(f"write the list `{name}` with one entry a line.")
    return list(found.value)


def _mapping(node: yaml.Node | None) -> dict[str, yaml.Node]:
    if not isinstance(node, yaml.MappingNode):
        return {}
    return {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}


def _end(lines: Sequence[str], items: Sequence[yaml.Node]) -> int:
    """Return the line behind the last entry, before comments and blank lines that follow it."""
    end = _behind(lines, items[-1])
    last = _last(lines, 0, end, lambda line: not line.lstrip().startswith("#"))
    return 0 if last is None else last + 1


def _behind(lines: Sequence[str], node: yaml.Node) -> int:
    """Return the line behind a node: the end of a block is where the next thing begins."""
    mark = node.end_mark
    is_last = mark.line >= len(lines) - 1 and mark.column >= len(lines[-1].rstrip("\r\n"))
    inside = mark.line < len(lines) and lines[mark.line][: mark.column].strip()
    return min(mark.line + 1 if is_last or inside else mark.line, len(lines))


def _last(lines: Sequence[str], first: int, end: int, fits: Callable[[str], bool]) -> int | None:
    """Return the last line of some that is not blank and fits."""
    return next(
        (at for at in range(end - 1, first - 1, -1) if lines[at].strip() and fits(lines[at])), None
    )


def _insert(lines: list[str], at: int, new: list[str]) -> str:
    ending = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    if at and not lines[at - 1].endswith("\n"):
        lines[at - 1] += ending
    return "".join([*lines[:at], *(f"{line}{ending}" for line in new), *lines[at:]])
