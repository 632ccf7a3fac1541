"""Wishes over several turns, with the real action server and the real backends."""

import time
from typing import Any

import pytest

HEADPHONES, CASE_OF = "AU-4001", "PH-1001"


def price(value: str) -> dict[str, Any]:
    return {"entity": "price", "role": "max", "value": value}


def entity(name: str, words: str, value: str | None = None) -> dict[str, Any]:
    return {"entity": name, "value": value or words}


def products(shop_api, reply) -> list[dict[str, Any]]:
    """The products that a reply showed, at least one."""
    shown = reply.slots["shown_products"]
    assert shown
    return [shop_api.get(f"/v1/products/{each}").json() for each in shown]


def brand_of(shop_api, product: str) -> str:
    return shop_api.get(f"/v1/products/{product}").json()["brand"]


@pytest.mark.parametrize(
    ("language", "opening", "whom", "mother", "budget"),
    [
        ("zh", "有什么推荐吗", "给我妈买的", "我妈", "预算300以内"),
        ("en", "any recommendations", "for my mother", "mother", "budget 300"),
    ],
)
def test_a_wish_takes_shape_over_several_turns(
    talk, shop_api, language, opening, whom, mother, budget
):
    conversation = talk(language)
    first = conversation.say(opening, "recommend_product").run("action_recommend")
    assert first.responses == ["utter_recommendations"]
    assert all(each["in_stock"] for each in products(shop_api, first))

    rows = [entity("recipient", mother)]
    second = conversation.say(whom, "inform", rows).run("action_recommend")
    assert len(second.slots["shown_products"]) == 4
    assert second.text.count(mother) == 4, "each says that it is for her"

    third = conversation.say(budget, "inform", [price("300")]).run("action_recommend")
    found = products(shop_api, third)
    assert all(each["price"] <= 300 for each in found)
    assert mother in third.text

    unwanted = found[0]["brand"]
    rows = [entity("unwanted", unwanted)]
    fourth = conversation.say(f"不要{unwanted}", "exclude_brand", rows).run("action_recommend")
    kept = products(shop_api, fourth)
    assert all(each["price"] <= 300 and each["brand"] != unwanted for each in kept)
    assert mother in fourth.text

    fifth = conversation.say("便宜点的", "cheaper_options").run("action_cheaper_products")
    cheaper = products(shop_api, fifth)
    assert [each["price"] for each in cheaper] == sorted(each["price"] for each in cheaper)
    assert max(each["price"] for each in cheaper) < max(each["price"] for each in kept)
    assert all(each["brand"] != unwanted and each["price"] <= 300 for each in cheaper)
    assert mother in fifth.text


def test_another_recipient_replaces_the_one_before(talk):
    conversation = talk()
    conversation.say("给我妈买的", "inform", [entity("recipient", "我妈")]).run("action_recommend")
    said = conversation.say("给我爸呢", "inform", [entity("recipient", "我爸")])
    reply = said.run("action_recommend")
    assert "我爸" in reply.text
    assert "我妈" not in reply.text


def test_other_goods_keep_for_whom_and_for_how_much(talk, shop_api):
    conversation = talk()
    rows = [entity("recipient", "我妈"), price("400")]
    conversation.say("给我妈买，预算400", "recommend_product", rows).run("action_recommend")
    said = conversation.say("有没有围巾", "search_product", [entity("product", "围巾")])
    found = products(shop_api, said.run("action_search_products"))
    assert "CL-9016" in {each["id"] for each in found}
    assert all(each["price"] <= 400 for each in found)


def test_a_feature_is_added_to_the_wish(talk, shop_api):
    conversation = talk()
    rows = [entity("product", "耳机"), price("500")]
    conversation.say("推荐500以内的耳机", "recommend_product", rows).run("action_recommend")
    said = conversation.say("有没有防水的", "search_product")
    reply = said.run("action_search_products")
    found = products(shop_api, reply)
    assert all(each["price"] <= 500 for each in found)
    assert "防水" in reply.text


@pytest.mark.parametrize(("language", "words"), [("zh", "换个牌子"), ("en", "not this brand")])
def test_not_this_brand_is_that_of_the_product_spoken_of(talk, shop_api, language, words):
    conversation = talk(language)
    conversation.say("AU-4001", "product_details", [entity("sku", HEADPHONES)]).run(
        "action_product_details"
    )
    conversation.say("类似的", "similar_products").run("action_recommend")
    reply = conversation.say(words, "exclude_brand").run("action_recommend")
    unwanted = brand_of(shop_api, HEADPHONES)
    assert reply.responses == ["utter_recommendations"]
    assert all(each["brand"] != unwanted for each in products(shop_api, reply))


