"""Language: the reply is in the customer's."""

import re
from typing import ClassVar

from xiaoer.generation.guard.draft import Draft
from xiaoer.generation.guard.reading.reading import read, read_all
from xiaoer.generation.guard.reading.words import PIECES, function_words
from xiaoer.generation.guard.rule import Rule

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
_CHINESE_WORDS = re.compile("[的了吗呢吧您你我们请是有可以]")
# Letters that are neither Han nor Latin, signs such as °, µ and Ω that are units left out.
_OTHER_SCRIPT = re.compile(
    "[^\\W\\d_\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaffA-Za-zÀ-ÖØ-öø-ɏḀ-ỿªºµμΩ々〇ˈ]+"
)


class Language(Rule):
    """The reply is in the draft's language; names and codes may stay in the other one.

    Args:
        foreign: The greatest share of words in the other language; a Chinese character counts as
            half a word, and names (capitals, digits, or so written in the evidence) do not count.
    """

    name: ClassVar[str] = "language"

    def __init__(self, foreign: float = 0.25) -> None:
        self._foreign = foreign

    def objection(self, draft: Draft) -> str | None:
        """Return what of the reply is in another language or script."""
        reply = read(draft.reply)
        text = " ".join(sentence.masked for sentence in reply.sentences)
        if other := _OTHER_SCRIPT.search(reply.text):
            return other.group()
        proofs = " ".join(each.text for each in read_all(draft.evidence + draft.known))
        han = _HAN.findall(text)
        latin = [piece for piece in PIECES.findall(text) if piece[0] < "\u3400"]
        chinese, english = sum(map(len, han)) / 2, float(len(latin))
        if draft.language == "zh":
            foreign = [word for word in latin if not _is_name(word)]
            speaks = [word for word in foreign if word.lower() in function_words()]
            own = chinese
            strange = float(len(foreign))
        else:
            foreign = [run for run in han if run not in proofs or _CHINESE_WORDS.search(run)]
            speaks = [run for run in foreign if _CHINESE_WORDS.search(run)]
            own = english
            strange = sum(map(len, foreign)) / 2
        if (
            (not own and (han or latin))
            or strange > self._foreign * (own + strange)
            or len(speaks) > 1
        ):
            return (foreign or [*han, *latin])[0]
        return None


def _is_name(word: str) -> bool:
    return any(letter.isupper() for letter in word) or len(word) < 3
