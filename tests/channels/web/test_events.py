"""What pages send, well and badly."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from tests.channels.rasa_project import calls
from tests.channels.web.conftest import OpenPage, Shop


async def test_a_conversation_in_both_languages(page: OpenPage) -> None:
    customer = await page()

    assert await customer.answered("你好") == ["你好,我是店小二。Hello!"]
    assert await customer.answered("where is my parcel") == ["echo: where is my parcel"]
    assert await customer.answered("silent") == []


async def test_a_session_is_given_again_to_whoever_shows_it(page: OpenPage) -> None:
    first = await page()
    again = await page(first.session)

    assert re.fullmatch(r"[0-9a-f]{32}", first.session)
    assert again.session == first.session
    assert ("session_confirm", first.session) in first.events


@pytest.mark.parametrize(
    "asked", ["", "anna", "0" * 31, "A" * 32, "../" + "0" * 29, "0" * 33, 7, ["0" * 32], {}, True]
)
async def test_a_session_that_is_not_ours_is_replaced(page: OpenPage, asked: Any) -> None:
    customer = await page(asked)

    assert re.fullmatch(r"[0-9a-f]{32}", customer.session)
    assert customer.session != asked


async def test_only_the_session_of_the_connection_can_write(page: OpenPage) -> None:
    owner, stranger = await page(), await page()

    answer = await stranger.say("hello", session_id=owner.session)

    assert answer["reason"] == "session"
    assert (await stranger.ask("messages_received", {"session_id": owner.session, "ids": []}))[
        "reason"
    ] == "session"


async def test_what_a_customer_types_is_never_an_intent(shop: Shop, page: OpenPage) -> None:
    customer = await page()

    for typed in (
        "/order_status",
        " \t//order_status",
        "\x00/\x07order_status",
        "\u3000/ /restart",
    ):
        (answer,) = await customer.answered(typed)
        assert answer.startswith("echo: ")
    assert await customer.answered("///") == ["echo: ／／／"]
    mine = [call for call in calls(shop.actions.url) if call["sender"] == customer.session]
    assert {call["intent"] for call in mine} == {"nlu_fallback"}


async def test_an_offered_payload_passes_where_it_was_offered(page: OpenPage) -> None:
    customer, stranger = await page(), await page()
    await customer.answered("buttons")
    await customer.answered("cards")
    card = '/order_status{"reference": "a1"}'

    assert await customer.answered("/order_status") == ["intent: order_status {}"]
    assert await customer.answered(card) == ['intent: order_status {"reference": "a1"}']
    assert (await customer.answered(card.replace("a1", "b7")))[0].startswith("echo: ")
    assert (await stranger.answered("/order_status"))[0].startswith("echo: ")


async def test_a_repeated_message_is_handled_once(shop: Shop, page: OpenPage) -> None:
    customer = await page()

    answers = await asyncio.gather(*(customer.say("slow 0.5 once", "m1") for _ in range(5)))
    await customer.until(lambda: customer.turns)
    late = await customer.say("slow 0.5 once", "m1")

    assert answers == [{"accepted": True, "finished": False}] * 5
    assert late == {"accepted": True, "finished": True}
    mine = [call for call in calls(shop.actions.url) if call["sender"] == customer.session]
    assert len(mine) == 1
    assert customer.texts == ["echo: slow 0.5 once"]


async def test_what_is_no_message_is_refused_and_the_connection_lives(page: OpenPage) -> None:
    customer = await page()
    session = {"session_id": customer.session}

    for data in (
        [],
        [None],
        [1],
        ["text"],
        [[{}]],
        [{}],
        [{"session_id": None, "message": "x"}],
        [{"session_id": [customer.session], "message": "x"}],
    ):
        assert (await customer.ask("user_uttered", *data))["reason"] == "session"
    for message in (None, 1, {"text": "x"}, ["x"]):
        assert (await customer.say(message))["reason"] == "malformed"
    for id in ("", "x" * 65, "a b", "\n", 1, {}):
        data = {**session, "message": "x", "id": id}
        assert (await customer.ask("user_uttered", data))["reason"] == "malformed"
    assert (await customer.say(" \n\x00 "))["reason"] == "empty"
    assert (await customer.say("长" * 1001))["reason"] == "too_long"
    for ids in (None, "x", 1, ["x"] * 201):
        answer = await customer.ask("messages_received", {**session, "ids": ids})
        assert answer["reason"] == "malformed"
    for data in ([], [None], [7], [{"session_id": {}}, "more"]):
        assert re.fullmatch(
            r"[0-9a-f]{32}", (await customer.ask("session_request", *data))["session_id"]
        )

    for odd in ("{", "[]", 7, ["x"], {"big": "x" * 5000}, {"key": "\ud800\x00"}, '{"a": 1}'):
        assert await customer.answered("长" * 1000, metadata=odd) == ["echo: " + "长" * 1000]
    assert await customer.answered("half \ud83d a face \x00") == ["echo: half  a face"]


async def test_a_flood_is_slowed_down(page: OpenPage) -> None:
    customer = await page()

    answers = await asyncio.gather(*(customer.say("silent") for _ in range(125)))

    taken = [answer for answer in answers if answer["accepted"]]
    refused = [answer for answer in answers if not answer["accepted"]]
    # 60 a minute; a new minute may begin meanwhile
    assert 60 <= len(taken) <= 120
    assert {answer["reason"] for answer in refused} == {"rate"}
    assert all(0 < answer["wait"] <= 61 for answer in refused)
