"""Who is served how: by the tags of a profile, and only where consent covers it."""

import json
import uuid

import pytest

STANDARD = {"tier": "standard", "priority": False, "tone": "plain"}
FIRST = {"tier": "priority", "priority": True, "tone": "warm"}
TAGS = {
    "service_tier.standard": 0.1,
    "service_tier.priority": 0.9,
    "life_cycle.loyal": 0.8,
    "life_cycle.new": 0.2,
}


@pytest.fixture
def tagged(own_shop, staff, take_customer, bound):
    """A function that gives a bound client of a customer with these tags and consents."""

    def make(tags=TAGS, reads_messages=False, **consents):
        customer = take_customer()
        staff.put(f"/v1/customers/{customer}/consents", json={"profile": True, **consents})
        own_shop.sql("DELETE FROM profile_tags WHERE customer_id = ?", customer)
        own_shop.sql(
            "INSERT INTO profile_tags (customer_id, tags, features, reads_messages, model, at) "
            "VALUES (?, ?, '{}', ?, '', '2026-01-01 00:00:00.000000')",
            customer, json.dumps(tags), reads_messages,
        )  # fmt: skip
        return bound(customer)

    return make


def level(client):
    answer = client.get("/v1/service-level")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_loyal_customer_of_the_first_tier(tagged):
    assert level(tagged()) == FIRST


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, STANDARD),
        ({**TAGS, "service_tier.priority": 0.45, "service_tier.standard": 0.4}, {**STANDARD, "tone": "warm"}),
        ({**TAGS, "life_cycle.loyal": 0.1, "life_cycle.new": 0.9}, {**FIRST, "tone": "plain"}),
    ],
)  # fmt: skip
def test_only_a_tag_that_is_likelier_than_not_counts(tagged, tags, expected):
    assert level(tagged(tags)) == expected


def test_without_consent_everybody_is_served_alike(tagged):
    client = tagged()
    client.put("/v1/consents", json={"profile": False})
    assert level(client) == STANDARD
    client.put("/v1/consents", json={"profile": True})
    assert level(client) == STANDARD, "the tags went with the consent"


def test_tags_from_messages_need_consent_to_those_too(tagged):
    assert level(tagged(reads_messages=True)) == STANDARD
    assert level(tagged(reads_messages=True, messages=True)) == FIRST


@pytest.mark.parametrize("channel", ["rest", "wechat"])
def test_a_stranger_is_served_as_everybody(own_shop, channel):
    assert level(own_shop.client(channel=channel)) == STANDARD


def test_the_level_of_a_customer_is_not_told_on_an_open_channel(own_shop, tagged):
    client = tagged()
    sender = client.headers["x-xiaoer-sender"]
    assert level(own_shop.client(sender, "rest")) == STANDARD


def test_priority_comes_first_in_the_list_of_requests(own_shop, staff):
    client = own_shop.client()
    references = []
    for first in (False, True, False):
        body = {"kind": "callback", "text": "call me", "priority": first}
        headers = {"Idempotency-Key": uuid.uuid4().hex}
        answer = client.post("/v1/service-requests", json=body, headers=headers)
        assert answer.status_code == 201
        references.append(answer.json()["reference"])
    for at, reference in enumerate(references):
        own_shop.sql(
            "UPDATE service_requests SET created_at = datetime(created_at, ?) || '.000000' "
            "WHERE reference = ?", f"{at - 3} seconds", reference,
        )  # fmt: skip
    items = staff.get("/v1/service-requests", params={"limit": 200}).json()["items"]
    shown = [one["reference"] for one in items if one["reference"] in references]
    assert shown == [references[1], references[0], references[2]]
    assert [one["priority"] for one in items] == sorted(
        (one["priority"] for one in items), reverse=True
    )
    assert staff.get("/v1/service-requests", params={"offset": 200}).json() == {"items": []}
