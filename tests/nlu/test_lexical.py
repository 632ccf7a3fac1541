"""Runs of characters as features, beside scikit-learn's own and through saving."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from xiaoer.nlu import lexical
from xiaoer.nlu.lexical import CharacterNgrams

TEXTS = ["想买手机", "有没有耳机", "track my parcel", "where is my parcel", "退货 refund"]


def oracle() -> TfidfVectorizer:
    return TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, dtype=np.float32
    )


def test_the_same_as_scikit_learns_fitted_vectorizer() -> None:
    fitted = CharacterNgrams.fit(TEXTS)
    expected = oracle().fit(TEXTS)
    assert list(expected.get_feature_names_out()) == fitted.runs
    found = fitted(TEXTS).toarray()
    assert np.allclose(found, expected.transform(TEXTS).toarray() * lexical.WEIGHT, atol=1e-6)


SPOKEN = st.lists(
    st.sampled_from([*TEXTS, "Parcel", "İ", "ß", "\u3000", "\x1c", "\n\n", "机", "a"])
)


@settings(max_examples=200, deadline=None)
@given(st.text() | SPOKEN.map(" ".join) | SPOKEN.map("".join))
def test_any_text_has_the_features_of_scikit_learn(text: str) -> None:
    fitted = CharacterNgrams.fit(TEXTS)
    expected = oracle()
    expected.fit(TEXTS)
    # The very numbers that are kept, which are of half the precision of scikit-learn's.
    expected.idf_ = fitted.idf.astype(np.float64)
    found = fitted([text])
    wanted = expected.transform([text]) * lexical.WEIGHT
    wanted.sort_indices()
    assert found.indices.tolist() == wanted.indices.tolist()
    assert np.allclose(found.data, wanted.data, rtol=1e-12, atol=0)


def test_one_text_and_many() -> None:
    fitted = CharacterNgrams.fit(TEXTS)
    many = fitted([*TEXTS, "", "zzz"])
    assert many.shape == (len(TEXTS) + 2, len(fitted.runs))
    for text, row in zip(TEXTS, many, strict=False):
        places, values = fitted.row(text)
        assert (row.indices.tolist(), row.data.tolist()) == (places, values.tolist())
    assert fitted([]).shape == (0, len(fitted.runs))


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
