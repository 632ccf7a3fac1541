"""Rasa reads from a written project what was to be written."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasa.shared.importers.importer import TrainingDataImporter

from benchmarks.nlu import pipelines
from benchmarks.nlu.datasets import Dataset, Example, Span
from benchmarks.nlu.project import ANY_INTENT, write

LABELLED = Dataset((Example("red", "buy", (Span(0, 3, "colour"),)),), (Example("red", "buy"),))
TITLES = Dataset((Example("灯", None, (Span(0, 1, "HCCX"),)),), (Example("灯"),))


@st.composite
def examples(draw: st.DrawFn) -> Example:
    """Texts with what product titles hold: brackets, slashes, quotes, Chinese."""
    text = draw(st.text("ab 灯[](){}:/\"'\\\n", min_size=1, max_size=12).filter(str.strip))
    intent = draw(st.sampled_from(["buy", "return", None]))
    start, end = sorted(draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    spans = (Span(start, end, "HCCX"),) if start < end else ()
    return Example(text, intent, spans)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(examples(), min_size=1, max_size=6, unique_by=lambda each: each.text))
def test_rasa_reads_what_was_written(written: list[Example]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        project = write(Path(folder) / "project", "zh", [{"name": "WhitespaceTokenizer"}], written)
        importer = TrainingDataImporter.load_nlu_importer_from_config(
            str(project / "config.yml"), training_data_paths=[str(project / "data")]
        )
        read = importer.get_nlu_data().nlu_examples
        config = importer.get_config()

    found = {
        message.get("text"): (
            message.get("intent"),
            [(e["start"], e["end"], e["entity"]) for e in message.get("entities", [])],
        )
        for message in read
    }
    assert found == {
        e.text: (e.intent or ANY_INTENT, [tuple(span) for span in e.entities]) for e in written
    }
    assert config["language"] == "zh"
    assert config["pipeline"] == [{"name": "WhitespaceTokenizer"}]


def test_ours_is_left_at_its_defaults() -> None:
    tokenizer, classifier = pipelines.ours(7)

    assert tokenizer == {"name": "xiaoer.nlu.BertTokenizer"}
    assert classifier == {"name": "xiaoer.nlu.BertIntentEntityClassifier", "random_seed": 7}
    assert pipelines.ours(7, {"trainable_layers": 0})[1]["trainable_layers"] == 0


def test_a_key_that_the_classifier_lacks_is_named() -> None:
    with pytest.raises(pipelines.PipelineError, match="no key 'colour'"):
        pipelines.ours(7, {"colour": 1})


def test_diet_is_rasas_own_default() -> None:
    names = [component["name"] for component in pipelines.diet("en", LABELLED, 7)]

    assert names == [
        "WhitespaceTokenizer",
        "RegexFeaturizer",
        "LexicalSyntacticFeaturizer",
        "CountVectorsFeaturizer",
        "CountVectorsFeaturizer",
        "DIETClassifier",
        "EntitySynonymMapper",
    ]
    classifier = pipelines.diet("en", LABELLED, 7)[5]
    assert classifier["epochs"] == 100
    assert classifier["random_seed"] == 7
    assert "intent_classification" not in classifier
    assert yaml.safe_load(yaml.safe_dump(classifier)) == classifier


def test_diet_learns_entities_alone_where_there_are_no_intents() -> None:
    classifier = next(c for c in pipelines.diet("en", TITLES, 7) if c["name"] == pipelines.DIET)

    assert classifier["intent_classification"] is False


@pytest.mark.parametrize("installed", [True, False])
def test_chinese_is_split_by_jieba_or_refused(
    installed: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if installed:
        (tmp_path / "jieba.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr("sys.path", [str(tmp_path), *_without_jieba()])

    if installed:
        assert pipelines.crf("zh")[0] == {"name": "JiebaTokenizer"}
    else:
        with pytest.raises(pipelines.PipelineError, match="pip install jieba"):
            pipelines.crf("zh")


def _without_jieba() -> list[str]:
    import sys

    return [path for path in sys.path if not (Path(path) / "jieba").is_dir()]
