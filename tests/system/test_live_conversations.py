"""Conversations with the three real processes: what `rasa test`, which runs no action, cannot see."""

import re
import uuid

import pytest

pytestmark = pytest.mark.slow

SHIPPED, UNPAID, PAID, DELIVERED = (f"XD20261101000{number}" for number in (1, 2, 3, 4))
LIN = "1234"


@pytest.fixture
def sender() -> str:
    """A customer nobody has met."""
    return f"live-{uuid.uuid4()}"


def has_chinese(text: str) -> bool:
    """Whether there is a Chinese character in `text`."""
    return bool(re.search(r"[一-鿿]", text))


def prices(text: str) -> list[float]:
    """The first price of each numbered line."""
    lines = [line for line in text.splitlines() if re.match(r"\d+\. ", line)]
    return [float(re.search(r"¥([\d,]+)", line).group(1).replace(",", "")) for line in lines]


def test_it_answers_in_the_language_it_is_spoken_to(assistant, sender) -> None:
    assert has_chinese(assistant.hear(sender, "你好"))
    assert not has_chinese(assistant.hear(sender, "hello, what can you do?"))
    assert has_chinese(assistant.hear(sender, "运费怎么算"))


def test_a_customer_can_ask_for_the_other_language(assistant, sender) -> None:
    assert not has_chinese(assistant.hear(sender, "请用英文回答"))


@pytest.mark.parametrize("message", ["有没有2000以下的手机", "show me phones under 2000"])
def test_a_price_limit_is_kept(assistant, sender, message: str) -> None:
    found = prices(assistant.hear(sender, message))

    assert found
    assert max(found) <= 2000


def test_the_first_of_what_was_shown_is_what_is_asked_about(assistant, sender) -> None:
    shown = assistant.hear(sender, "有没有2000以下的手机")
    first = re.search(r"1\. (.+?)  ¥", shown).group(1)

    assert first in assistant.hear(sender, "第一个多少钱")
    assert first in assistant.hear(sender, "有货吗")


def test_prices_are_those_of_the_shop(assistant, sender) -> None:
    shown = assistant.hear(sender, "show me wireless headphones")
    items = assistant.backend(
        "GET",
        "/v1/products",
        params={"q": "show me wireless headphones", "lang": "en", "limit": 50},
    ).json()["items"]
    offered = {item["name"]: item["price"] for item in items}

    lines = re.findall(r"\d+\. (.+?)  ¥([\d,]+)", shown)
    assert lines
    assert all(offered[name] == float(price.replace(",", "")) for name, price in lines)


def test_an_order_is_told_to_who_knows_number_and_phone(assistant, sender) -> None:
    assert SHIPPED not in assistant.hear(sender, "我的订单到哪了")
    assistant.hear(sender, SHIPPED)
    told = assistant.hear(sender, LIN)

    assert SHIPPED in told
    assert "¥" in told


def test_both_details_at_once_in_english(assistant, sender) -> None:
    assistant.hear(sender, "where is my order")
    told = assistant.hear(sender, f"{SHIPPED}, last four digits are {LIN}")

    assert SHIPPED in told
    assert not has_chinese(told.replace("林小满", ""))


def test_a_wrong_pair_is_answered_like_an_order_that_is_not(assistant) -> None:
    def answer(order: str) -> str:
        sender = f"live-{uuid.uuid4()}"
        assistant.hear(sender, "where is my order")
        assistant.hear(sender, order)
        return assistant.hear(sender, "0007").replace(order, "")

    assert answer(UNPAID) == answer("XD202611019876")


def test_five_wrong_tries_lock_even_the_right_pair(assistant, sender) -> None:
    order = "XD202611010008"
    assistant.hear(sender, "where is my order")
    for digits in ("0001", "0002", "0003", "0004", "0005"):
        assistant.hear(sender, order)
        assistant.hear(sender, digits)
    assistant.hear(sender, "where is my order")
    assistant.hear(sender, order)
    told = assistant.hear(sender, "5678")

    locked = assistant.backend(
        "POST", "/v1/verifications", sender, json={"order_number": order, "phone_last4": "5678"}
    )
    assert locked.status_code == 429
    assert "¥" not in told


def test_what_one_customer_proved_another_may_not_see(assistant, sender) -> None:
    assistant.hear(sender, "我的订单到哪了")
    assistant.hear(sender, SHIPPED)
    assert SHIPPED in assistant.hear(sender, LIN)

    stranger = f"live-{uuid.uuid4()}"
    assistant.hear(stranger, "我的订单到哪了")
    assert "¥" not in assistant.hear(stranger, SHIPPED)


