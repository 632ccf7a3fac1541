"""The endpoints, over HTTP against the running server."""

import json
import math
import secrets

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backends.campaigns.experiments.units import unit_of_sender


def customers(count):
    mark = secrets.token_hex(4)
    return [f"C{mark}{number}" for number in range(count)]


def test_from_a_draft_to_a_decision(api, shop):
    reference = api.make(baseline=0.3, effect=0.25, holdout=0.1, name="字 & <b>")
    shown = api.get(reference)
    assert (shown["state"], shown["name"], shown["design"]["control"]) == (
        "running",
        "字 & <b>",
        "A",
    )
    assert [arm["share"] for arm in shown["design"]["arms"]] == [0.5, 0.5]
    people = customers(200)
    given = api.assign(reference, *({"customer_id": person} for person in people))
    assert {each["arm"] for each in given} == {"A", "B"}
    early = api.get(reference, "/results")
    assert early["decision"]["state"] == "collecting"
    told = [
        {"customer_id": person, "value": int(index % 10 < (2 if each["arm"] == "A" else 8))}
        for index, (person, each) in enumerate(zip(people, given, strict=True))
    ]
    assert api.reward(reference, *told) == {
        "counted": 200, "repeated": 0, "late": 0, "not_assigned": 0
    }  # fmt: skip
    assert api.reward(reference, *told)["repeated"] == 200
    assert api.reward(reference, {"customer_id": "C-none", "value": 1})["not_assigned"] == 1
    found = api.get(reference, "/results")
    assert found["settled"] == sum(not each["is_holdout"] for each in given) >= found["planned"]
    # By the rule; whether its round has come or not.
    assert (found["decision"]["state"], found["decision"]["arm"]) == ("better", "B")
    lift = found["arms"][1]["comparison"]["lift"]
    assert 0 < lift["low"] < lift["estimate"] < lift["high"] <= 1
    assert found["arms"][0]["comparison"] is None
    assert found["holdout"]["assigned"] == sum(each["is_holdout"] for each in given)
    assert not found["balance"]["is_mismatched"]


def test_a_fixed_rule_shows_no_p_value_before_its_size(api):
    reference = api.make()
    people = customers(60)
    given = api.assign(reference, *({"customer_id": person} for person in people))
    api.reward(
        reference,
        *(
            {"customer_id": person, "value": int(each["arm"] == "B")}
            for person, each in zip(people, given, strict=True)
        ),
    )
    found = api.get(reference, "/results")
    assert found["decision"] == {"state": "collecting", "arm": None, "low": None, "high": None}
    assert found["arms"][1]["comparison"]["p"] is None


def test_the_design_of_a_running_one_cannot_change(api):
    reference = api.make(start=False)
    body = {**api.get(reference)["design"], "name": "another"}
    body["arms"] = [{"name": "A"}, {"name": "C", "weight": 2}]
    changed = api.client.put(f"/v1/experiments/{reference}", json=body)
    assert changed.status_code == 200, changed.text
    assert [arm["share"] for arm in changed.json()["design"]["arms"]] == pytest.approx(
        [1 / 3, 2 / 3]
    )
    assert api.post(reference, "start").status_code == 200
    for answer in (
        api.client.put(f"/v1/experiments/{reference}", json=body),
        api.client.delete(f"/v1/experiments/{reference}"),
        api.post(reference, "start"),
    ):
        assert answer.status_code == 409
        assert answer.json()["error"]["reason"] == "not_draft"
    assert api.post(reference, "stop").json()["state"] == "stopped"
    assert api.post(reference, "stop").status_code == 409
    refused = api.post(reference, "assignments", customers=[{"customer_id": "C1"}])
    assert refused.json()["error"]["reason"] == "not_running"
    draft = api.make(start=False)
    assert api.client.delete(f"/v1/experiments/{draft}").status_code == 204
    assert api.client.get(f"/v1/experiments/{draft}").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"arms": [{"name": "A"}, {"name": "A"}]}, "arm_names"),
        ({"control": "Z"}, "control"),
        ({"kind": "thompson", "measure": "revenue", "deviation": 5}, "bandit_revenue"),
        ({"kind": "linucb"}, "features_missing"),
        ({"measure": "revenue"}, "deviation"),
        ({"baseline": 0.99, "effect": 0.02}, "effect"),
        ({"baseline": 0}, "baseline"),
        ({"last_day": "2020-01-01"}, "last_day"),
        ({"last_day": "2099-01-01"}, "last_day_far"),
        ({"arms": [{"name": "A", "weight": 1000}, {"name": "B", "weight": 0.1}]}, "weights"),
        ({"features": [{"name": "a", "low": 1, "high": 1}]}, "feature_bounds"),
        ({"arms": [{"name": "A"}]}, None),
        ({"arms": [{"name": str(number)} for number in range(11)]}, None),
        ({"holdout": 0.6}, None),
        ({"last_day": "2026-02-30"}, None),
        ({"effect": 0}, None),
    ],
)
def test_what_cannot_be_run_is_refused_with_the_reason(api, wrong, reason):
    last = api.get(api.make(start=False))["design"]["last_day"]
    from tests.backends.campaigns.experiments.conftest import BODY

    before = len(api.client.get("/v1/experiments").json()["experiments"])
    answer = api.client.post("/v1/experiments", json={**BODY, "last_day": last, **wrong})
    assert answer.status_code == (409 if reason else 400)
    assert answer.json()["error"].get("reason") == reason
    assert len(api.client.get("/v1/experiments").json()["experiments"]) == before


