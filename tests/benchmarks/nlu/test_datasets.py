"""Readers turn the published files into messages, and say what is wrong with damaged ones."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
import spacy
from hypothesis import given
from hypothesis import strategies as st
from spacy.tokens import Doc
from spacy.training import biluo_tags_to_spans, iob_to_biluo

from benchmarks.nlu.datasets import DataError, Dataset, Example, Span
from benchmarks.nlu.datasets.bio import joined, product_titles
from benchmarks.nlu.datasets.lines import banking77, snips
from benchmarks.nlu.datasets.tables import massive, shop_reviews, sofmattress

VOCAB = spacy.blank("en").vocab
tokens_and_tags = st.lists(
    st.tuples(
        st.text("ab多", min_size=1, max_size=3),
        st.sampled_from(["O", "B-brand", "I-brand", "B-model", "I-model"]),
    ),
    min_size=1,
    max_size=12,
)


@given(tokens_and_tags, st.sampled_from(["", " "]))
def test_spans_of_bio_tags_are_spacys(pairs: list[tuple[str, str]], between: str) -> None:
    tokens, tags = (list(column) for column in zip(*pairs, strict=True))
    before = "O"
    clean = []
    for tag in tags:
        # spaCy goes on where the kind changes within I- tags; here an entity begins.
        begins = tag.startswith("I-") and before[2:] != tag[2:]
        clean.append(f"B-{tag[2:]}" if begins else tag)
        before = tag
    doc = Doc(VOCAB, words=tokens, spaces=[bool(between)] * (len(tokens) - 1) + [False])

    text, spans = joined(tokens, tags, between)

    assert text == doc.text
    expected = biluo_tags_to_spans(doc, iob_to_biluo(clean))
    assert list(spans) == [(s.start_char, s.end_char, s.label_) for s in expected]


def test_sofmattress_has_messages_out_of_scope(tmp_path: Path) -> None:
    _write(tmp_path / "train.csv", 'sentence,label\n"Cost, please",COST\n ,COST\n')
    _write(tmp_path / "test.csv", "sentence,label\nHow much?,COST\nSingle,NO_NODES_DETECTED\n")

    found = sofmattress(tmp_path, 1)

    assert found.train == (Example("Cost, please", "COST"),)
    assert found.test == (Example("How much?", "COST"), Example("Single", None))


def test_massive_is_judged_on_its_validation_part(tmp_path: Path) -> None:
    head = "\ufeffid,label,text,label_text,label_text_ch\r\n"
    _write(tmp_path / "train.csv", f"{head}1,48,叫醒我,alarm_set,报警器\r\n")
    _write(tmp_path / "validation.csv", f"{head}2,3,关灯,lights_off,关灯\r\n")

    found = massive(tmp_path, 1)

    assert found.train == (Example("叫醒我", "alarm_set"),)
    assert found.test == (Example("关灯", "lights_off"),)


def test_banking77_takes_the_parts_it_is_told(tmp_path: Path) -> None:
    parts = {"train": "whole\n", "valid": "rest\nrest \n", "train_5": "few\n", "test": "asked\n"}
    for part, texts in parts.items():
        _write(tmp_path / part / "seq.in", texts)
        _write(tmp_path / part / "label", "card\n" * texts.count("\n"))

    assert banking77(tmp_path).train == (Example("whole", "card"), Example("rest", "card"))
    assert banking77(tmp_path, ["train_5"]).train == (Example("few", "card"),)
    assert banking77(tmp_path, ["train_5"]).test == (Example("asked", "card"),)


def test_snips_gives_slots_by_characters(tmp_path: Path) -> None:
    for part in ("train", "test"):
        _write(tmp_path / part / "seq.in", "play  new york blues \nstop\n")
        _write(tmp_path / part / "seq.out", "O B-city I-city B-genre \nO \n")
        _write(tmp_path / part / "label", "Play\nStop\n")

    found = snips(tmp_path, 1).test[0]

    assert found.text == "play new york blues"
    assert found.entities == (Span(5, 13, "city"), Span(14, 19, "genre"))
    assert [found.text[span.start : span.end] for span in found.entities] == ["new york", "blues"]


def test_titles_are_characters_without_blanks_around(tmp_path: Path) -> None:
    lines = ["  O", "索 B-HPPX", "尼 I-HPPX", "  O", "[ O", "Z B-XH", "1 I-XH", "] O", "  O"]
    for name in ("train.txt", "dev.txt"):
        _write(tmp_path / name, "\r\n".join([*lines, "", "灯 B-HCCX", ""]))

    found = product_titles(tmp_path, 1).train

    assert found == (
        Example("索尼 [Z1]", None, (Span(0, 2, "HPPX"), Span(4, 6, "XH"))),
        Example("灯", None, (Span(0, 1, "HCCX"),)),
    )


def test_a_part_to_learn_from_is_the_same_for_a_seed_and_leaves_the_test() -> None:
    whole = Dataset(tuple(Example(str(n), "a") for n in range(50)), (Example("asked", "a"),))

    part = whole.learning_from(10, 1)

    assert part == whole.learning_from(10, 1) != whole.learning_from(10, 2)
    assert len(set(part.train)) == 10
    assert set(part.train) < set(whole.train)
    assert part.test == whole.test
    assert set(whole.learning_from(99, 1).train) == set(whole.train)


def test_reviews_are_dealt_out_by_the_seed_and_never_twice(tmp_path: Path) -> None:
    rows = [f"灯,{number % 2},评论{number}" for number in range(50)]
    _zip(tmp_path, ["cat,label,review", *rows, rows[0], "灯,1,"])

    found = shop_reviews(tmp_path, 1)

    texts = [example.text for example in (*found.train, *found.test)]
    assert sorted(texts) == sorted(f"评论{number}" for number in range(50))
    assert (len(found.train), len(found.test)) == (40, 10)
    assert {e.intent for e in found.test if int(e.text[2:]) % 2} == {"positive"}
    assert shop_reviews(tmp_path, 1) == found
    assert shop_reviews(tmp_path, 2) != found


def test_a_quick_part_is_small_and_the_same_again() -> None:
    whole = Dataset(
        tuple(Example(f"{intent} {n}", intent) for intent in "ab" for n in range(30)),
        tuple(Example(f"test {n}", "a") for n in range(100)),
    )

    part = whole.quick(5)

    assert [sum(e.intent == intent for e in part.train) for intent in "ab"] == [6, 6]
    assert len(part.test) == 40
    assert set(part.train) <= set(whole.train)
    assert whole.quick(5) == part != whole.quick(6)


@pytest.mark.parametrize("read", [sofmattress, massive, shop_reviews, snips, product_titles])
def test_a_missing_data_set_is_named(tmp_path: Path, read) -> None:
    with pytest.raises(DataError, match=str(tmp_path)):
        read(tmp_path, 1)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    _write(tmp_path / "train.csv", "text,label\nHi,GREET\n")

    with pytest.raises(DataError, match="no column sentence"):
        sofmattress(tmp_path, 1)


def test_an_unknown_sentiment_is_named(tmp_path: Path) -> None:
    _zip(tmp_path, ["cat,label,review", "灯,2,不错"])

    with pytest.raises(DataError, match="label '2'"):
        shop_reviews(tmp_path, 1)


def test_lines_that_do_not_match_are_refused(tmp_path: Path) -> None:
    for part in ("train", "test"):
        _write(tmp_path / part / "seq.in", "play jazz\n")
        _write(tmp_path / part / "seq.out", "O\n")
        _write(tmp_path / part / "label", "Play\n")

    with pytest.raises(DataError, match="line 1 has a tag too few or many"):
        snips(tmp_path, 1)
    _write(tmp_path / "train" / "label", "Play\nPlay\n")
    with pytest.raises(DataError, match="same number of lines"):
        snips(tmp_path, 1)


def test_a_line_that_is_no_tag_is_refused(tmp_path: Path) -> None:
    _write(tmp_path / "train.txt", "灯 B-HCCX\n座\n")

    with pytest.raises(DataError, match="line 2"):
        product_titles(tmp_path, 1)


def test_an_empty_part_is_refused(tmp_path: Path) -> None:
    _write(tmp_path / "train.csv", "sentence,label\n")
    _write(tmp_path / "test.csv", "sentence,label\nHi,GREET\n")

    with pytest.raises(DataError, match="no examples to train with"):
        sofmattress(tmp_path, 1)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode())


def _zip(folder: Path, lines: list[str]) -> None:
    with zipfile.ZipFile(folder / "online_shopping_10_cats.zip", "w") as archive:
        archive.writestr("online_shopping_10_cats.csv", "\n".join(lines) + "\n")
