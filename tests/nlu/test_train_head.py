"""Reading labelled texts, and training heads from them by the command."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from xiaoer.lm import Encoder
from xiaoer.nlu import SentimentAnalyzer
from xiaoer.nlu.head_figures import expected_calibration_error
from xiaoer.nlu.labelled_texts import LabelledText, LabelledTextsError, read_texts
from xiaoer.nlu.sentence_head import SentenceHead, read_head
from xiaoer.nlu.sentiment_analyzer import SENTIMENTS
from xiaoer.nlu.train_head import held_out_figures, labelled, main, means

PHRASES = {
    "negative": (
        "坏了，退钱",
        "垃圾{}，再也不买",
        "awful {}, never again",
        "{} is broken, I am angry",
    ),
    "neutral": ("{}多少钱", "想看看{}", "where is the {}", "do you have a {}"),
    "positive": ("{}真好用，喜欢", "满意的{}", "love my {}", "great {}, thank you"),
}
WARES = ("手机", "耳机", "phone", "lamp", "jacket", "kettle", "水壶", "背包")


@pytest.fixture
def table(tmp_path: Path) -> Path:
    rows = ["text,sentiment"]
    for label, phrases in PHRASES.items():
        rows += [f'"{phrase.format(ware)} {ware}",{label}' for phrase in phrases for ware in WARES]
    file = tmp_path / "texts.csv"
    file.write_text("\n".join(rows), "utf-8-sig")
    return file


def test_a_shop_trains_its_own_head(table: Path, tmp_path: Path, capsys) -> None:
    out = tmp_path / "heads" / "own.safetensors"
    assert main(["sentiment", "--data", str(table), "--out", str(out), "--layer", "10"]) == 0
    printed = capsys.readouterr().out
    assert "accuracy" in printed
    assert str(out) in printed
    config = {**SentimentAnalyzer.get_default_config(), "head": str(out)}
    analyzer = SentimentAnalyzer.create(config, None, None, None)
    message = Message({TEXT: "love my 背包"})
    analyzer.process([message])
    assert message.get("sentiment")["label"] == "positive"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("text\nx", "column"),
        ("text,sentiment\nx,furious", "furious"),
        ("text,sentiment\nx,neutral", "negative"),
    ],
)
def test_bad_tables_are_one_sentence(tmp_path: Path, capsys, content: str, said: str) -> None:
    file = tmp_path / "texts.csv"
    file.write_text(content, "utf-8")
    assert main(["sentiment", "--data", str(file), "--out", str(tmp_path / "out")]) == 1
    printed = capsys.readouterr().err
    assert said in printed
    assert "Traceback" not in printed
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("content", ["- x", "zh: x", "zh: [no]", "zh: [1]", "zh: {a: x}", "a: ["])
def test_bad_yaml_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "texts.yml"
    file.write_text(content, "utf-8")
    with pytest.raises(LabelledTextsError, match=r"texts\.yml"):
        read_texts([file])


def test_a_missing_or_empty_source_is_named(tmp_path: Path) -> None:
    for source in (tmp_path, tmp_path / "none.yml", tmp_path / "none"):
        with pytest.raises(LabelledTextsError, match=source.name):
            read_texts([source])


@given(st.text(min_size=1))
def test_spelling_does_not_move_a_text_into_training(text: str) -> None:
    plain, other = (LabelledText(each, "en", "neutral") for each in (text, f" {text}\n"))
    assert plain.held_out == other.held_out


def test_the_projects_texts_are_many_varied_and_said_once(project_root: Path) -> None:
    texts = read_texts([project_root / "data" / "sentiment"])
    for language in ("zh", "en"):
        for sentiment in SENTIMENTS:
            chosen = [t for t in texts if (t.language, t.sentiment) == (language, sentiment)]
            assert len(chosen) >= 300
            assert 0.1 < np.mean([text.held_out for text in chosen]) < 0.25
    words = [text.text.casefold() for text in texts]
    assert len(set(words)) == len(words)


@pytest.mark.slow
def test_the_shipped_head_is_what_the_command_makes(
    project_root: Path, tmp_path: Path, capsys
) -> None:
    folder, out = project_root / "data" / "sentiment", tmp_path / "head"
    assert main(["sentiment", "--data", str(folder), "--out", str(out)]) == 0
    shipped, made = (
        SentenceHead.from_bytes(content, "head", SENTIMENTS)
        for content in (read_head("bundled", "sentiment"), out.read_bytes())
    )
    assert (shipped.encoder, shipped.layer) == (made.encoder, made.layer)
    pairs = labelled("sentiment", read_texts([folder]))
    vectors = means(Encoder.load("bundled"), shipped.layer, [text.text for text, _ in pairs])
    both = [head.regression.probabilities(vectors) for head in (shipped, made)]
    assert np.abs(both[0] - both[1]).max() < 0.05
    found = held_out_figures(shipped, vectors, pairs)["all"]
    assert found.accuracy > 0.85
    assert found.calibration_error < 0.06


def test_calibration_error() -> None:
    sure = np.array([0.8] * 10)
    assert expected_calibration_error(sure, np.arange(10) < 8) == pytest.approx(0)
    assert expected_calibration_error(sure, np.arange(10) < 3) == pytest.approx(0.5)
    assert expected_calibration_error(np.array([1.0, 0.6]), np.array([True, False])) == (
        pytest.approx(0.3)
    )