def test_not_this_brand_after_a_search(talk, shop_api):
    conversation = talk()
    rows = [entity("product", "手机")]
    shown = conversation.say("2000以下的手机", "search_product", rows).run("action_search_products")
    unwanted = products(shop_api, shown)[1]["brand"]
    said = conversation.say("第二个的牌子不要", "exclude_brand", [entity("ordinal", "2")])
    found = products(shop_api, said.run("action_recommend"))
    for each in found:
        assert (each["category"], each["brand"] == unwanted) == ("phones", False)
        assert each["price"] <= 2000


def test_which_brand_is_asked_when_several_are_shown(talk, shop_api):
    conversation = talk()
    shown = conversation.say("推荐点什么", "recommend_product").run("action_recommend")
    brands = {each["brand"] for each in products(shop_api, shown)}
    assert len(brands) > 1
    asked = conversation.say("换个牌子", "exclude_brand").run("action_recommend")
    assert asked.responses == ["utter_which_brand"]
    assert {each["title"] for each in asked.buttons} == brands

    pressed = asked.buttons[0]
    rows = [entity("brand", pressed["title"])]
    reply = conversation.say(pressed["payload"], "exclude_brand", rows).run("action_recommend")
    assert pressed["title"] not in {each["brand"] for each in products(shop_api, reply)}


def test_a_brand_the_shop_does_not_have_changes_nothing(talk, shop_api):
    words = "someting for my dad, under 500, not Nike-like brand"
    rows = [entity("recipient", "my dad"), price("500"), entity("unwanted", "Nike")]
    reply = talk("en").say(words, "recommend_product", rows).run("action_recommend")
    found = products(shop_api, reply)
    assert all(each["price"] <= 500 for each in found)
    assert "dad" in reply.text
    assert "¥500" in reply.text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_something_similar_but_cheaper(talk, shop_api, language):
    conversation = talk(language)
    conversation.say("AU-4001", "product_details", [entity("sku", HEADPHONES)]).run(
        "action_product_details"
    )
    said = conversation.say("something similar but cheaper", "cheaper_options")
    reply = said.run("action_cheaper_products")
    of = shop_api.get(f"/v1/products/{HEADPHONES}", params={"lang": language}).json()
    found = products(shop_api, reply)
    assert all(each["price"] < of["price"] for each in found)
    assert {each["category"] for each in found} == {of["category"]}
    assert reply.text.count(of["name"]) == len(found), "each is said to be like it"


@pytest.mark.parametrize(
    ("intent", "response"),
    [("goes_with", "utter_reason_goes_with"), ("similar_products", "utter_reason_similar")],
)
def test_beside_a_product(talk, domain, intent, response):
    conversation = talk()
    rows = [entity("sku", CASE_OF)]
    reply = conversation.say("跟这个搭的有吗", intent, rows).run("action_recommend")
    assert reply.responses == ["utter_recommendations"]
    assert CASE_OF not in reply.slots["shown_products"]
    reason = domain["responses"][response][0]["text"].split("{product}")
    assert all(part in reply.text for part in reason)


def test_what_others_bought_with_it(talk):
    conversation = talk()
    rows = [entity("sku", CASE_OF)]
    reply = conversation.say("别人还买了什么", "bought_together", rows).run("action_recommend")
    assert reply.responses == ["utter_recommendations"]
    assert CASE_OF not in reply.slots["shown_products"]


def test_what_is_asked_beside_a_product_is_asked_of_it_again(talk):
    conversation = talk()
    rows = [entity("sku", CASE_OF)]
    conversation.say("跟这个搭的有吗", "goes_with", rows).run("action_recommend")
    reply = conversation.say("别人买了这个还买了啥", "bought_together").run("action_recommend")
    assert reply.responses == ["utter_recommendations"]
    conversation.say("类似的", "similar_products").run("action_recommend")
    first = conversation.slots["shown_products"]
    again = conversation.say("还有类似的吗", "similar_products").run("action_recommend")
    assert not set(first) & set(again.slots["shown_products"])


