"""Who may see an order: the pair, the locks, and that nothing tells whether an order exists."""

import json
import shutil
import statistics
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

JSON = {"Content-Type": "application/json"}
UNKNOWN = "XD202401019999"


def code(response):
    return response.json()["error"]["code"]


def test_the_right_pair_shows_the_order_for_half_an_hour(shop, take_order):
    order, client = take_order(), shop.client()
    assert client.get(f"/v1/orders/{order.number}").status_code == 403
    answer = client.post("/v1/verifications", json=order.pair)
    assert answer.status_code == 200
    assert answer.json()["order_number"] == order.number
    shown = client.get(f"/v1/orders/{order.number}")
    assert shown.status_code == 200
    assert shown.json()["order_number"] == order.number
    shop.sql(
        "UPDATE grants SET expires_at = datetime('now', '-1 second') WHERE order_number = ?",
        order.number,
    )
    assert client.get(f"/v1/orders/{order.number}").status_code == 403


@pytest.mark.parametrize("written", ["xd{0}-{1}", " XD {0} {1} ", "ｘｄ{0}{1}", "Xd{0}{1}"])
def test_an_order_number_may_be_typed_in_any_way(shop, take_order, written):
    order = take_order()
    typed = written.format(order.number[2:10], order.number[10:])
    body = {"order_number": typed, "phone_last4": order.last4}
    answer = shop.client().post("/v1/verifications", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["order_number"] == order.number


def test_a_wrong_pair_and_an_unknown_order_get_the_same_answer(shop, take_order):
    order = take_order()
    wrong = shop.client().post("/v1/verifications", json=order.wrong_pair)
    unknown = shop.client().post(
        "/v1/verifications", json={"order_number": UNKNOWN, "phone_last4": "1234"}
    )
    assert wrong.status_code == unknown.status_code == 403
    assert wrong.content == unknown.content
    seen = shop.client().get(f"/v1/orders/{order.number}")
    missing = shop.client().get(f"/v1/orders/{UNKNOWN}")
    nonsense = shop.client().get("/v1/orders/XD2026")
    assert seen.status_code == missing.status_code == nonsense.status_code == 403
    assert seen.content == missing.content == nonsense.content == wrong.content


def test_a_wrong_pair_and_an_unknown_order_take_the_same_time(shop, take_order):
    """Medians of interleaved tries; a lookup or write less would show as a large difference."""
    known, unknown = [], []
    order = take_order()
    for at in range(8):
        for number, times in ((order.number, known), (f"XD2024010188{at:02d}", unknown)):
            client = shop.client()
            client.get("/health")
            start = time.perf_counter()
            client.post("/v1/verifications", json={**order.wrong_pair, "order_number": number})
            times.append(time.perf_counter() - start)
    ratio = statistics.median(known) / statistics.median(unknown)
    assert 0.4 < ratio < 2.5


def test_the_fifth_wrong_try_locks_and_the_lock_refuses_the_right_pair(shop, take_order):
    order, client = take_order(), shop.client("sender-of-five")
    for _ in range(4):
        assert client.post("/v1/verifications", json=order.wrong_pair).status_code == 403
    fifth = client.post("/v1/verifications", json=order.wrong_pair)
    assert fifth.status_code == 429
    assert code(fifth) == "locked"
    assert 890 <= fifth.json()["error"]["retry_after"] <= 900
    assert fifth.headers["retry-after"] == str(fifth.json()["error"]["retry_after"])
    right = client.post("/v1/verifications", json=order.pair)
    assert right.status_code == 429
    assert client.get(f"/v1/orders/{order.number}").status_code == 403
    # Another sender is not locked, and neither is the same id on another channel.
    assert shop.client().post("/v1/verifications", json=order.pair).status_code == 200
    other = shop.client("sender-of-five", "telegram")
    assert other.post("/v1/verifications", json=order.pair).status_code == 200
    # The lock ends, and counting starts anew.
    shop.sql(
        "UPDATE throttles SET locked_until = datetime('now', '-1 second') "
        "WHERE kind = 'sender' AND subject LIKE '%sender-of-five'"
    )
    assert client.post("/v1/verifications", json=order.wrong_pair).status_code == 403
    assert client.post("/v1/verifications", json=order.pair).status_code == 200


def test_a_success_resets_the_count(shop, take_order):
    order, client = take_order(), shop.client()
    for _ in range(2):
        for _ in range(4):
            assert client.post("/v1/verifications", json=order.wrong_pair).status_code == 403
        assert client.post("/v1/verifications", json=order.pair).status_code == 200


def test_wrong_tries_are_forgotten_after_a_day(shop, take_order):
    order, client = take_order(), shop.client("forgetful")
    for _ in range(4):
        client.post("/v1/verifications", json=order.wrong_pair)
    shop.sql(
        "UPDATE throttles SET forget_at = datetime('now', '-1 second') "
        "WHERE subject LIKE '%forgetful'"
    )
    assert client.post("/v1/verifications", json=order.wrong_pair).status_code == 403


@pytest.mark.parametrize("exists", [True, False])
def test_other_sender_ids_do_not_help_a_guesser(shop, take_order, exists):
    order = take_order()
    number = order.number if exists else "XD202401017777"
    guess = {**order.wrong_pair, "order_number": number}
    answers = [shop.client().post("/v1/verifications", json=guess).status_code for _ in range(12)]
    assert answers == [403] * 9 + [429] * 3
    right = shop.client().post("/v1/verifications", json={**order.pair, "order_number": number})
    assert right.status_code == 429
    assert right.json()["error"]["retry_after"] > 20_000


def test_tries_sent_at_once_are_counted_one_by_one_over_all_workers(
    seeded_database, tmp_path, free_port, start_light_shop, take_order
):
    order = take_order()
    copy = shutil.copy(seeded_database, tmp_path / "shop.db")
    shop = start_light_shop(copy, tmp_path, free_port(), workers=2)
    try:
        clients = [shop.client("racer") for _ in range(12)]
        with ThreadPoolExecutor(12) as pool:
            answers = list(
                pool.map(lambda one: one.post("/v1/verifications", json=order.wrong_pair), clients)
            )
        assert Counter(one.status_code for one in answers) == {403: 4, 429: 8}
        right = shop.client("racer").post("/v1/verifications", json=order.pair)
        assert right.status_code == 429
    finally:
        shop.stop()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"order_number": "XD202611010001"},
        {"order_number": "XD20261101000", "phone_last4": "1234"},
        {"order_number": "' OR 1=1 --", "phone_last4": "1234"},
        {"order_number": "XD202611010001", "phone_last4": "123"},
        {"order_number": "XD202611010001", "phone_last4": "12345"},
        {"order_number": "XD202611010001", "phone_last4": "12a4"},
        {"order_number": "XD202611010001", "phone_last4": 1234},
        {"order_number": 202611010001, "phone_last4": "1234"},
        {"order_number": ["XD202611010001"], "phone_last4": "1234"},
        {"order_number": "XD202611010001", "phone_last4": "1234", "extra": 1},
        {"order_number": "XD202611010001\u0000", "phone_last4": "1234"},
        {"order_number": "X" * 10_000, "phone_last4": "1234"},
        {"order_number": "\ud800", "phone_last4": "1234"},
    ],
)
def test_what_is_no_pair_is_refused_and_is_no_try(shop, body):
    client = shop.client()
    answers = [
        client.post("/v1/verifications", content=json.dumps(body), headers=JSON) for _ in "12345"
    ]
    assert {answer.status_code for answer in answers} == {400}
    assert code(answers[-1]) == "invalid_request"
