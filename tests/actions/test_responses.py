"""What actions say stands in domain.yml, in both languages, and nothing of it in code."""

import ast
import re
import unicodedata
from pathlib import Path

import pytest

from actions.clients.order_models import Order
from actions.refusals import refusal_reason

ACTIONS = Path(__file__).resolve().parents[2] / "actions"
SOURCES = sorted(ACTIONS.rglob("*.py"))

#: Responses whose names are put together, with the codes of the backends.
FAMILIES = {
    "utter_order_status_": "pending_payment paid packed shipped out_for_delivery delivered completed cancelled",
    "utter_shipment_event_": "label_created picked_up departed arrived out_for_delivery delivered delayed returned",
    "utter_refund_": "none processing refunded rejected",
    "utter_refused_": "already_shipped already_cancelled not_shipped not_delivered return_window_closed already_requested not_paid other",
    "utter_reason_": "matches_wish bought_together because_you_bought because_you_viewed viewed_together like_what_you_bought similar goes_with for_your_taste popular_in_category popular well_rated new in_category",
    "utter_button_": "cancel change_address return exchange invoice",
    "utter_backend_": "down unknown",
    "utter_language_is_": "zh en",
    "utter_intent_": "order_status",
    "utter_carrier_": "",
    "utter_handoff_why_": "asked failures anger complaint topic",
    "utter_feedback_": "solved csat nps comment",
}


def used() -> set[str]:
    """Every response that the code names."""
    names: set[str] = set()
    for source in SOURCES:
        names |= set(re.findall(r'"(utter_\w+)"', source.read_text(encoding="utf-8")))
    whole = {name for name in names if not name.endswith("_")}
    return whole | {prefix + code for prefix, codes in FAMILIES.items() for code in codes.split()}


def test_every_family_is_known():
    found = set()
    for source in SOURCES:
        text = source.read_text(encoding="utf-8")
        found |= set(re.findall(r'"(utter_\w+_)(?:"|\{)', text))
    assert found <= FAMILIES.keys()


@pytest.mark.parametrize("name", sorted(used()))
def test_each_response_is_there_in_both_languages(domain, name):
    # What a channel says otherwise stands beside these.
    variations = [each for each in domain["responses"][name] if not each.get("channel")]
    plain = [each for each in variations if not each.get("condition")]
    english = [
        each
        for each in variations
        if any(c["name"] == "language" and c["value"] == "en" for c in each.get("condition", ()))
    ]
    assert plain, "one that always fits"
    assert english
    placeholders = {
        tuple(sorted(set(re.findall(r"{(\w+)}", each["text"])))) for each in plain + english
    }
    assert len(placeholders) == 1, "both languages are told the same"
    for each in plain + english:
        assert len(each.get("buttons", ())) == len(plain[0].get("buttons", ()))


def test_buttons_name_intents_that_exist(domain):
    intents = {each if isinstance(each, str) else next(iter(each)) for each in domain["intents"]}
    for name in used():
        for variation in domain["responses"][name]:
            for button in variation.get("buttons", ()):
                assert re.match(r"/(\w+)", button["payload"])[1] in intents, name


def test_every_title_belongs_to_an_intent(domain):
    intents = {each if isinstance(each, str) else next(iter(each)) for each in domain["intents"]}
    titles = {name[13:] for name in domain["responses"] if name.startswith("utter_intent_")}
    assert len(titles) >= 20
    assert titles <= intents


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ACTIONS)))
def test_code_holds_no_sentence_for_customers(source):
    text = source.read_text(encoding="utf-8")
    assert not [c for c in text if "CJK" in unicodedata.name(c, "")]
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "utter_message":
            assert {keyword.arg for keyword in node.keywords} <= {"response", "buttons", None}
            assert not node.args


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ACTIONS)))
def test_nothing_blocks_the_loop(source):
    imported = set()
    for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add((node.module or "").split(".")[0])
    assert not imported & {"requests", "time", "sqlite3", "urllib3", "subprocess", "torch"}
    assert not imported & {"backends", "rasa"}, "actions and backends meet over HTTP only"


def order(status: str, **more: object) -> Order:
    """An order in a state."""
    return Order.parse_obj(
        {
            "order_number": "XD202610050012",
            "status": status,
            "placed_at": "2026-10-05T00:00:00Z",
            "total": 1,
            "currency": "CNY",
            "item_count": 1,
            "first_item": {},
            "items": [],
            "allowed": [],
            **more,
        }
    )


@pytest.mark.parametrize("operation", ["cancel", "change_address", "return", "exchange", "invoice"])
@pytest.mark.parametrize("status", FAMILIES["utter_order_status_"].split())
def test_every_refusal_has_a_response(domain, status, operation):
    assert f"utter_refused_{refusal_reason(order(status), operation)}" in domain["responses"]


def test_a_running_return_is_the_reason():
    asked = order("delivered", **{"return": {"status": "requested"}})
    assert refusal_reason(asked, "exchange") == "already_requested"
    over = order("delivered", **{"return": {"status": "rejected"}})
    assert refusal_reason(over, "exchange") == "return_window_closed"
