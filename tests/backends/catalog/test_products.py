import pytest


@pytest.mark.parametrize("name", ["PH-1001", "PH-1001-BK-128", "ph-1001-bk-128"])
def test_a_product_by_id_or_sku(catalog, name):
    product = catalog.get(f"/v1/products/{name}", params={"lang": "en"}).json()
    assert product["id"] == "PH-1001"
    assert product["currency"] == "CNY"
    assert product["price"] == min(variant["price"] for variant in product["variants"])
    assert {option["key"] for option in product["variants"][0]["options"]} == {"color", "storage"}
    assert product["in_stock"] is any(variant["stock"] for variant in product["variants"])
    assert (
        product["reviews"]["count"] == product["rating_count"] >= len(product["reviews"]["samples"])
    )


def test_a_product_speaks_both_languages(catalog):
    zh = catalog.get("/v1/products/PH-1001", params={"lang": "zh"}).json()
    en = catalog.get("/v1/products/PH-1001", params={"lang": "en"}).json()
    assert zh["name"] != en["name"]
    assert zh["attributes"][0]["label"] == "屏幕"
    assert en["variants"][0]["options"][0] == {"key": "color", "label": "black", "value": "black"}
    assert zh["variants"][0]["options"][0] == {"key": "color", "label": "黑色", "value": "black"}


@pytest.mark.parametrize("name", ["PH-9999", "x", "PH-1001-XX", "..", "%00", "a" * 100, "手机"])
def test_an_unknown_product_is_not_found(catalog, name):
    answer = catalog.get(f"/v1/products/{name}")
    assert answer.status_code in (400, 404)
    assert answer.json()["error"]["code"] in ("not_found", "invalid_request")


def test_related_products_are_others_the_shop_s_own_choice_first(catalog):
    related = catalog.get("/v1/products/PH-1001/related", params={"limit": 10}).json()["items"]
    names = [item["id"] for item in related]
    assert names[:3] == ["AC-3001", "AC-3009", "AU-4001"]
    assert "PH-1001" not in names
    assert len(set(names)) == 10
    assert any(name.startswith("PH-") for name in names[3:])


def test_categories_count_their_products(catalog, search):
    items = catalog.get("/v1/categories", params={"lang": "en"}).json()["items"]
    assert sum(item["count"] for item in items) == search()["total"]
    assert {"id": "phones", "label": "Phones"}.items() <= next(
        item for item in items if item["id"] == "phones"
    ).items()


def test_promotions_hold_today_for_what_is_named(catalog, shop):
    everything = catalog.get("/v1/promotions").json()["items"]
    assert everything
    known = {row[0] for row in shop.sql(
        "SELECT id FROM promotions WHERE date('now', '+8 hours') BETWEEN starts AND ends")}  # fmt: skip
    assert {item["id"] for item in everything} == known
    phones = catalog.get("/v1/promotions", params={"product": "PH-1001"}).json()["items"]
    for item in phones:
        scope = item["scope"]
        assert (
            scope.get("all")
            or "phones" in scope.get("categories", [])
            or "PH-1001" in scope.get("products", [])
            or "lumivo" in scope.get("brands", [])
        )
    detail = catalog.get("/v1/products/PH-1001").json()
    assert detail["promotions"] == phones
    assert catalog.get("/v1/promotions", params={"category": "no such"}).json()["items"] == []


def test_the_lexicon_names_all_there_is(catalog, search):
    entries = catalog.get("/v1/lexicon").json()["entries"]
    products = {one["value"]: one for one in entries if one["entity"] == "product_name"}
    assert len(products) == search()["total"]
    assert {"星云X1", "nebula x1"} <= set(products["PH-1001"]["synonyms"])
    brand = next(one for one in entries if one["value"] == "lumivo")
    assert brand["entity"] == "brand"
    assert {"流萤", "Lumivo"} <= set(brand["synonyms"])
    assert {one["entity"] for one in entries} == {"brand", "category", "product_name"}


def test_all_of_it_wants_the_token(shop):
    client = shop.client()
    client.headers.pop("authorization")
    for path in ("products", "products/PH-1001", "categories", "promotions", "lexicon"):
        assert client.get(f"/v1/{path}").status_code == 401