def test_an_order_is_cancelled_once_and_only_after_a_yes(assistant, sender) -> None:
    def status() -> str:
        return assistant.backend("GET", f"/v1/orders/{PAID}", sender).json()["status"]

    assistant.hear(sender, "我要取消订单")
    assistant.hear(sender, PAID)
    assert PAID in assistant.hear(sender, LIN)
    assert status() == "paid"

    assistant.hear(sender, "算了")
    assert status() == "paid"

    assistant.hear(sender, f"取消订单{PAID}")
    assistant.hear(sender, "是的")
    assert status() == "cancelled"


def test_a_question_in_the_middle_is_answered_and_the_form_goes_on(assistant, sender) -> None:
    assistant.hear(sender, "I want to return my order")
    aside = assistant.hear(sender, "how much is delivery?")

    assert "¥99" in aside
    assert "XD" in aside, "the form asks again"


def test_every_recommendation_has_a_reason(assistant, sender) -> None:
    told = assistant.hear(sender, "有什么推荐吗")
    lines = [line for line in told.splitlines() if re.match(r"\d+\. ", line)]

    assert lines
    reasons = told.count("买") + told.count("热") + told.count("欢迎") + told.count("类似")
    assert reasons >= len(lines)


@pytest.mark.parametrize(
    ("search", "cheaper"),
    [("有没有手机", "便宜点的"), ("show me headphones", "cheaper ones please")],
)
def test_cheaper_ones_are_shown_the_cheapest_first(
    assistant, sender, search: str, cheaper: str
) -> None:
    before = prices(assistant.hear(sender, search))
    after = prices(assistant.hear(sender, cheaper))

    assert after == sorted(after)
    assert after[0] <= min(before)
    assert after[-1] < max(before)


@pytest.mark.parametrize(
    ("search", "choice", "price"),
    [
        ("我想买跑鞋", "第二个", "多少钱"),
        ("I need running shoes", "the second one", "how much is it"),
    ],
)
def test_the_second_one_is_described_and_then_spoken_of(
    assistant, sender, search: str, choice: str, price: str
) -> None:
    second = re.search(r"2\. (.+?)  ¥", assistant.hear(sender, search)).group(1)

    assert assistant.hear(sender, choice).startswith(second)
    assert second in assistant.hear(sender, price)


def test_a_colour_asked_for_while_a_list_is_shown_narrows_it(assistant, sender) -> None:
    assistant.hear(sender, "我想买个耳机,500以内")
    told = assistant.hear(sender, "有白色的吗")

    assert prices(told)
    assert max(prices(told)) <= 500


def test_which_of_the_list_is_asked_with_the_list(assistant, sender) -> None:
    shown = assistant.hear(sender, "有没有2000以下的手机")
    names = re.findall(r"\d\. (.+?)  ¥", shown)
    asked = assistant.hear(sender, "那个多少钱")

    assert re.findall(r"\d\. (.+?)  ¥", asked) == names
    assert names[0] in assistant.hear(sender, "第一个")


def test_an_order_number_alone_asks_for_the_phone(assistant, sender) -> None:
    assert "后四位" in assistant.hear(sender, SHIPPED)
    assert SHIPPED in assistant.hear(sender, LIN)


@pytest.mark.parametrize("almost", ["XD20261101000", "XD2026110100012"])
def test_almost_an_order_number_is_said_to_be_wrong(assistant, sender, almost: str) -> None:
    assert "12 位" in assistant.hear(sender, almost)


@pytest.mark.parametrize(
    "words", ["1234", "8806", "9188", "Willa Thistlewood", "上海市浦东新区世纪大道100号"]
)
def test_what_nobody_asked_for_is_not_taken_for_a_farewell_or_a_wish(
    assistant, sender, words: str
) -> None:
    assistant.hear(sender, "有没有手机")
    told = assistant.hear(sender, words)

    assert "[" in told, "it asks back, with buttons"
    assert "没有找到" not in told
    assert "再见" not in told


def test_the_language_asked_for_is_kept(assistant, sender) -> None:
    assert not has_chinese(assistant.hear(sender, "switch to English"))
    assert not has_chinese(assistant.hear(sender, "运费怎么算"))
    assert has_chinese(assistant.hear(sender, "换成中文"))
    assert has_chinese(assistant.hear(sender, "how much is delivery?"))


def test_a_gift_for_somebody_within_a_budget(assistant, sender) -> None:
    told = assistant.hear(sender, "给我妈妈买个生日礼物,预算300左右")

    assert prices(told)
    assert "数据线" not in told


def test_the_parcel_is_told_in_one_language(assistant, sender) -> None:
    assistant.hear(sender, f"where is my parcel, order {SHIPPED}")
    told = assistant.hear(sender, LIN)

    assert SHIPPED in told
    assert not has_chinese(told)
