"""The labelled texts and what is counted on them."""

import pytest

from benchmarks.masking.measure import tally
from benchmarks.masking.texts import HALVES, KINDS, LANGUAGES, Piece, Text, read_texts
from xiaoer.text.personal_data import is_bank_card, is_identity_number


def test_the_texts_are_many_and_half_of_them_hold_nothing():
    texts = [text for one in LANGUAGES for half in HALVES for text in read_texts(one, half)]
    assert len(texts) >= 600
    assert len({text.text for text in texts}) == len(texts)
    without = sum(not text.pieces for text in texts)
    assert without >= len(texts) / 2
    kinds = {piece.kind for text in texts for piece in text.pieces}
    assert kinds == set(KINDS)


def test_labelled_numbers_have_their_check_digits():
    for language in LANGUAGES:
        for half in HALVES:
            for text in read_texts(language, half):
                for piece in text.pieces:
                    digits = text.text[piece.start : piece.end].replace(" ", "")
                    if piece.kind == "identity number":
                        assert is_identity_number(digits)
                    if piece.kind == "bank card":
                        assert is_bank_card(digits)


def test_what_is_counted():
    texts = [
        Text("我叫李明，13812345678", (Piece(2, 4, "name"), Piece(5, 16, "phone"))),
        Text("一个没人认得的名字阿依古丽", (Piece(9, 13, "name"),)),
        Text("我叫王芳", ()),
    ]
    counts = tally(texts)
    assert (counts.recall("name"), counts.recall("phone"), counts.recall("address")) == (
        0.5,
        1.0,
        None,
    )
    assert counts.precision("name") == pytest.approx(1 / 2)
    assert counts.precision(*KINDS) == pytest.approx(2 / 3)
    assert [text for text, _ in counts.wrong] == ["一个没人认得的名字阿依古丽", "我叫王芳"]


@pytest.mark.parametrize("half", HALVES)
def test_masking_is_as_good_as_is_said(half):
    counts = tally([text for language in LANGUAGES for text in read_texts(language, half)])
    for kind in ("phone", "identity number", "bank card", "e-mail"):
        assert counts.recall(kind) >= 0.95
    assert counts.recall("address") >= 0.85
    assert counts.recall("name") >= 0.8
    assert counts.precision(*KINDS) >= 0.95