def test_who_is_not_known_is_stored_as_a_hash(api, shop):
    reference = api.make()
    who = {"channel": "WeChat", "sender": "open-id-5"}
    first = api.assign(reference, who)
    assert api.assign(reference, {**who, "channel": "wechat"}) == first
    units = shop.sql(
        "SELECT unit FROM experiment_assignments WHERE experiment_id = "
        "(SELECT id FROM experiments WHERE reference = ?)", reference,
    )  # fmt: skip
    assert units == [(unit_of_sender("wechat", "open-id-5"),)]
    for nobody in ({}, {"customer_id": "C1", **who}, {"channel": "wechat"}):
        assert api.post(reference, "assignments", customers=[nobody]).status_code == 400


def test_listing_by_state(api):
    made = api.make(start=False)
    listed = api.client.get("/v1/experiments", params={"state": "draft"}).json()["experiments"]
    assert listed[0]["reference"] == made
    assert {each["state"] for each in listed} == {"draft"}


def test_off_policy_over_http(api):
    features = [{"name": "visits", "low": 0, "high": 1}]
    reference = api.make(kind="linucb", features=features, exploration=0.5)
    people = customers(600)
    for first in range(0, 600, 200):
        group = people[first : first + 200]
        visits = [((first + index) % 10) / 10 for index in range(200)]
        given = api.assign(
            reference,
            *(
                {"customer_id": person, "context": {"visits": visit}}
                for person, visit in zip(group, visits, strict=True)
            ),
        )
        api.reward(
            reference,
            *(
                {"customer_id": person, "value": int((visit > 0.45) == (each["arm"] == "B"))}
                for person, visit, each in zip(group, visits, given, strict=True)
            ),
        )

    def ask(**policy):
        return api.client.post(f"/v1/experiments/{reference}/off-policy", json={"policy": policy})

    for arm in "AB":
        values = {
            each["method"]: each["value"]["estimate"]
            for each in ask(kind="always", arm=arm).json()["estimates"]
        }
        assert values["snips"] == pytest.approx(0.5, abs=0.12)
    learned = ask(kind="linear").json()
    assert learned["is_held_out"]
    assert learned["units"] == 300
    assert {each["method"] for each in learned["estimates"]} == {"ips", "snips", "dr"}
    assert all(each["value"]["estimate"] > 0.85 for each in learned["estimates"])
    assert ask(kind="weights", weights={"A": 1, "B": 3}).status_code == 200
    for wrong, code in (
        ({"kind": "always", "arm": "Z"}, "no_support_arm"),
        ({"kind": "weights", "weights": {"A": 0}}, "no_support_weights"),
        ({"kind": "weights", "weights": {"Z": 1}}, "no_support_weights"),
    ):
        refused = ask(**wrong)
        assert (refused.status_code, refused.json()["error"]["reason"]) == (409, code)
    empty = api.make()
    refused = api.client.post(
        f"/v1/experiments/{empty}/off-policy", json={"policy": {"kind": "always", "arm": "A"}}
    )
    assert refused.json()["error"]["reason"] == "no_support_empty"


def test_without_the_token_nothing(shop):
    for method, path in (("GET", "/v1/experiments"), ("POST", "/v1/experiments/EX0123456789/stop")):
        answer = shop.client().request(method, path, headers={"Authorization": "Bearer no"})
        assert answer.status_code == 401


@given(st.text(max_size=90), st.one_of(st.floats(), st.integers(), st.text(max_size=5)))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_strange_customers_and_values_break_nothing(api, running, person, value):
    body = {"rewards": [{"customer_id": person, "value": value}]}
    if isinstance(value, float) and not math.isfinite(value):
        body["rewards"][0]["value"] = 1e308
    for what, sent in (
        ("rewards", body),
        ("assignments", {"customers": [{"customer_id": person, "context": {person: 1}}]}),
        ("assignments", {"customers": [{"channel": "web", "sender": person}]}),
    ):
        answer = api.client.post(
            f"/v1/experiments/{running}/{what}",
            content=json.dumps(sent).encode("utf-8", "surrogatepass"),
            headers={"Content-Type": "application/json"},
        )
        assert answer.status_code in (200, 400), answer.text


@pytest.fixture(scope="module")
def running(shop):
    from tests.backends.campaigns.experiments.conftest import Api

    return Api(shop.client("strange")).make()