@pytest.mark.parametrize(
    ("words", "intent", "action"),
    [
        ("便宜点的", "cheaper_options", "action_cheaper_products"),
        ("类似的有吗", "similar_products", "action_recommend"),
    ],
)
def test_a_mothers_present_is_like_one_for_a_mother(talk, shop_api, words, intent, action):
    conversation = talk()
    conversation.say("给我妈", "inform", [entity("recipient", "我妈")]).run("action_recommend")
    conversation.say("BC-1506", "product_details", [entity("sku", "BC-1506")]).run(
        "action_product_details"
    )
    found = products(shop_api, conversation.say(words, intent).run(action))
    assert {"BC-1506", "BC-1517", "TY-2502"}.isdisjoint(each["id"] for each in found)


def test_a_budget_after_a_colour_keeps_both(talk, shop_api):
    conversation = talk()
    rows = [entity("product", "耳机"), entity("unwanted", "派索")]
    conversation.say("耳机，不要派索的", "search_product", rows).run("action_search_products")
    conversation.say("有白色的吗", "check_stock", [entity("color", "白色")]).run(
        "action_product_stock"
    )
    reply = conversation.say("300以内", "inform", [price("300")]).run("action_product_stock")
    found = products(shop_api, reply)
    assert "白色" in reply.text
    assert all(each["price"] <= 300 and each["brand"] != "派索拉" for each in found)


@pytest.mark.parametrize("intent", ["goes_with", "bought_together"])
def test_which_product_is_asked_when_none_is_spoken_of(talk, intent):
    conversation = talk()
    shown = conversation.say("推荐点什么", "recommend_product").run("action_recommend")
    asked = conversation.say("跟这个搭的", intent).run("action_recommend")
    assert asked.responses == ["utter_which_of_these"]
    assert asked.slots["shown_products"] == shown.slots["shown_products"]
    assert all(button["payload"].startswith(f"/{intent}") for button in asked.buttons)


def test_others_are_never_those_shown_before(talk):
    conversation = talk()
    said = conversation.say("送我妈", "recommend_product", [entity("recipient", "我妈")])
    seen = list(said.run("action_recommend").slots["shown_products"])
    for words in ("换一批", "show me others", "还有别的吗"):
        reply = conversation.say(words, "more_options").run("action_more_products")
        if reply.slots["search_outcome"] == "none":
            break
        assert not set(seen) & set(reply.slots["shown_products"])
        seen += reply.slots["shown_products"]
    assert len(seen) >= 8


def test_when_all_was_shown_more_recommendations_go_beyond_the_wish(talk):
    conversation = talk()
    rows = [entity("product", "围巾")]
    conversation.say("推荐围巾", "recommend_product", rows).run("action_recommend")
    reply = conversation.say("再推荐几个", "recommend_product").run("action_recommend")
    assert reply.slots["search_outcome"] == "found"
    assert "CL-9016" not in reply.slots["shown_products"]


def test_what_says_nothing_is_not_understood(talk):
    conversation = talk()
    conversation.say("推荐点什么", "recommend_product").run("action_recommend")
    for action in ("action_recommend", "action_search_products"):
        reply = conversation.say("qzxwv plmokn", "inform").run(action)
        assert reply.responses == []
        assert reply.slots == {"search_outcome": "unclear"}


def test_where_nothing_has_the_price_the_nearest_is_said_to_be_that(talk):
    rows = [entity("product", "连衣裙"), price("100")]
    said = talk().say("推荐100以下的连衣裙", "recommend_product", rows)
    assert said.run("action_recommend").responses == ["utter_nearest_in_price"]


def test_views_and_clicks_are_told_once(talk, shop_database):
    conversation = talk()
    shown = conversation.say("推荐点什么", "recommend_product").run("action_recommend")
    payload = shown.buttons[0]["payload"]
    first = shown.slots["shown_products"][0]
    said = conversation.say(payload, "product_details", [entity("sku", first)])
    said.again("action_product_details")
    said.run("action_product_details")
    wanted = [("click", first), ("view", first)]
    statement = "SELECT kind, product_id FROM interactions WHERE sender = ? ORDER BY kind"
    end = time.monotonic() + 10
    while (told := shop_database(statement, conversation.sender)) != wanted:
        assert time.monotonic() < end, told
        time.sleep(0.1)


def test_a_product_asked_for_by_name_was_viewed_and_not_clicked(talk, shop_database):
    conversation = talk()
    conversation.say("AU-4001", "product_details", [entity("sku", HEADPHONES)]).run(
        "action_product_details"
    )
    statement = "SELECT kind FROM interactions WHERE sender = ?"
    end = time.monotonic() + 10
    while (told := shop_database(statement, conversation.sender)) != [("view",)]:
        assert time.monotonic() < end, told
        time.sleep(0.1)
