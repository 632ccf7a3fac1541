"""What customers say about a list they were shown: cheaper, the second one, in white."""

import pytest


@pytest.fixture
def phones(talk):
    """A conversation in which phones were shown, and what was shown."""
    conversation = talk()
    said = conversation.say("手机", "search_product", {"product": "手机", "category": "phones"})
    return conversation, said.run("action_search_products").slots["shown_products"]


def prices(shop_api, products: list[str]) -> list[float]:
    return [shop_api.get(f"/v1/products/{each}").json()["price"] for each in products]


def test_cheaper_shows_the_cheapest_first(phones, shop_api):
    conversation, shown = phones
    reply = conversation.say("便宜点的", "cheaper_options").run("action_cheaper_products")
    found = prices(shop_api, reply.slots["shown_products"])
    assert found == sorted(found)
    assert found[0] <= min(prices(shop_api, shown))
    assert found[-1] < max(prices(shop_api, shown))
    products = [
        shop_api.get(f"/v1/products/{each}").json() for each in reply.slots["shown_products"]
    ]
    assert {each["category"] for each in products} == {"phones"}


def test_cheaper_than_the_product_spoken_of(phones, shop_api):
    conversation, shown = phones
    # The dearest: nothing costs less than the cheapest phone, which may be among them.
    costs = prices(shop_api, shown)
    place = costs.index(max(costs)) + 1
    choice = conversation.say(f"第{place}个", "choose_product", {"ordinal": str(place)})
    choice.run("action_choose_product")
    reply = conversation.say("太贵了", "cheaper_options").run("action_cheaper_products")
    assert max(prices(shop_api, reply.slots["shown_products"])) < max(costs)


def test_cheaper_again_and_again_ends_with_the_cheapest(phones, shop_api):
    conversation, _ = phones
    for _ in range(20):
        reply = conversation.say("便宜点的", "cheaper_options").run("action_cheaper_products")
        if reply.responses == ["utter_nothing_cheaper"]:
            break
    cheapest = reply.slots["current_product"]
    query = {"category": "phones", "sort": "price_asc", "limit": 1}
    assert shop_api.get("/v1/products", params=query).json()["items"][0]["id"] == cheapest


def test_cheaper_than_what_was_recommended(talk, shop_api):
    conversation = talk()
    conversation.say("推荐点什么", "recommend_product").run("action_recommend")
    shown = conversation.slots["shown_products"]
    reply = conversation.say("便宜点的", "cheaper_options").run("action_cheaper_products")
    assert reply.responses == ["utter_recommendations"]
    found = prices(shop_api, reply.slots["shown_products"])
    assert found == sorted(found)
    assert max(found) < max(prices(shop_api, shown))
    assert not set(shown) & set(reply.slots["shown_products"])


def test_cheaper_goods_of_a_kind_are_a_search(talk):
    said = talk("en").say("cheaper headphones", "cheaper_options", {"product": "headphones"})
    assert said.run("action_cheaper_products").responses == ["utter_search_results"]


def test_one_of_the_list_is_described(phones):
    conversation, shown = phones
    reply = conversation.say("第二个", "choose_product", {"ordinal": "2"}).run(
        "action_choose_product"
    )
    assert reply.responses == ["utter_product_details"]
    assert reply.slots["current_product"] == shown[1]


@pytest.mark.parametrize(
    ("intent", "action", "response"),
    [
        ("ask_price", "action_product_price", "utter_product_price"),
        ("check_stock", "action_product_stock", "utter_product_in_stock"),
        ("ask_reviews", "action_product_reviews", "utter_reviews"),
    ],
)
def test_one_of_the_list_answers_the_open_question(phones, intent, action, response):
    conversation, shown = phones
    asked = conversation.say("那个呢", intent).run(action)
    assert asked.responses == ["utter_which_of_these"]
    assert asked.slots["shown_products"] == shown
    assert all(button["payload"].startswith(f"/{intent}") for button in asked.buttons)

    reply = conversation.say("第一个", "choose_product", {"ordinal": "1"}).run(
        "action_choose_product"
    )
    assert reply.responses == [response]
    assert reply.slots["current_product"] == shown[0]


def test_one_that_is_not_in_the_list(phones):
    conversation, shown = phones
    said = conversation.say("第九个", "choose_product", {"ordinal": "9"})
    reply = said.run("action_choose_product")
    assert reply.responses == ["utter_no_such_position"]
    assert str(len(shown)) in reply.text


