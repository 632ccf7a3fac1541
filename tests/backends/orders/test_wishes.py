"""What a customer may ask for in each state, over HTTP, and what comes of it."""

import itertools

import pytest

BODIES = {
    "cancellation": {"reason": "拍错了"},
    "address": {"address": "澜港市灯塔区橘子巷 5 号 6 栋 702 室"},
    "returns": {"reason": "尺码不合适"},
    "exchanges": {"wanted": "黑色 L 码", "reason": "too small"},
    "invoice": {"title": "澜港纸鸢有限公司", "email": "bills@example.com"},
}
WISH = {
    "cancellation": "cancel",
    "address": "change_address",
    "returns": "return",
    "exchanges": "exchange",
    "invoice": "invoice",
}
FRESH = (
    "NOT EXISTS (SELECT 1 FROM invoices i WHERE i.order_number = number) "
    "AND NOT EXISTS (SELECT 1 FROM returns r WHERE r.order_number = number) "
    "AND NOT EXISTS (SELECT 1 FROM exchanges e WHERE e.order_number = number)"
)
RECENT = FRESH + " AND delivered_at > datetime('now', '-6 days')"
OLD = FRESH + " AND delivered_at < datetime('now', '-8 days')"
# None: it is done; else the reason of the refusal. In the order of WISH.
EXPECTED = {
    ("pending_payment", FRESH): (None, None, "not_paid", "not_paid", "not_paid"),
    ("paid", FRESH): (None, None, "not_shipped", "not_shipped", None),
    ("packed", FRESH): (None, None, "not_shipped", "not_shipped", None),
    ("shipped", FRESH): (
        "already_shipped",
        "already_shipped",
        "not_delivered",
        "not_delivered",
        None,
    ),
    ("out_for_delivery", FRESH): (
        *("already_shipped", "already_shipped", "not_delivered", "not_delivered"),
        None,
    ),
    ("delivered", RECENT): ("already_shipped", "already_shipped", None, None, None),
    ("completed", OLD): (
        *("already_shipped", "already_shipped", "return_window_closed", "return_window_closed"),
        None,
    ),
    ("cancelled", FRESH): ("already_cancelled",) * 5,
}
keys = itertools.count()


def ask(client, number, path, body=None, key=None):
    return client.post(
        f"/v1/orders/{number}/{path}",
        json=BODIES[path] if body is None else body,
        headers={"Idempotency-Key": key or f"key-{next(keys)}"},
    )


def reason(answer):
    assert answer.status_code == 409, answer.text
    assert answer.json()["error"]["code"] == "not_allowed"
    return answer.json()["error"]["reason"]


@pytest.mark.parametrize(("status", "where"), EXPECTED, ids=[status for status, _ in EXPECTED])
def test_each_state_allows_what_it_should_and_says_so(owner, status, where):
    expected = dict(zip(WISH, EXPECTED[status, where], strict=True))
    client, number = owner(status, where)
    allowed = client.get(f"/v1/orders/{number}").json()["allowed"]
    assert allowed == [WISH[path] for path, why in expected.items() if why is None]
    for path, why in expected.items():
        if why is None:
            client, number = owner(status, where)
            assert ask(client, number, path).status_code == 201, path
        else:
            before = client.get(f"/v1/orders/{number}").json()
            assert reason(ask(client, number, path)) == why, path
            assert client.get(f"/v1/orders/{number}").json() == before


def test_a_paid_order_is_cancelled_and_its_money_comes_back(owner):
    client, number = owner("paid", FRESH)
    before = client.get(f"/v1/orders/{number}").json()
    after = ask(client, number, "cancellation").json()
    assert after["status"] == "cancelled"
    assert after["allowed"] == []
    assert after["refund"]["status"] == "processing"
    assert after["refund"]["amount"] == before["total"]
    assert after == client.get(f"/v1/orders/{number}").json()
    assert client.get(f"/v1/orders/{number}/refund").json() == after["refund"]
    assert after["refund"]["expected_by"] > after["refund"]["requested_at"]
    assert reason(ask(client, number, "cancellation")) == "already_cancelled"


def test_what_was_not_paid_is_not_refunded(owner):
    client, number = owner("pending_payment", FRESH)
    assert ask(client, number, "cancellation", {}).json()["refund"] is None
    assert client.get(f"/v1/orders/{number}/refund").json()["status"] == "none"


