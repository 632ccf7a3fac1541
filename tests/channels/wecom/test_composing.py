"""Bubbles as application messages, within the limits of the documents."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from xiaoer.channels.storage import open_store
from xiaoer.channels.tencent import ApiClient
from xiaoer.channels.wecom.app.composing import Composer
from xiaoer.channels.wecom.app.sending import Sender
from xiaoer.channels.wecom.output import Bubble
from xiaoer.channels.wecom.texts import Texts

CARD = {
    "title": "耳机",
    "subtitle": "¥299",
    "image_url": "https://s/a.png",
    "item_url": "https://s/a",
}


def compose(*bubbles: Bubble, buttons: str = "card", cards: str = "news") -> Any:
    """Bubbles, composed."""
    return Composer(Texts(), buttons, cards).compose(bubbles, "turn")


def two_buttons() -> tuple[dict[str, Any], ...]:
    return (
        {"title": "查订单", "payload": "/order_status"},
        {"title": "打招呼", "payload": "/greet"},
    )


def test_buttons_as_a_card() -> None:
    composed = compose(Bubble(text="要什么？", buttons=two_buttons()))
    card = composed.messages[0]["template_card"]
    assert card["main_title"] == {"title": "要什么？"}
    assert [button["text"] for button in card["button_list"]] == ["查订单", "打招呼"]
    presses = composed.presses[card["task_id"]]
    assert [presses[button["key"]]["payload"] for button in card["button_list"]] == [
        "/order_status",
        "/greet",
    ]
    assert composed.passive is None


@pytest.mark.parametrize(("length", "messages"), [(36, 1), (37, 1), (112, 1), (113, 2), (3000, 6)])
def test_a_text_that_a_card_cannot_hold_is_said_before_it(length: int, messages: int) -> None:
    composed = compose(Bubble(text="好" * length, buttons=two_buttons()))
    assert len(composed.messages) == messages
    card = composed.messages[-1]["template_card"]
    assert len(card["main_title"]["title"]) <= 36
    assert len(card.get("sub_title_text", "")) <= 112


def test_more_than_six_buttons_are_numbers() -> None:
    buttons = tuple({"title": f"选项{n}", "payload": f"/c{n}"} for n in range(7))
    composed = compose(Bubble(text="选", buttons=buttons))
    text = composed.messages[0]["text"]["content"]
    assert text.startswith("选\n请回复数字选择：\n1. 选项0\n")
    assert [button["payload"] for button in composed.choices] == [f"/c{n}" for n in range(7)]
    assert composed.passive == text


def test_numbers_go_on_over_the_bubbles_of_a_turn() -> None:
    bubble = Bubble(text="Choose", buttons=two_buttons())
    composed = compose(bubble, bubble, buttons="numbers")
    assert composed.messages[1]["text"]["content"].startswith("Choose\nReply with a number")
    assert "3. 查订单\n4. 打招呼" in composed.messages[1]["text"]["content"]
    assert len(composed.choices) == 4


def test_a_link_among_buttons() -> None:
    buttons = ({"title": "官网", "url": "https://s"}, *two_buttons())
    card = compose(Bubble(text="看", buttons=buttons)).messages[0]["template_card"]
    assert card["button_list"][0] == {"text": "官网", "style": 1, "type": 1, "url": "https://s"}
    numbers = compose(Bubble(text="看", buttons=buttons), buttons="numbers")
    assert "1. 查订单" in numbers.messages[0]["text"]["content"]
    assert "官网: https://s" in numbers.messages[0]["text"]["content"]


@pytest.mark.parametrize(
    ("cards", "kinds"),
    [("news", ["news", "news"]), ("textcard", ["textcard"] * 9), ("markdown", ["markdown"])],
)
def test_product_cards(cards: str, kinds: list[str]) -> None:
    composed = compose(Bubble(cards=(CARD,) * 9), cards=cards)
    assert [message["msgtype"] for message in composed.messages] == kinds


def test_cards_without_a_link_are_words() -> None:
    composed = compose(Bubble(cards=({"title": "耳机", "subtitle": "¥299"},)))
    assert composed.messages == [{"msgtype": "text", "text": {"content": "耳机\n¥299"}}]


def test_titles_are_cut_to_what_news_holds() -> None:
    card = {**CARD, "title": "耳" * 100, "subtitle": "好" * 400}
    article = compose(Bubble(cards=(card,))).messages[0]["news"]["articles"][0]
    assert len(article["title"].encode()) <= 128
    assert len(article["description"].encode()) <= 512


def test_a_custom_body_is_sent_as_it_is_and_another_channels_is_not() -> None:
    body = {"msgtype": "markdown", "markdown": {"content": "**好**"}}
    composed = compose(Bubble(custom={"wecom": {**body, "touser": "@all"}}))
    assert composed.messages == [body]
    assert not compose(Bubble(custom={"slack": {"blocks": []}})).messages


async def test_numbers_mean_their_payload_until_the_next_turn(tmp_path: Path) -> None:
    store = open_store(str(tmp_path / "channels.db"))
    sender = Sender(ApiClient("http://127.0.0.1:1", None), store, 1, Texts())
    offer = compose(Bubble(text="选", buttons=two_buttons()), buttons="numbers")
    await sender.remember("zhangsan", offer)
    for said in ("2", "２", " (2) ", "2.", "打招呼"):
        assert await sender.chosen("zhangsan", said) == "/greet"
    for said in ("3", "0", "2 个", "22", "/greet"):
        assert await sender.chosen("zhangsan", said) is None
    assert await sender.chosen("lisi", "2") is None
    await sender.remember("zhangsan", compose(Bubble(text="好")))
    assert await sender.chosen("zhangsan", "2") is None
    await store.close()
