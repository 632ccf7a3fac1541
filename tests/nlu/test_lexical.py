"""Runs of characters as features, beside scikit-learn's own and through saving."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from xiaoer.nlu import lexical
from xiaoer.nlu.lexical import CharacterNgrams

TEXTS = ["想买手机", "有没有耳机", "track my parcel", "where is my parcel", "退货 refund"]


def test_the_same_as_scikit_learns_fitted_vectorizer() -> None:
    fitted = CharacterNgrams.fit(TEXTS)
    oracle = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True)
    expected = oracle.fit_transform(TEXTS).toarray() * lexical.WEIGHT
    assert list(oracle.get_feature_names_out()) == fitted.runs
    assert np.allclose(fitted(TEXTS).toarray(), expected, atol=1e-6)


def test_made_again_from_what_is_kept() -> None:
    fitted = CharacterNgrams.fit(TEXTS)
    again = CharacterNgrams(fitted.runs, fitted.idf)
    asked = ["parcels?", "手机退货", "", "zzz"]
    assert (fitted(asked) != again(asked)).nnz == 0


def test_a_misspelt_word_shares_most_of_its_runs() -> None:
    fitted = CharacterNgrams.fit(TEXTS)
    right, wrong, other = fitted(["parcel", "parcle", "手机"]).toarray()
    assert right @ wrong > 0.2 * lexical.WEIGHT**2
    assert right @ other == pytest.approx(0)


def test_nothing_to_learn_from() -> None:
    assert CharacterNgrams.fit(["", "  "]) is None


def test_no_more_than_so_many_runs(monkeypatch) -> None:
    monkeypatch.setattr(lexical, "MOST", 7)
    assert len(CharacterNgrams.fit(TEXTS).runs) == 7


@settings(max_examples=50, deadline=None)
@given(st.text())
def test_any_text_has_length_weight_or_nothing(text: str) -> None:
    length = np.linalg.norm(CharacterNgrams.fit(TEXTS)([text]).toarray())
    assert length == pytest.approx(0) or length == pytest.approx(lexical.WEIGHT, abs=1e-5)