def test_a_new_address_is_kept_and_shown_masked(owner, shop):
    client, number = owner("packed", FRESH)
    (before,) = shop.sql("SELECT address FROM orders WHERE number = ?", number)[0]
    after = ask(client, number, "address").json()
    assert after["address_masked"] == "澜港市****"
    assert shop.sql("SELECT address FROM orders WHERE number = ?", number) == [
        (BODIES["address"]["address"],)
    ]
    assert shop.sql("SELECT before FROM address_changes WHERE order_number = ?", number) == [
        (before,)
    ]


@pytest.mark.parametrize("first", ["returns", "exchanges"])
@pytest.mark.parametrize("second", ["returns", "exchanges"])
def test_goods_come_back_once(owner, first, second):
    client, number = owner("delivered", RECENT)
    after = ask(client, number, first).json()
    field = {"returns": "return", "exchanges": "exchange"}[first]
    assert after[field]["status"] == "requested"
    assert "return" not in after["allowed"]
    assert "exchange" not in after["allowed"]
    assert reason(ask(client, number, second)) == "already_requested"


def test_a_return_that_was_refused_may_be_asked_for_again(owner, shop):
    client, number = owner("delivered", RECENT)
    ask(client, number, "returns")
    shop.sql("UPDATE returns SET status = 'rejected' WHERE order_number = ?", number)
    again = ask(client, number, "returns", {"reason": "it is broken after all"})
    assert again.status_code == 201
    assert again.json()["return"]["reason"] == "it is broken after all"


def test_a_return_is_of_the_order_s_own_items(owner):
    several = RECENT + " AND (SELECT count(*) FROM order_items WHERE order_number = number) > 1"
    client, number = owner("delivered", several)
    skus = [item["sku"] for item in client.get(f"/v1/orders/{number}").json()["items"]]
    foreign = ask(client, number, "returns", {"reason": "no", "skus": [skus[0], "PH-9999-X"]})
    assert foreign.status_code == 400
    assert ask(client, number, "exchanges", {"wanted": "L", "sku": "PH-9999-X"}).status_code == 400
    part = ask(client, number, "returns", {"reason": "no", "skus": [skus[1].lower()]})
    assert part.json()["return"]["skus"] == [skus[1]]


def test_an_invoice_is_asked_for_once_and_its_mailbox_is_masked(owner):
    client, number = owner("shipped", FRESH)
    after = ask(client, number, "invoice").json()
    assert after["invoice"]["status"] == "requested"
    assert after["invoice"]["title"] == BODIES["invoice"]["title"]
    assert after["invoice"]["email_masked"] == "b****@example.com"
    assert reason(ask(client, number, "invoice")) == "already_requested"


def test_the_window_closes_seven_days_after_delivery(owner, shop):
    for seconds, status in ((-60, 201), (60, 409)):
        client, number = owner("delivered", RECENT)
        shop.sql(
            "UPDATE orders SET delivered_at = datetime('now', '-7 days', ?) WHERE number = ?",
            f"{-seconds} seconds",
            number,
        )
        assert ask(client, number, "returns").status_code == status


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("address", {"address": ""}),
        ("address", {"address": "云朵路"}),
        ("address", {"address": "云" * 201}),
        ("address", {"address": "12345 678"}),
        ("address", {"address": "云州市南湖区\n云朵路 1 号"}),
        ("address", {"address": "云州市南湖区\u0000云朵路 1 号"}),
        ("address", {"address": "云州市南湖区\u202e云朵路 1 号"}),
        ("address", {"address": None}),
        ("address", {"address": ["云州市南湖区云朵路 1 号"]}),
        ("address", {}),
        ("cancellation", {"reason": ""}),
        ("cancellation", {"reason": "x" * 501}),
        ("cancellation", {"why": "x"}),
        ("returns", {}),
        ("returns", {"reason": "no", "skus": []}),
        ("returns", {"reason": "no", "skus": "PH-1001"}),
        ("returns", {"reason": "no", "skus": ["a b"]}),
        ("exchanges", {"wanted": "   "}),
        ("exchanges", {"wanted": "L" * 201}),
        ("invoice", {"title": "Somebody", "email": "somebody"}),
        ("invoice", {"title": "Somebody", "email": "a@b@example.com"}),
        ("invoice", {"title": "Somebody", "email": "a@example.com\r\nBcc: b@example.com"}),
        ("invoice", {"title": "", "email": "a@example.com"}),
        ("invoice", {"email": "a@example.com"}),
    ],
)
def test_a_wish_that_is_not_well_formed_is_refused(shop, path, body):
    answer = ask(shop.client(), "XD202611010003", path, body)
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_request"
