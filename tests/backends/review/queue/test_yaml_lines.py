"""Lines come into files where they belong; all other lines stay as they are."""

import difflib

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from backends.review.queue.exporting import yaml_lines
from tests.backends.conftest import ROOT

NLU = sorted((ROOT / "data" / "nlu").glob("*.yml"))
WRITTEN = st.lists(
    st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=20).map(
        lambda text: f"例 {text} x"
    ),
    min_size=1,
    max_size=4,
)


def added(before, after):
    """The lines that were added; that is all that may have happened."""
    changes = [
        line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "+-"
    ]
    assert all(line[0] == "+" for line in changes)
    return [line[2:] for line in changes]


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(NLU), st.data(), WRITTEN)
def test_examples_come_behind_those_of_their_intent(path, data, written):
    text = path.read_text(encoding="utf-8")
    before = yaml_lines.examples_in(text)
    if not before:
        return
    name = data.draw(st.sampled_from([intent for intent, _ in before]))
    after = yaml_lines.add_examples(text, name, written)
    assert len(added(text, after)) == len(written)
    wanted = [(intent, [*lines, *(written if intent == name else [])]) for intent, lines in before]
    assert yaml_lines.examples_in(after) == wanted


@settings(max_examples=15, deadline=None)
@given(st.sampled_from(NLU), WRITTEN)
def test_a_new_intent_comes_to_the_end(path, written):
    text = path.read_text(encoding="utf-8")
    after = yaml_lines.add_intent(text, "brand_new", written)
    assert yaml_lines.examples_in(after) == [
        *yaml_lines.examples_in(text), ("brand_new", list(written))
    ]  # fmt: skip
    assert len(added(text, after)) == len(written) + 2


def test_the_domain_gets_the_intent_behind_the_others():
    text = (ROOT / "domain.yml").read_text(encoding="utf-8")
    after = yaml_lines.add_to_domain(text, ["brand_new"])
    assert added(text, after) == ["- brand_new"]
    old, new = yaml.safe_load(text), yaml.safe_load(after)
    assert new.pop("intents") == [*old.pop("intents"), "brand_new"]
    assert new == old


@pytest.mark.parametrize(
    "text",
    [
        "nlu:\n- intent: a\n  examples: |\n    - x\n",
        "nlu:\n  - intent: a\n    examples: |\n      - x",
        "# head\nnlu:\n- intent: a   # why\n  examples: |\n    - x\n\n    - y\n# tail\n",
        "nlu:\r\n- intent: a\r\n  examples: |\r\n    - x\r\n",
        "nlu:\n- intent: a\n  examples: |\n    - x\n- lookup: b\n  examples: |\n    - z\nversion: '3.1'\n",
    ],
)
def test_unusual_files(text):
    after = yaml_lines.add_examples(text, "a", ["new"])
    assert yaml_lines.examples_in(after)[0][1][-1] == "new"
    for line in text.splitlines():
        assert line in after.splitlines()
    again = yaml_lines.add_intent(after, "b", ["one", "two"])
    assert yaml_lines.examples_in(again)[-1] == ("b", ["one", "two"])
    assert ("\r\n" in again) == ("\r\n" in text)


@pytest.mark.parametrize(
    "text",
    ["nlu:\n- intent: a\n  examples: [x, y]\n", "nlu: []\n", "version: '3.1'\n", "nlu: [\n", ""],
)
def test_what_cannot_be_written_into_is_said(text):
    with pytest.raises(yaml_lines.CannotWrite):
        yaml_lines.add_examples(text, "a", ["new"])
