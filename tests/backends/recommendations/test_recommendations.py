"""Recommendations over HTTP; every reason is looked up in the data it speaks of."""

import pytest

LATELY = "datetime('now', '-90 days')"


@pytest.fixture(scope="module")
def recommend(shop):
    client = shop.client()

    def ask(who=client, **parameters):
        answer = who.get("/v1/recommendations", params={"lang": "en", **parameters})
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    return ask


def named(shop, name):
    return shop.sql("SELECT id FROM products WHERE name_en = ?", name)[0][0]


def baskets_with(shop, *products):
    rows = " INTERSECT ".join(
        "SELECT basket FROM interactions WHERE kind = 'purchase' AND basket IS NOT NULL "
        "AND product_id = ?"
        for _ in products
    )
    return shop.sql(f"SELECT count(*) FROM ({rows})", *products)[0][0]


def sold_lately(shop, product):
    return shop.sql(
        "SELECT count(*) FROM interactions WHERE kind = 'purchase' AND product_id = ? "
        f"AND at >= {LATELY}",
        product,
    )[0][0]


def holds(shop, item, beside=None):
    """Whether the reason of an item is true."""
    code, params = item["reason"]["code"], item["reason"]["params"]
    if code in ("bought_together", "because_you_bought"):
        other = named(shop, params["product"])
        everything = shop.sql(
            "SELECT count(DISTINCT basket) FROM interactions WHERE kind = 'purchase'"
        )[0][0]
        both = baskets_with(shop, item["id"], other)
        expected = baskets_with(shop, item["id"]) * baskets_with(shop, other) / everything
        return both == params["count"] >= 2 and both > expected
    if code == "similar":
        return named(shop, params["product"]) == beside
    if code == "popular_in_category":
        label = shop.sql("SELECT name_en FROM categories WHERE id = ?", item["category"])[0][0]
        return sold_lately(shop, item["id"]) == params["count"] > 0 and label == params["category"]
    return code == "popular" and sold_lately(shop, item["id"]) == params["count"] > 0


@pytest.mark.parametrize("product", ["PH-1001", "SH-8001", "KT-7004", "LT-2004", "TY-2508"])
def test_beside_a_product(shop, recommend, product):
    items = recommend(product=product, limit=12)
    names = [item["id"] for item in items]
    assert len(set(names)) == 12
    assert product not in names
    assert all(item["in_stock"] for item in items)
    assert all(holds(shop, item, product) for item in items), items
    codes = [item["reason"]["code"] for item in items]
    order = ["bought_together", "similar", "popular_in_category", "popular"]
    assert codes == sorted(codes, key=order.index)


def test_within_a_category_the_most_sold_come_first(shop, recommend):
    items = recommend(category="phones", limit=8)
    assert items
    assert all(item["category"] == "phones" and holds(shop, item) for item in items)
    counts = [item["reason"]["params"]["count"] for item in items]
    assert counts == sorted(counts, reverse=True)


def test_at_large_and_below_a_price(shop, recommend):
    items = recommend(price_max=100, limit=10)
    assert len(items) == 10
    assert all(item["price"] <= 100 and holds(shop, item) for item in items)
    assert {item["reason"]["code"] for item in items} == {"popular"}


def test_what_is_sold_out_is_not_recommended(shop, recommend):
    first = recommend(category="audio")[0]["id"]
    before = shop.sql("SELECT sku, stock FROM variants WHERE product_id = ?", first)
    shop.sql("UPDATE variants SET stock = 0 WHERE product_id = ?", first)
    try:
        assert first not in [item["id"] for item in recommend(category="audio", limit=20)]
    finally:
        for sku, stock in before:
            shop.sql("UPDATE variants SET stock = ? WHERE sku = ?", stock, sku)


def test_a_known_customer_hears_of_what_goes_with_his_purchases(shop, recommend):
    customer, bought = shop.sql(
        "SELECT customer_id, count(DISTINCT product_id) FROM interactions "
        "WHERE kind = 'purchase' GROUP BY customer_id ORDER BY 2 DESC, 1 LIMIT 1"
    )[0]
    assert bought > 2
    who = shop.client(channel="wechat", sender="recommend-known")
    path = "/v1/identities/wechat/recommend-known"
    assert who.put(path, json={"customer_id": customer}).status_code in (200, 201)
    owned = {
        row[0]
        for row in shop.sql(
            "SELECT DISTINCT product_id FROM interactions "
            "WHERE kind = 'purchase' AND customer_id = ?",
            customer,
        )
    }
    items = recommend(who)
    assert items[0]["reason"]["code"] == "because_you_bought"
    assert all(holds(shop, item) for item in items)
    for item in items:
        if item["reason"]["code"] == "because_you_bought":
            assert named(shop, item["reason"]["params"]["product"]) in owned
    latest = shop.sql(
        "SELECT product_id FROM interactions WHERE kind = 'purchase' AND customer_id = ? "
        "GROUP BY product_id ORDER BY max(at) DESC LIMIT 10",
        customer,
    )
    assert not {item["id"] for item in items} & {row[0] for row in latest}


def test_on_an_open_channel_nobody_s_purchases_are_told(shop, recommend):
    who = shop.client(channel="rest", sender="recommend-open")
    told = {"kind": "purchase", "product_id": "PH-1001"}
    answer = who.post("/v1/interactions", json=told, headers={"Idempotency-Key": "open-1"})
    assert answer.status_code == 201
    assert "because_you_bought" not in {item["reason"]["code"] for item in recommend(who)}


def test_the_language_of_names_in_reasons(shop):
    client = shop.client()
    items = client.get("/v1/recommendations", params={"product": "PH-1001", "lang": "zh"}).json()
    assert items["items"][0]["reason"]["params"]["product"] == "星云 X1 智能手机"


def test_an_unknown_product_is_not_found(shop):
    answer = shop.client().get("/v1/recommendations", params={"product": "PH-9999"})
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "not_found"


@pytest.mark.parametrize(
    "parameters", [{"limit": 0}, {"limit": 99}, {"price_max": "x"}, {"product": "; DROP"}, {"x": 1}]
)
def test_wrong_parameters_are_refused(shop, parameters):
    assert shop.client().get("/v1/recommendations", params=parameters).status_code == 400
