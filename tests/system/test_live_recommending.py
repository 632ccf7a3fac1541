"""Recommendations over several turns, typed to the three real processes in both languages.

Each product shown is looked up in the shop: none may break what was asked for.
"""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.slow

FOR_BABIES = ("摇铃", "婴儿", "宝宝", "Rattle", "Stroller", "Baby")
REASON = re.compile(r"   \S")


class Customer:
    """Somebody nobody has met, and what he is shown."""

    def __init__(self, assistant: Any, products: dict[str, dict[str, Any]]) -> None:
        self._assistant = assistant
        self._products = products
        self._sender = f"live-{uuid.uuid4()}"
        self.heard = ""

    def says(self, message: str) -> list[dict[str, Any]]:
        """Type a message and return the products listed in the reply."""
        self.heard = self._assistant.hear(self._sender, message)
        names = re.findall(r"^\d\. (.+?)  ¥", self.heard, re.MULTILINE)
        return [self._products[name] for name in names]

    def reasons(self) -> int:
        """How many lines of the reply are reasons."""
        return sum(bool(REASON.match(line)) for line in self.heard.splitlines())


@pytest.fixture(scope="module")
def products(assistant) -> dict[str, dict[str, Any]]:
    """All products of the shop by their names in both languages; brands are ids' Chinese names."""
    found = {}
    for language in ("zh", "en"):
        offset = 0
        while True:
            query = {"lang": language, "limit": 50, "offset": offset}
            items = assistant.backend("GET", "/v1/products", params=query).json()["items"]
            found.update({each["name"]: each for each in items})
            if len(items) < 50:
                break
            offset += 50
    return found


@pytest.fixture
def customer(assistant, products) -> Callable[[], Customer]:
    """A function that lets somebody in."""
    return lambda: Customer(assistant, products)


@pytest.mark.parametrize(
    ("opening", "whom", "budget", "another", "feature", "cheaper"),
    [
        ("有什么推荐吗", "给我妈买的", "预算300以内", "不要{brand}牌", "有没有防水的", "便宜点的"),
        ("any recommendations?", "for my mother", "budget 300", "not {brand}",
         "any lightweight ones", "something cheaper"),
    ],
)  # fmt: skip
def test_a_present_for_a_mother(customer, opening, whom, budget, another, feature, cheaper):
    one = customer()
    shown = one.says(opening)
    assert shown
    assert one.reasons() == len(shown)
    assert all(each["in_stock"] for each in shown)

    presents = one.says(whom)
    assert presents
    assert not [each for each in presents if any(word in each["name"] for word in FOR_BABIES)]

    affordable = one.says(budget)
    assert affordable
    assert all(each["price"] <= 300 for each in affordable)

    unwanted = affordable[0]["brand"]
    others = one.says(another.format(brand=unwanted))
    assert others
    assert all(each["brand"] != unwanted and each["price"] <= 300 for each in others)

    for message in (feature, cheaper):
        found = one.says(message)
        assert all(each["brand"] != unwanted and each["in_stock"] for each in found)
        assert all(each["price"] <= 300 for each in found) or "¥" in one.heard


@pytest.mark.parametrize(
    ("message", "whom"),
    [("给我爸买，500以内，不要耐克那种牌子", "爸"),
     ("someting for my dad, under 500, not Nike-like brand", "dad")],
)  # fmt: skip
def test_all_at_once(customer, message, whom):
    one = customer()
    found = one.says(message)
    assert found
    assert all(each["price"] <= 500 for each in found)
    assert one.heard.count(whom) == len(found)


@pytest.mark.parametrize(
    ("details", "similar", "another"),
    [("静谷 Pro 降噪耳机介绍一下", "有没有类似但便宜点的", "不要这个牌子"),
     ("tell me about AU-4001", "something similar but cheaper", "not this brand")],
)  # fmt: skip
def test_similar_but_cheaper_and_of_another_brand(
    assistant, customer, products, details, similar, another
):
    of = assistant.backend("GET", "/v1/products/AU-4001").json()
    one = customer()
    one.says(details)
    found = one.says(similar)
    assert found
    assert all(each["price"] < of["price"] and each["category"] == "audio" for each in found)

    others = one.says(another)
    assert others
    own = {products[name]["brand"] for name in products if products[name]["id"] == "AU-4001"}
    assert not own & {each["brand"] for each in others}


@pytest.mark.parametrize(
    ("search", "similar", "choice", "goes_with", "bought"),
    [("我想买个手机", "第二个", "类似的有吗", "跟这个搭的有吗", "别人买了这个还买了啥"),
     ("show me phones", "the second one", "something similar", "what goes with this",
      "what else did others buy with it")],
)  # fmt: skip
def test_what_is_near_a_product(customer, search, similar, choice, goes_with, bought):
    for question in (choice, goes_with, bought):
        one = customer()
        spoken_of = one.says(search)[1]
        one.says(similar)
        found = one.says(question)
        assert found, question
        assert spoken_of["id"] not in {each["id"] for each in found}
        assert one.reasons() == len(found)


@pytest.mark.parametrize(
    ("opening", "others"),
    [("送女朋友什么礼物好", ("换一批", "还有别的吗", "再推荐几个")),
     ("gift ideas for my girlfriend", ("show me others", "anything else", "show me more"))],
)  # fmt: skip
def test_others_are_new(customer, opening, others):
    one = customer()
    seen = [each["id"] for each in one.says(opening)]
    assert seen
    for message in others:
        found = [each["id"] for each in one.says(message)]
        assert not set(found) & set(seen)
        seen += found
    assert len(seen) >= 8


@pytest.mark.parametrize("laugh", ["哈哈", "haha"])
def test_a_laugh_is_no_greeting(customer, laugh):
    one = customer()
    one.says(laugh)
    assert "店小二" not in one.heard
    assert "Xiaoer" not in one.heard
