"""How a prompt is laid out in tokens for a causal language model.

``<|known|>…<|end|>`` for each thing known, ``<|zh|>``, ``<|passage|>…<|end|>`` for each passage,
``<|customer|>question``, ``<|zh|><|assistant|>``; the model goes on with the reply and ``<|end|>``.
The language stands before the first passage and before the reply, so that a model which copies what
followed the same tokens begins with the first passage, the best one. A model without these tokens
gets the texts in the same order, a line each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import AddedToken, Tokenizer

from xiaoer.lm.generator import GeneratorError, Prompt

KNOWN, PASSAGE, CUSTOMER = "<|known|>", "<|passage|>", "<|customer|>"
ASSISTANT, END = "<|assistant|>", "<|end|>"
LANGUAGES = {"zh": "<|zh|>", "en": "<|en|>"}
#: All tokens of the layout, in the order in which they are added to a vocabulary.
SPECIAL = (*LANGUAGES.values(), KNOWN, PASSAGE, CUSTOMER, ASSISTANT, END)

_REPLACEMENT = "\ufffd"
_CHINESE = "[\u2e80-\u9fff\uff00-\uffef“”]"
_CHINESE_SPACES = re.compile(f"(?<={_CHINESE}) | (?={_CHINESE})")


@dataclass(frozen=True)
class Example:
    """A prompt and the reply to it, to learn from."""

    prompt: Prompt
    reply: str


class Layout:
    """A tokenizer that writes prompts and reads replies.

    Attributes:
        tokenizer: the model's own, with or without the tokens of the layout.
        start: ids that the tokenizer puts before every text, such as ``<s>``.
        special: ids that no text of a customer can become.
        ends: ids that end a reply.
        banned: ids that a reply never holds.
    """

    def __init__(self, tokenizer: Tokenizer, ends: Iterable[int] = ()) -> None:
        """Wrap a tokenizer.

        Args:
            tokenizer: of the model; its settings are changed.
            ends: ids that end a text by the model's own configuration.
        """
        tokenizer.no_truncation()
        tokenizer.no_padding()
        # What a customer types is text, also when it is the name of a special token.
        tokenizer.encode_special_tokens = True
        self.tokenizer = tokenizer
        # A model may name an end that its own vocabulary does not have.
        ends = {number for number in ends if tokenizer.id_to_token(number) is not None}
        around = tokenizer.encode("a")
        first = around.special_tokens_mask.index(0) if 0 in around.special_tokens_mask else 0
        self.start = [number for number in around.ids[:first] if number not in ends]
        # WordPiece puts spaces between Chinese characters.
        self._spaced = '"type":"WordPiece"' in tokenizer.to_str()
        self._ids = {name: tokenizer.token_to_id(name) for name in SPECIAL}
        self.complete = None not in self._ids.values()
        added = tokenizer.get_added_tokens_decoder()
        self.special = {*added, *(number for number in self._ids.values() if number is not None)}
        self.ends = {*ends, *([self._ids[END]] if self.complete else [])}
        self.banned = {
            number for number, token in added.items() if token.special and number not in self.ends
        }

    @classmethod
    def read(cls, path: Path, ends: Iterable[int] = ()) -> Layout:
        """Read a tokenizer.json.

        Raises:
            GeneratorError: it is missing or damaged.
        """
        try:
            return cls(Tokenizer.from_file(str(path)), ends)
        # The library raises bare exceptions of its own.
        except Exception as error:
            raise GeneratorError(f"The tokenizer {path} cannot be read: {error}.") from error

    def text(self, text: str) -> list[int]:
        """Return the ids of a text, none of them special."""
        # Half a pair of surrogates is no text.
        clean = text.encode("utf-8", "ignore").decode("utf-8")
        ids = self.tokenizer.encode(clean, add_special_tokens=False).ids
        return [number for number in ids if number not in self.special]

    def prompt(self, prompt: Prompt, limit: int) -> list[int]:
        """Return the ids of a prompt, ``limit`` at most.

        When it is too long, the oldest of what is known goes first, then the passages that rank
        last, then the ends of the first passage and of the question, which keeps a quarter.
        """
        language = self._name(LANGUAGES.get(prompt.language))
        question = [*self._name(CUSTOMER), *self.text(prompt.question)]
        last = [*self._between(), *language, *self._name(ASSISTANT)]
        fixed = len(self.start) + len(language) + len(last)
        question = question[: max(limit // 4, limit - fixed)]
        passages = [self._block(PASSAGE, passage) for passage in prompt.passages]
        known = [self._block(KNOWN, each) for each in prompt.known]

        def room() -> int:
            return limit - fixed - len(question) - _length(passages) - _length(known)

        while known and room() < 0:
            known.pop(0)
        while len(passages) > 1 and room() < 0:
            passages.pop()
        if passages and room() < 0:
            kept = max(0, limit - fixed - min(len(question), limit // 4) - 1)
            passages = [[*passages[0][:kept], *passages[0][-1:]]]
        question = question[: max(0, len(question) + min(0, room()))]
        parts = [self.start, *known, language, *passages, question, last]
        return [number for part in parts for number in part][-limit:]

    def reply(self, text: str) -> list[int]:
        """Return the ids of a whole reply, with the token that ends it."""
        end = self._name(END) or sorted(self.ends)[:1]
        return [*self.text(text), *end]

    def read_reply(self, ids: Sequence[int]) -> str | None:
        """Return the text of a reply's ids, or None when they are no text."""
        kept = [number for number in ids if number not in self.special]
        text = self.tokenizer.decode(kept, skip_special_tokens=False).strip()
        if self._spaced:
            text = _CHINESE_SPACES.sub("", text)
        return text if text and _REPLACEMENT not in text else None

    def _name(self, name: str | None) -> list[int]:
        number = self._ids[name] if name and self.complete else None
        return [] if number is None else [number]

    def _between(self) -> list[int]:
        return [] if self.complete else self.text("\n")

    def _block(self, name: str, text: str) -> list[int]:
        return [*self._name(name), *self.text(text), *(self._name(END) or self._between())]


def add_layout(tokenizer: Tokenizer) -> int:
    """Add the tokens of the layout to a tokenizer; return how many were new."""
    return tokenizer.add_special_tokens([AddedToken(name, special=True) for name in SPECIAL])


def _length(parts: list[list[int]]) -> int:
    return sum(len(part) for part in parts)
