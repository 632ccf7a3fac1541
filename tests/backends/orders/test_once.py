"""A write happens once: replays, races, and keys used for something else."""

from concurrent.futures import ThreadPoolExecutor

import pytest

FRESH = "NOT EXISTS (SELECT 1 FROM invoices i WHERE i.order_number = number)"
BILL = {"title": "Somebody", "email": "somebody@example.com"}


def post(client, path, body, key):
    return client.post(path, json=body, headers={"Idempotency-Key": key})


def test_a_replay_gives_the_same_answer_and_does_nothing(owner, shop):
    client, number = owner("paid", FRESH)
    first = post(client, f"/v1/orders/{number}/cancellation", {"reason": "no"}, "one")
    second = post(client, f"/v1/orders/{number}/cancellation", {"reason": "no"}, "one")
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"
    assert shop.sql("SELECT count(*) FROM refunds WHERE order_number = ?", number) == [(1,)]
    other = post(client, f"/v1/orders/{number}/cancellation", {"reason": "no"}, "two")
    assert other.status_code == 409


def test_a_refusal_is_replayed_too(owner, shop):
    client, number = owner("shipped", FRESH)
    path = f"/v1/orders/{number}/cancellation"
    first = post(client, path, {}, "one")
    assert first.status_code == 409
    shop.sql("UPDATE orders SET status = 'paid' WHERE number = ?", number)
    assert post(client, path, {}, "one").json() == first.json()
    assert post(client, path, {}, "two").status_code == 201


def test_a_key_is_for_one_request(owner):
    client, number = owner("paid", FRESH)
    assert post(client, f"/v1/orders/{number}/invoice", BILL, "key").status_code == 201
    other_body = post(client, f"/v1/orders/{number}/invoice", {**BILL, "title": "Else"}, "key")
    other_path = post(client, f"/v1/orders/{number}/cancellation", {}, "key")
    for answer in (other_body, other_path):
        assert answer.status_code == 422
        assert answer.json()["error"]["code"] == "idempotency_mismatch"
    assert client.get(f"/v1/orders/{number}").json()["status"] == "paid"


def test_a_key_of_one_sender_replays_nothing_to_another(shop, take_order):
    order = take_order("paid", FRESH)
    first, second = shop.client(), shop.client()
    for client in (first, second):
        client.post("/v1/verifications", json=order.pair)
    path = f"/v1/orders/{order.number}/invoice"
    assert post(first, path, BILL, "shared").status_code == 201
    assert post(second, path, BILL, "shared").status_code == 409
    stranger = post(shop.client(), path, BILL, "shared")
    assert stranger.status_code == 403


def test_requests_of_one_key_that_race_are_carried_out_once(shop, take_order):
    order = take_order("paid", FRESH)
    clients = [shop.client("racing-sender") for _ in range(8)]
    clients[0].post("/v1/verifications", json=order.pair)
    path = f"/v1/orders/{order.number}/cancellation"
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda one: post(one, path, {}, "race"), clients))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 7


def test_requests_of_different_keys_that_race_are_granted_once(shop, take_order):
    order = take_order("delivered", FRESH + " AND delivered_at > datetime('now', '-6 days') "
        "AND NOT EXISTS (SELECT 1 FROM returns r WHERE r.order_number = number) "
        "AND NOT EXISTS (SELECT 1 FROM exchanges e WHERE e.order_number = number)")  # fmt: skip
    clients = [shop.client("racing-returns") for _ in range(6)]
    clients[0].post("/v1/verifications", json=order.pair)
    path = f"/v1/orders/{order.number}/returns"
    with ThreadPoolExecutor(6) as pool:
        answers = pool.map(lambda at: post(clients[at], path, {"reason": "no"}, f"k{at}"), range(6))
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409, 409]
    assert shop.sql("SELECT count(*) FROM returns WHERE order_number = ?", order.number) == [(1,)]


@pytest.mark.parametrize("key", [None, "", "k" * 129, "two words", b"\xe9"])
def test_a_write_without_a_usable_key_is_refused(owner, key):
    client, number = owner("paid", FRESH)
    headers = {} if key is None else {"Idempotency-Key": key}
    answer = client.post(f"/v1/orders/{number}/cancellation", json={}, headers=headers)
    assert answer.status_code == 400
    assert client.get(f"/v1/orders/{number}").json()["status"] == "paid"


def test_a_complaint_is_filed_once_and_gets_a_reference(shop, take_order):
    order, client = take_order(), shop.client()
    body = {"kind": "complaint", "text": "盒子坏了\r\n里面也坏了", "order_number": order.number}
    text = "盒子坏了\n里面也坏了"
    first = post(client, "/v1/service-requests", body, "c1")
    assert first.status_code == 201
    reference = first.json()["reference"]
    assert post(client, "/v1/service-requests", body, "c1").json() == first.json()
    rows = "SELECT text, order_number, order_verified FROM service_requests WHERE reference = ?"
    assert shop.sql(rows, reference) == [(text, order.number, 0)]
    client.post("/v1/verifications", json=order.pair)
    verified = post(client, "/v1/service-requests", body, "c2").json()["reference"]
    assert verified != reference
    assert shop.sql(rows, verified) == [(text, order.number, 1)]


def test_a_complaint_does_not_tell_whether_an_order_exists(shop, take_order):
    order = take_order()
    for number in (order.number, "XD202401019997"):
        body = {"kind": "complaint", "text": "x", "order_number": number}
        answer = post(shop.client(), "/v1/service-requests", body, "k")
        assert answer.status_code == 201
        assert set(answer.json()) == {"reference"}


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "complaint"},
        {"kind": "praise", "text": "x"},
        {"kind": "callback", "text": ""},
        {"kind": "callback", "text": "x" * 2001},
        {"kind": "callback", "text": "\u0007"},
        {"kind": "callback", "text": "x", "order_number": "XD1"},
    ],
)
def test_a_service_request_that_is_not_well_formed_is_refused(shop, body):
    assert post(shop.client(), "/v1/service-requests", body, "k").status_code == 400
