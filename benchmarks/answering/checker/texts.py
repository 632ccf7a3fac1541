"""A text as the checker compares it: one way of writing, sentences, clauses, content."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from .numerals import to_digits

_SAME = str.maketrans(
    {"，": " , ", "。": "。 ", "“": '"', "”": '"', "「": '"', "」": '"', "’": "'", "‘": "'"}
    | dict.fromkeys("–—−‒―~～", "-")
    | dict.fromkeys("\u200b\u200c\u200d\ufeff\u00ad*`", "")
)
SENTENCE = re.compile(r"[。!?;\n]+|\.+(?=\s|$)|(?<=\D)\s-\s|\s-\s(?=\D)")
CLAUSE = re.compile(
    SENTENCE.pattern + r"|,|:(?!\d)|[()]|\b(?:but|however|though|although|unless|except)\b"
    r"|但是?|不过|可是|然而|否则|除非|只是"
)
# Facts are bound to smaller pieces than promises: "within 24 hours and usually in 2-4 days".
PIECE = re.compile(CLAUSE.pattern + r"|\b(?:and|or|so|then|while)\b|并且|而且|以及")
_HAN = re.compile("[\u3400-\u9fff]+")
# Characters of grammar part the words of a clause, as spaces do in English.
_GRAMMAR = re.compile(
    "[的了在是把被给您你我们就也都还要会能可以和与及或吧呢吗啊哦呀请让对从于个这那它他她之其后前时再才又很最只内]"
)
_LATIN = re.compile("[A-Za-z]{3,}")
_GRAMMAR_WORDS = (
    "the and are for you your our with that this from have has was were will can may any all not its "
    "they them then than when what which who how get got just also please only there here been does "
    "into out over very more most some each per about"
)
_EMPTY = frozenset(_GRAMMAR_WORDS.split())
# Words for one matter that share no beginning.
_ALIKE = {
    **dict.fromkeys(("leave", "leavi", "dispa", "shipp", "ships"), "ship"),
    **dict.fromkeys(("deliv", "recei", "come", "comes", "reach"), "arriv"),
    **dict.fromkeys(("buy", "bough", "purch"), "buy"),
    **dict.fromkeys(("发出", "寄出", "出库"), "发货"),
    **dict.fromkeys(("送达", "到货", "收到", "签收", "到达"), "送到"),
    **dict.fromkeys(("退钱", "退还", "返还"), "退款"),
    **dict.fromkeys(("邮费", "快递费"), "运费"),
}


def normalise(text: str) -> str:
    """Return the text in one way of writing: NFKC, plain quotes and dashes, numbers in digits."""
    text = unicodedata.normalize("NFKC", text.translate(_SAME))
    text = re.sub(r"(?<=\d),(?=\d{3}(?!\d))", "", text)
    text = re.sub(r"\b([ap])\.m\.?", r"\1m", text, flags=re.IGNORECASE)
    return to_digits(text)


def spans(text: str, separators: re.Pattern[str]) -> list[tuple[int, int]]:
    """Return where the pieces between the separators stand, empty ones left out."""
    edges = [(0, 0), *(found.span() for found in separators.finditer(text)), (len(text), len(text))]
    pairs = [(left[1], right[0]) for left, right in pairwise(edges)]
    return [(start, end) for start, end in pairs if text[start:end].strip()]


def content(text: str) -> frozenset[str]:
    """Return what a text is about: pairs of Chinese characters, beginnings of English words."""
    runs = _HAN.findall(_GRAMMAR.sub(" ", text))
    pairs = {run[i : i + 2] for run in runs for i in range(len(run) - 1)}
    words = {word.lower() for word in _LATIN.findall(text)} - _EMPTY
    return frozenset(_ALIKE.get(word, word) for word in pairs | {word[:5] for word in words})