def test_comparing_with_one_that_is_not_in_the_list(phones):
    conversation, _ = phones
    rows = [{"entity": "ordinal", "value": each} for each in ("1", "9")]
    reply = conversation.say("第一个和第九个比", "compare_products", rows).run(
        "action_compare_products"
    )
    assert reply.responses == ["utter_no_such_position"]


@pytest.mark.parametrize("action", ["action_product_stock", "action_product_details"])
def test_a_colour_narrows_the_list(talk, shop_api, action):
    conversation = talk()
    conversation.say("耳机", "search_product", {"product": "耳机"}).run("action_search_products")
    reply = conversation.say("有白色的吗", "check_stock", {"color": "white"}).run(action)
    assert reply.responses in (["utter_search_results"], ["utter_search_result"])
    for product in reply.slots["shown_products"]:
        variants = shop_api.get(f"/v1/products/{product}").json()["variants"]
        colours = {option["label"] for each in variants for option in each["options"]}
        assert "白色" in colours


def test_a_bare_budget_asks_for_others_of_the_kind(phones, shop_api):
    conversation, _ = phones
    conversation.say("第一个", "choose_product", {"ordinal": "1"}).run("action_choose_product")
    rows = [{"entity": "price", "value": "一千", "role": "max"}]
    reply = conversation.say("一千以下的", "inform", rows).run("action_product_details")
    assert max(prices(shop_api, reply.slots["shown_products"])) <= 1000


def test_others_after_a_question_about_the_list_are_its_next_page(phones):
    conversation, shown = phones
    conversation.say("多少钱", "ask_price").run("action_product_price")
    reply = conversation.say("还有别的吗", "more_options").run("action_recommend")
    assert reply.responses == ["utter_more_results"]
    assert not set(reply.slots["shown_products"]) & set(shown)


@pytest.mark.parametrize("wanted", ["3L", "3 L", "3升", "３Ｌ"])
def test_an_option_is_known_however_it_is_written(talk, shop_api, wanted):
    cooker = shop_api.get("/v1/products", params={"q": "电饭煲", "limit": 1}).json()["items"][0]
    asked = ("有吗", "check_stock", {"sku": cooker["id"], "size": wanted})
    reply = talk().say(*asked).run("action_product_stock")
    assert reply.responses == ["utter_product_in_stock"]
    assert "3 升" in reply.text
    assert "4 升" not in reply.text


def test_a_change_of_subject_without_a_known_word_is_searched_for_by_itself(phones, shop_api):
    conversation, _ = phones
    reply = conversation.say("跑步鞋", "inform").run("action_search_products")
    found = {
        shop_api.get(f"/v1/products/{each}").json()["category"]
        for each in reply.slots["shown_products"]
    }
    assert found == {"shoes"}


@pytest.mark.parametrize("text", ["1234", "上海市浦东新区世纪大道100号5栋602", "qzxwv plmokn"])
def test_what_is_no_wish_is_not_understood_rather_than_not_found(phones, text):
    conversation, _ = phones
    reply = conversation.say(text, "inform").run("action_search_products")
    assert reply.responses == []
    assert reply.slots == {"search_outcome": "unclear"}

    after = conversation.run("action_clarify")
    assert after.slots["search_outcome"] is None


def test_what_is_no_wish_is_not_understood_after_a_price_either(talk):
    conversation = talk()
    said = conversation.say("100元以下的连衣裙", "search_product", {"product": "连衣裙"})
    said.run("action_search_products")
    reply = conversation.say("1234", "inform").run("action_search_products")
    assert reply.slots == {"search_outcome": "unclear"}


@pytest.mark.parametrize("text", ["连衣裙 100元以下", "90到100元的连衣裙", "连衣裙，9000元以上"])
def test_where_nothing_has_the_price_the_nearest_is_shown(talk, shop_api, text):
    reply = talk().say(text, "search_product", {"product": "连衣裙"}).run("action_search_products")
    assert reply.responses == ["utter_nearest_in_price"]
    assert reply.slots["search_outcome"] == "found"
    assert all("裙" in line for line in reply.text.splitlines()[1:2])


def test_a_gift_is_looked_for_by_who_gets_it(talk):
    said = talk().say(
        "给我妈妈买个生日礼物,预算300左右", "recommend_product", {"recipient": "妈妈"}
    )
    reply = said.run("action_recommend")
    assert reply.responses == ["utter_recommendations"]
    assert "热销" not in reply.text


def test_one_product_found_is_not_called_products(talk):
    said = talk("en").say("rice cooker", "search_product", {"product": "rice cooker"})
    reply = said.run("action_search_products")
    assert reply.responses == ["utter_search_result"]
    assert "products" not in reply.text
