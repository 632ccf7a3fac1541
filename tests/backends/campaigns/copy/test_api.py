"""Briefs and variants over HTTP."""

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.backends.campaigns.copy.conftest import EARBUDS, WATCH, in_days


def test_a_brief_gives_drafts_that_say_what_they_rest_on(office):
    answer = office.order(
        tone="warm", offer={"kind": "amount", "value": 50, "until": in_days(7).isoformat()}
    )
    assert answer.status_code == 201
    made = answer.json()
    assert (made["state"], made["notes"]) == ("written", ["no_model"])
    assert len(made["variants"]) == 3
    for variant in made["variants"]:
        assert variant["state"] == "draft"
        assert variant["unusable"] == "not_approved"
        assert variant["writer"] == "templates"
        assert variant["length"] == len(variant["text"].encode()) <= variant["most"]
        assert "50 元" in variant["text"]
        assert variant["offer_until"]
        assert {"piece", "fact", "source"} == set(variant["grounding"][0])
    again = office.api.get(f"/v1/campaigns/copy/briefs/{made['reference']}").json()
    assert again == made
    listed = office.api.get("/v1/campaigns/copy/briefs?limit=100").json()["items"]
    assert made in listed


def test_the_same_key_writes_once_also_at_the_same_time(office):
    key = secrets.token_hex(8)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: office.order(key), range(4)))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["reference"] for answer in answers}) == 1
    last = office.order(key)
    assert last.headers["idempotency-replayed"] == "true"
    assert len(last.json()["variants"]) == 3
    assert office.shop.sql("SELECT count(*) FROM copy_briefs WHERE key = ?", key) == [(1,)]
    other = office.order(key, tone="lively")
    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_mismatch")


def test_who_died_over_a_brief_is_followed_by_another(office):
    key = secrets.token_hex(8)
    made = office.order(key).json()
    office.shop.sql("DELETE FROM copy_variants WHERE brief_id = "
                    "(SELECT id FROM copy_briefs WHERE key = ?)", key)  # fmt: skip
    office.shop.sql("UPDATE copy_briefs SET state = 'writing' WHERE key = ?", key)
    assert office.order(key).json()["variants"] == []
    office.shop.sql(
        "UPDATE copy_briefs SET writing_since = '2026-01-01 00:00:00.000000' WHERE key = ?", key
    )
    again = office.order(key).json()
    assert again["reference"] == made["reference"]
    assert len(again["variants"]) == 3


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("audience", {"audience": "nobody"}),
        ("products", {"products": ["XX-1"]}),
        ("products", {"products": []}),
        ("products", {"category": "audio"}),
        ("category", {"products": [], "category": "nothing"}),
        ("tone", {"tone": "shrill"}),
        ("channel", {"channel": "fax"}),
    ],
)
def test_a_name_that_is_not_known_is_said(office, field, asked):
    answer = office.order(**asked)
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert (error["reason"], error["field"]) == ("unknown", field)
    assert error["message"].endswith(".")


def test_a_lie_is_refused_with_its_reason_and_nothing_is_kept(office):
    before = office.shop.sql("SELECT count(*) FROM copy_briefs")
    answer = office.order(facts=["全网最低价"], offer={"kind": "percent", "value": 80})
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert {lie["reason"] for lie in error["lies"]} == {"forbidden", "too_much_off"}
    assert error["message"].endswith(".")
    assert office.shop.sql("SELECT count(*) FROM copy_briefs") == before


def test_a_category_shows_its_best_liked_products(office):
    made = office.order(products=[], category="food", variants=2).json()
    assert len(made["products"]) == 4
    assert len(made["variants"]) == 2
    for variant in made["variants"]:
        assert variant["text"].count("¥") == 4


def test_an_audience_is_one_of_the_segments(office):
    assert "win_back" in office.api.get("/v1/campaigns/copy/choices").json()["audiences"]
    made = office.order(audience="win_back", tone="warm").json()
    assert made["variants"][0]["template"] == "zh-warm-long-time"


def test_variants_are_listed_by_state_language_and_channel(office):
    made = office.drafts(language="en", channel="slack", products=[WATCH])[0]
    path = "/v1/campaigns/copy/variants"
    found = office.api.get(f"{path}?state=draft&language=en&channel=slack&limit=100").json()[
        "items"
    ]
    assert made["reference"] in {one["reference"] for one in found}
    assert all((one["language"], one["channel"]) == ("en", "slack") for one in found)
    assert office.api.get(f"{path}?state=approved&channel=slack").json()["items"] == []


@pytest.mark.parametrize("reference", ["CP0000000000", "nothing", "%00", "CB0000000000"])
def test_what_is_not_there_is_not_found(office, reference):
    for kind in ("briefs", "variants"):
        answer = office.api.get(f"/v1/campaigns/copy/{kind}/{reference}")
        assert answer.status_code in (400, 404)


def test_without_the_token_nothing_is_told(office):
    answer = office.api.get("/v1/campaigns/copy/choices", headers={"Authorization": "Bearer no"})
    assert answer.status_code == 401
    assert EARBUDS not in answer.text
