"""Product actions against the real catalogue."""

import pytest


def test_search_lists_products_with_price_and_stock(talk):
    reply = (
        talk()
        .say("两千以下的手机", "search_product", {"product": "手机"})
        .run("action_search_products")
    )
    assert reply.responses == ["utter_search_results"]
    assert reply.slots["search_outcome"] == "found"
    assert 1 <= len(reply.slots["shown_products"]) <= 4
    assert "1. " in reply.text
    assert "¥" in reply.text
    assert len(reply.buttons) <= 5
    assert reply.buttons[0]["payload"] == (
        f'/product_details{{"sku": "{reply.slots["shown_products"][0]}"}}'
    )


def test_answers_are_in_the_slots_language(talk):
    asked = ("phones", "search_product", {"product": "phones"})
    english = talk("en").say(*asked).run("action_search_products")
    chinese = talk("zh").say(*asked).run("action_search_products")
    assert "products" in english.text
    assert "件商品" in chinese.text
    assert english.slots["shown_products"] == chinese.slots["shown_products"]


def test_nothing_found_says_so(talk):
    said = talk().say("qzxwv plmokn", "search_product", {"product": "qzxwv"})
    reply = said.run("action_search_products")
    assert reply.responses == ["utter_nothing_found"]
    assert reply.slots["search_outcome"] == "none"


def test_more_goes_on_where_the_search_stopped(talk):
    conversation = talk()
    first = conversation.say("手机", "search_product", {"category": "phones"}).run(
        "action_search_products"
    )
    second = conversation.say("还有别的吗", "more_options").run("action_more_products")
    third = conversation.say("还有吗", "more_options").run("action_more_products")
    pages = [reply.slots["shown_products"] for reply in (first, second, third)]
    assert len({each for page in pages for each in page}) == sum(map(len, pages))
    assert second.responses == ["utter_more_results"]


def test_more_ends(talk):
    conversation = talk()
    conversation.say("手机", "search_product", {"category": "phones"}).run("action_search_products")
    for _ in range(60):
        reply = conversation.say("还有吗", "more_options").run("action_more_products")
        if reply.slots["search_outcome"] == "none":
            break
    assert reply.responses == ["utter_no_more_products"]


def test_a_mere_detail_narrows_the_search_before(talk, shop_api):
    conversation = talk()
    conversation.say("手机", "search_product", {"category": "phones"}).run("action_search_products")
    narrowed = conversation.say(
        "三千以下的", "inform", [{"entity": "price", "value": "三千", "role": "max"}]
    ).run("action_search_products")
    for product in narrowed.slots["shown_products"]:
        found = shop_api.get(f"/v1/products/{product}").json()
        assert found["category"] == "phones"
        assert found["price"] <= 3000


def test_category_button_searches_the_category(talk, shop_api):
    conversation = talk()
    categories = conversation.say("有什么卖的", "browse_categories").run("action_browse_categories")
    assert len(categories.buttons) == 5
    payload = categories.buttons[0]["payload"]
    category = payload.split('"')[3]
    reply = conversation.say(payload, "search_product", {"category": category}).run(
        "action_search_products"
    )
    found = [shop_api.get(f"/v1/products/{each}").json() for each in reply.slots["shown_products"]]
    assert {each["category"] for each in found} == {category}


ABOUT = {
    "action_product_details": "utter_product_details",
    "action_product_price": "utter_product_price",
    "action_product_stock": "utter_product_in_stock",
    "action_product_sizes": "utter_no_sizes",
    "action_product_reviews": "utter_reviews",
}


@pytest.fixture(scope="module")
def in_stock(shop_api) -> dict:
    """A phone with stock and reviews."""
    items = shop_api.get("/v1/products", params={"category": "phones", "limit": 50}).json()["items"]
    return next(item for item in items if item["in_stock"] and item["rating_count"])


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("action", "response"), ABOUT.items())
def test_each_question_about_a_named_product(talk, in_stock, shop_api, action, response, language):
    name = shop_api.get(f"/v1/products/{in_stock['id']}", params={"lang": language}).json()["name"]
    said = talk(language).say(name, "product_details", {"product_name": in_stock["id"]})
    reply = said.run(action)
    assert reply.responses == [response]
    assert name in reply.text
    assert reply.slots["current_product"] == in_stock["id"]


@pytest.mark.parametrize(("ordinal", "place"), [("1", 0), ("2", 1), ("-1", -1)])
def test_ordinals_point_into_what_was_shown(talk, ordinal, place):
    conversation = talk()
    shown = conversation.say("手机", "search_product", {"category": "phones"}).run(
        "action_search_products"
    )
    reply = conversation.say("这个怎么样", "product_details", {"ordinal": ordinal}).run(
        "action_product_details"
    )
    assert reply.slots["current_product"] == shown.slots["shown_products"][place]


def test_an_ordinal_beyond_what_was_shown(talk):
    conversation = talk()
    conversation.slots["shown_products"] = ["PH-1001", "PH-1002"]
    reply = conversation.say("第九个", "product_details", {"ordinal": "9"}).run(
        "action_product_details"
    )
    assert reply.responses == ["utter_no_such_position"]
    assert "2" in reply.text


def test_it_means_the_product_spoken_of(talk):
    conversation = talk()
    conversation.say("PH-1001", "product_details", {"sku": "PH-1001"}).run("action_product_details")
    reply = conversation.say("多少钱", "ask_price").run("action_product_price")
    assert reply.slots["current_product"] == "PH-1001"


def test_without_any_product_it_asks(talk):
    reply = talk().say("多少钱", "ask_price").run("action_product_price")
    assert reply.responses == ["utter_which_product"]
    assert "current_product" not in reply.slots


