"""An account that may not send messages later: three tries, then "reply anything to go on"."""

import asyncio

import pytest

from tests.channels.rasa_project import calls
from tests.channels.wechat.conftest import Assistant

pytestmark = pytest.mark.slow

GO_ON = "正在为您查询,还需要一点时间。请稍后回复任意内容查看结果。"
MORE = "\n(回复任意内容查看余下内容)"


def heard(assistant: Assistant, sender: str) -> list[str]:
    return [one["text"] for one in calls(assistant.actions.url) if one["sender"] == sender]


def test_slow_answers_reach_everybody_in_the_end(plain: Assistant) -> None:
    platform = plain.wechat.platform

    async def second_try() -> None:
        outcome = await platform.say("p-second", "slow 6 第二次")
        assert outcome.tries == 2
        assert outcome.statuses == ["timeout", 200]
        assert outcome.answer.text == "echo: slow 6 第二次"
        assert outcome.answer.after < 8

    async def third_try() -> None:
        outcome = await platform.say("p-third", "slow 11 第三次")
        assert outcome.tries == 3
        assert outcome.answer.text == "echo: slow 11 第三次"

    async def too_late() -> None:
        outcome = await platform.say("p-late", "slow 16 很慢")
        assert outcome.statuses == ["timeout", "timeout", 200]
        assert outcome.seconds[0] < 5
        assert outcome.answer.text == GO_ON
        # Asked for at once, it is waited for; the words "go on" are no message to Rasa.
        outcome = await platform.say("p-late", "好的")
        assert outcome.answer.text == "echo: slow 16 很慢"

    async def too_late_and_another_question() -> None:
        await platform.say("p-other", "slow 16 很慢")
        await asyncio.sleep(2.5)
        outcome = await platform.say("p-other", "还有耳机吗")
        assert outcome.answer.text == "echo: slow 16 很慢\n\necho: 还有耳机吗"

    async def all_of_them() -> None:
        await asyncio.gather(second_try(), third_try(), too_late(), too_late_and_another_question())

    plain.wechat.run(all_of_them(), 60)
    assert heard(plain, "p-second") == ["slow 6 第二次"]
    assert heard(plain, "p-third") == ["slow 11 第三次"]
    assert heard(plain, "p-late") == ["slow 16 很慢"]
    assert heard(plain, "p-other") == ["slow 16 很慢", "还有耳机吗"]
    assert platform.shown["p-late"][-1].by == "passive"
    assert not platform.codes


def test_a_long_answer_is_read_message_by_message(plain: Assistant) -> None:
    plain.wechat.say("p-long", "long 5000")
    for words in ("嗯", "1"):
        assert plain.wechat.texts("p-long")[-1].endswith(MORE)
        plain.wechat.say("p-long", words)
    whole = "".join(plain.wechat.texts("p-long")).replace(MORE, "")
    assert whole == ("店小二在这里为您服务。" * 200)[: 5000 // 3]
    assert not plain.wechat.texts("p-long")[-1].endswith(MORE)
    assert heard(plain, "p-long") == ["long 5000"]
    plain.wechat.say("p-long", "嗯")
    assert plain.wechat.texts("p-long")[-1] == "echo: 嗯"


def test_pictures_and_cards_are_text(plain: Assistant) -> None:
    plain.wechat.say("p-image", "请看 image https://shop.example/a.png")
    assert plain.wechat.texts("p-image") == ["图片:https://shop.example/a.png"]
    plain.wechat.say("p-cards", "cards")
    assert "1. 看详情 · 无线耳机 A1" in plain.wechat.texts("p-cards")[0]
    plain.wechat.say("p-cards", "1")
    assert plain.wechat.texts("p-cards")[1] == 'intent: order_status {"reference": "a1"}'
