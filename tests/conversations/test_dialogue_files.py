"""What `rasa data validate` and `rasa test` do not look at in the dialogue's files."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DIALOGUE = sorted([*(ROOT / "data/rules").glob("*.yml"), *(ROOT / "data/stories").glob("*.yml")])
SAID_ELSEWHERE = ROOT / "data/rules/said_elsewhere.yml"
TESTS = sorted(Path(__file__).parent.glob("test_*.yml"))
HELD_OUT = Path(__file__).parent / "held_out_stories.yml"


def read(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def blocks(path: Path) -> list[dict[str, Any]]:
    content = read(path)
    return content.get("rules", []) + content.get("stories", [])


def steps(path: Path) -> Iterator[dict[str, Any]]:
    for block in blocks(path):
        for step in block["steps"]:
            yield from step.get("or", [step])


def said(path: Path) -> set[str]:
    return {step["action"] for step in steps(path) if step.get("action", "").startswith("utter_")}


def turns(block: dict[str, Any]) -> tuple[str, ...]:
    """A conversation as its intents, actions and outcomes, without what was typed."""
    return tuple(
        str(step.get("intent") or step.get("action") or step.get("slot_was_set"))
        for step in block["steps"]
    )


@pytest.fixture(scope="module")
def domain() -> dict[str, Any]:
    return read(ROOT / "domain.yml")


def test_each_response_is_in_both_languages_and_one_always_fits(domain):
    """Of a response with a warm tone each conditional variation names its tone.

    Rasa chooses among all that fit: one for English alone would be said in any tone.
    """
    english = {frozenset({("language", "en")})}
    toned = {
        frozenset({("language", language), ("tone", tone)})
        for language, tone in (("en", "plain"), ("en", "warm"), ("zh", "warm"))
    }
    for name, variations in domain["responses"].items():
        conditions = {
            frozenset((each["name"], each["value"]) for each in variation.get("condition", ()))
            for variation in variations
        }
        assert frozenset() in conditions, name
        assert conditions - {frozenset()} in (english, toned), name


def test_both_languages_offer_the_same_buttons(domain):
    for name, variations in domain["responses"].items():
        payloads = {tuple(b["payload"] for b in v.get("buttons", ())) for v in variations}
        assert len(payloads) == 1, name
        for payload in payloads.pop():
            assert payload.lstrip("/").split("{")[0] in domain["intents"], name


def test_the_list_of_what_is_said_elsewhere_is_complete_and_no_longer_than_needed(domain):
    in_dialogue = set().union(*(said(path) for path in DIALOGUE if path != SAID_ELSEWHERE))
    assert said(SAID_ELSEWHERE) == domain["responses"].keys() - in_dialogue


def test_each_intent_is_answered(domain):
    used = {step["intent"] for path in DIALOGUE for step in steps(path) if "intent" in step}
    assert used - {"nlu_fallback"} == set(domain["intents"])


def test_each_form_asks_for_each_of_its_slots(domain):
    for form, settings in domain["forms"].items():
        for slot in settings["required_slots"]:
            asked = {f"utter_ask_{form}_{slot}", f"utter_ask_{slot}"}
            assert asked & domain["responses"].keys(), (form, slot)


def test_each_form_is_opened_ends_in_an_action_and_asks_again(domain):
    rules = [rule for path in DIALOGUE for rule in read(path).get("rules", [])]
    for form in domain["forms"]:
        of_form = [rule for rule in rules if {"action": form} in rule["steps"]]
        assert any({"active_loop": form} in r["steps"] and "condition" not in r for r in of_form)
        assert any({"active_loop": None} in r["steps"] for r in of_form), form
        assert any(r.get("condition") == [{"active_loop": form}] for r in of_form), form


def test_there_are_tests_for_each_behaviour():
    behaviours = {path.stem.removeprefix("test_") for path in TESTS}
    assert behaviours == {
        "happy_path",
        "marketing",
        "correction",
        "digression",
        "cancellation",
        "unknown_order",
        "backend_down",
        "mixed_language",
        "small_talk",
        "recommending",
        "handoff",
    }
    names = [(path.stem, story["story"]) for path in TESTS for story in blocks(path)]
    assert len(names) == len(set(names)) >= 80


def test_test_conversations_carry_what_customers_type():
    for path in TESTS:
        for step in steps(path):
            assert "intent" not in step or step.get("user", "").strip(), (path.name, step)


def test_held_out_stories_are_not_in_training():
    trained = {
        turns(story) for path in (ROOT / "data/stories").glob("*.yml") for story in blocks(path)
    }
    held_out = [turns(story) for story in blocks(HELD_OUT)]
    assert len(held_out) >= 25
    assert not trained & set(held_out)
