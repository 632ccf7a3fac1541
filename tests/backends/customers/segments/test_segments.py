"""The endpoints of the segments."""

import pytest

from tests.backends.customers.profiled import SEGMENTS


@pytest.fixture
def get(profiled_shop):
    def ask(path, **query):
        answer = profiled_shop.client.get(f"/v1/segments{path}", params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    return ask


@pytest.fixture
def post(profiled_shop):
    def ask(**body):
        return profiled_shop.client.post("/v1/segments/similar", json=body)

    return ask


def test_the_segments_and_their_sizes(get, profiled_shop):
    body = get("")
    sizes = {item["name"]: item["size"] for item in body["items"]}
    assert list(sizes) == ["hikers", "shoppers", "nobody"]
    assert sizes["nobody"] == 0
    assert 0 < sizes["hikers"] < sizes["shoppers"] <= len(profiled_shop.covered())
    assert body["items"][0]["label"] == {"zh": "登山", "en": "Hikers"}
    assert body["as_of"]


def test_members_are_those_whom_the_rule_fits(get, profiled_shop):
    members = get("/hikers", limit=1000)
    assert members["total"] == len(members["customers"])
    assert set(members["customers"]) <= set(profiled_shop.covered())
    for customer in members["customers"][:5]:
        tags = {tag["tag"]: tag["probability"] for tag in profiled_shop.profile(customer)["tags"]}
        assert tags["outdoor"] >= 0.5 - 1e-3
    pages = [get("/hikers", limit=3, offset=at)["customers"] for at in (0, 3)]
    assert pages[0] + pages[1] == members["customers"][:6]


def test_who_withdraws_consent_leaves_every_segment_at_once(get, post, profiled_shop):
    first, other = get("/shoppers")["customers"][:2]
    near = [one["customer_id"] for one in post(customers=[other], limit=200).json()["items"]]
    assert near
    profiled_shop.consent(near[0], profile=False)
    after = [one["customer_id"] for one in post(customers=[other], limit=200).json()["items"]]
    assert after == near[1:]
    profiled_shop.consent(first, profile=False)
    assert first not in get("/shoppers", limit=1000)["customers"]
    # A row that a withdrawal had not deleted is not read either.
    late = get("/shoppers", limit=1000)["customers"][-1]
    profiled_shop.server.sql(
        "INSERT INTO consents (customer_id, purpose, given, source, at) "
        "VALUES (?, 'profile', 0, 'shop', datetime('now'))",
        late,
    )
    assert late not in get("/shoppers", limit=1000)["customers"]


def test_customers_like_these(post, get):
    hikers = get("/hikers", limit=8)["customers"]
    body = post(customers=hikers, limit=10).json()
    assert body["left_out"] == []
    found = body["items"]
    assert len(found) == 10
    assert not {one["customer_id"] for one in found} & set(hikers)
    assert [one["similarity"] for one in found] == sorted(
        (one["similarity"] for one in found), reverse=True
    )
    named = [each["feature"] for one in found for each in one["shared"]]
    assert sum("outdoor" in name for name in named) >= 5


def test_customers_who_cannot_be_compared(post, get, profiled_shop):
    stranger = profiled_shop.new_customer()
    hiker = get("/hikers")["customers"][0]
    assert post(customers=[hiker, stranger]).json()["left_out"] == [stranger]
    alone = post(customers=[stranger])
    assert (alone.status_code, alone.json()["error"]["reason"]) == (409, "no_profile")
    assert post(customers=[hiker, "C99999"]).status_code == 404


@pytest.mark.parametrize(
    "body",
    [{}, {"customers": []}, {"customers": ["a b"]}, {"customers": ["C1", "C1"]},
     {"customers": ["C1"], "limit": 0}, {"customers": ["C1"], "limit": 201},
     {"customers": ["C1"], "age": 3}],
)  # fmt: skip
def test_a_request_of_another_form(post, body):
    assert post(**body).status_code == 400


def test_an_unknown_segment_and_a_mistake_in_the_file(profiled_shop, get):
    assert profiled_shop.client.get("/v1/segments/none").status_code == 404
    path = profiled_shop.files / "segments.yml"
    path.write_text(SEGMENTS.replace("> 100000", "many"), encoding="utf-8")
    try:
        answer = profiled_shop.client.get("/v1/segments")
        assert (answer.status_code, answer.json()["error"]["reason"]) == (409, "files")
        assert "segment nobody: when orders_per_year" in answer.json()["error"]["message"]
    finally:
        path.write_text(SEGMENTS, encoding="utf-8")
    assert get("")["items"]


def test_the_command_lists_them(run_backends, profiled_shop, get):
    done = run_backends("customers", "segments", env=profiled_shop.env)
    assert done.returncode == 0, done.stderr
    for item in get("")["items"]:
        assert f"{item['size']:>6}  {item['name']} " in done.stdout
    members = run_backends("customers", "segments", "hikers", env=profiled_shop.env)
    assert members.stdout.split() == get("/hikers", limit=1000)["customers"]
