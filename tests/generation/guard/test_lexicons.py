"""The lexicons hold what the rules look up, and a mistake in one is a clear error."""

import re

import pytest
import yaml

from tests.generation.guard.corpus import ROOT
from xiaoer.generation.guard import lexicons
from xiaoer.generation.guard.lexicons import GuardLexiconError, Patterns, compile_any, lexicon

FILES = ("promises.yml", "words.yml", "units.yml", "injection.yml")


@pytest.mark.parametrize("name", FILES)
def test_each_is_a_mapping(name):
    assert lexicon(name)


def test_each_class_of_promises_has_words_of_both_languages_and_is_known():
    content = lexicon("promises.yml")
    for name, words in content["classes"].items():
        assert set(words) == {"zh", "en"}, name
        assert words["zh"], name
        assert words["en"], name
    assert set(content["conditional"]) <= set(content["classes"])


def test_no_class_is_named_twice():
    text = (ROOT / "components/xiaoer/generation/guard/promises.yml").read_text(encoding="utf-8")
    names = re.findall(
        r"(?m)^  ([a-z][a-z ]+):$", text.split("\nclasses:", 1)[1].split("\nconditional:")[0]
    )
    assert len(names) == len(set(names)) == len(lexicon("promises.yml")["classes"])


def test_a_pattern_that_is_none_is_named():
    with pytest.raises(
        GuardLexiconError, match=r"'\(' in promises.yml is not a regular expression"
    ):
        compile_any(["good", "("], "promises.yml")


@pytest.mark.parametrize(
    ("text", "says"), [("a: [", "not valid YAML"), ("- a", "should be a mapping")]
)
def test_a_file_that_is_none(monkeypatch, text, says):
    with (
        pytest.raises(yaml.YAMLError)
        if text == "never"
        else pytest.raises(GuardLexiconError, match=says)
    ):
        monkeypatch.setattr(lexicons.resources, "read_text", lambda *_, **__: text)
        lexicon.__wrapped__("broken.yml")


def test_english_patterns_match_whole_words_and_chinese_ones_anywhere():
    patterns = Patterns({"zh": ["退款"], "en": ["refund"]}, "test")
    assert patterns.search("可以退款的")
    assert patterns.search("可以refund的")
    assert patterns.search("A REFUND.")
    assert not patterns.search("refundable")
    assert not patterns.search("prerefund")
    assert patterns.blank("退款 refund") == " " * 9