def test_a_kind_of_goods_is_shown_to_choose_from(talk):
    reply = talk().say("耳机多少钱", "ask_price", {"product": "耳机"}).run("action_product_price")
    assert reply.responses == ["utter_which_of_these"]
    assert reply.buttons[0]["payload"].startswith('/ask_price{"sku": ')


@pytest.mark.parametrize("sku", ["ZZ-0000", "../../orders", "PH-1001'; DROP TABLE"])
def test_an_unknown_sku(talk, sku):
    reply = talk().say(sku, "product_details", {"sku": sku}).run("action_product_details")
    assert reply.responses == ["utter_product_not_found"]


def test_price_of_the_variant_asked_for(talk, shop_api):
    product = shop_api.get("/v1/products/PH-1001").json()
    dearest = max(product["variants"], key=lambda variant: variant["price"])
    storage = next(o for o in dearest["options"] if o["key"] != "color")
    reply = (
        talk()
        .say("多少钱", "ask_price", {"sku": "PH-1001", "size": storage["value"]})
        .run("action_product_price")
    )
    assert f"{dearest['price']:,.0f}" in reply.text
    assert f"{product['price']:,.0f}" not in reply.text


def test_a_colour_that_is_not_offered(talk):
    asked = ("有透明的吗", "check_stock", {"sku": "PH-1001", "color": "透明"})
    reply = talk().say(*asked).run("action_product_stock")
    assert reply.responses == ["utter_option_not_offered"]


def test_sold_out_offers_others(talk, shop_api):
    items = shop_api.get("/v1/products", params={"in_stock": "false", "limit": 50}).json()["items"]
    gone = next(item["id"] for item in items if not item["in_stock"])
    reply = talk().say("有货吗", "check_stock", {"sku": gone}).run("action_product_stock")
    assert reply.responses == ["utter_product_sold_out"]
    assert reply.buttons[0]["payload"] == "/recommend_product"


def test_size_guide(talk, shop_api):
    items = shop_api.get("/v1/products", params={"q": "鞋", "limit": 50}).json()["items"]
    details = (shop_api.get(f"/v1/products/{item['id']}").json() for item in items)
    guided = next(each for each in details if each["size_guide"])
    reply = talk().say("尺码", "ask_size", {"sku": guided["id"]}).run("action_product_sizes")
    assert reply.responses == ["utter_size_guide"]
    assert guided["size_guide"][0]["fits"] in reply.text


def test_compare_what_is_named(talk):
    said = talk().say(
        "比较一下",
        "compare_products",
        [{"entity": "product_name", "value": each} for each in ("PH-1001", "PH-1002")],
    )
    reply = said.run("action_compare_products")
    assert reply.responses == ["utter_comparison"]
    assert reply.slots["shown_products"] == ["PH-1001", "PH-1002"]
    assert reply.text.count("·") >= 3


def test_compare_two_of_the_shown(talk):
    conversation = talk()
    conversation.slots["shown_products"] = ["PH-1001", "PH-1002", "PH-1003"]
    said = conversation.say(
        "第一个和第三个比",
        "compare_products",
        [{"entity": "ordinal", "value": each} for each in ("1", "3")],
    )
    reply = said.run("action_compare_products")
    assert reply.slots["shown_products"] == ["PH-1001", "PH-1003"]


def test_compare_kinds_of_goods_by_role(talk):
    rows = [
        {"entity": "product", "value": "手机", "role": "first"},
        {"entity": "product", "value": "笔记本电脑", "role": "second"},
    ]
    reply = (
        talk().say("手机和笔记本哪个好", "compare_products", rows).run("action_compare_products")
    )
    assert reply.responses == ["utter_comparison"]


def test_compare_needs_two(talk):
    reply = talk().say("对比一下", "compare_products").run("action_compare_products")
    assert reply.responses == ["utter_which_to_compare"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_offers_and_coupons(talk, shop_api, language):
    offers = shop_api.get("/v1/promotions", params={"lang": language}).json()["items"]
    promotions = talk(language).say("优惠", "ask_promotions").run("action_promotions")
    coupons = talk(language).say("优惠券", "ask_coupon").run("action_coupons")
    assert offers[0]["title"] in promotions.text
    with_code = next(offer for offer in offers if offer["code"])
    assert with_code["code"] in coupons.text


@pytest.mark.parametrize(
    ("text", "entities"),
    [
        ("推荐点什么", {}),
        ("推荐耳机", {"product": "耳机"}),
        ("推荐手机", {"category": "phones"}),
        ("买这个还要买什么", {"sku": "PH-1001"}),
    ],
)
def test_recommendations_carry_a_reason(talk, text, entities):
    reply = talk().say(text, "recommend_product", entities).run("action_recommend")
    assert reply.responses == ["utter_recommendations"]
    lines = reply.text.splitlines()[1:]
    assert len(lines) == 2 * len(reply.slots["shown_products"])
    assert all(reason.strip() for reason in lines[1::2])


def test_recommendations_within_a_budget(talk, shop_api):
    rows = [{"entity": "price", "value": "五百", "role": "max"}]
    reply = talk().say("推荐五百以下的东西", "recommend_product", rows).run("action_recommend")
    for product in reply.slots["shown_products"]:
        assert shop_api.get(f"/v1/products/{product}").json()["price"] <= 500


def test_more_recommendations(talk):
    conversation = talk()
    first = conversation.say("推荐手机", "recommend_product", {"category": "phones"}).run(
        "action_recommend"
    )
    second = conversation.say("还有吗", "more_options").run("action_more_products")
    assert second.responses == ["utter_more_recommendations"]
    assert not set(first.slots["shown_products"]) & set(second.slots["shown_products"])
