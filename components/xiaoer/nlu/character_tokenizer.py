"""A spaCy tokenizer for mixed Chinese and Latin text without any model."""

import re

from spacy.tokens import Doc
from spacy.vocab import Vocab

# A number with thousands or decimals, a run of letters and digits with inner hyphens (SKUs, order
# numbers), a run of Chinese numerals, a white-space run, or any single character: so that a Chinese
# name matches wherever it stands in a sentence.
_TOKEN = re.compile(
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+)(?:[kK](?![A-Za-z0-9]))?(?!\d)"
    r"|[A-Za-z0-9À-ɏ]+(?:[-'][A-Za-z0-9À-ɏ]+)*"
    r"|[零〇一二两三四五六七八九十百千万]+"
    r"|\s+|.",
    re.DOTALL,
)


class CharacterTokenizer:
    """Splits Chinese into characters and keeps Latin words and codes whole.

    Args:
        vocab: The vocabulary of the spaCy pipeline it serves.
    """

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """Return the tokens of `text`; their offsets are those of `text`, unchanged."""
        words: list[str] = []
        spaces: list[bool] = []
        for match in _TOKEN.finditer(text):
            word = match.group()
            if word == " " and words and not spaces[-1]:
                spaces[-1] = True
            else:
                words.append(word)
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)
