"""A real `rasa run` before a platform that keeps the documents' rules: the usual way."""

import time

import pytest

from tests.channels.rasa_project import calls
from tests.channels.wechat.conftest import Assistant
from tests.waiting import eventually

pytestmark = pytest.mark.slow


def test_a_message_is_answered_in_the_response(safe: Assistant) -> None:
    outcome = safe.wechat.say("o-hello", "你好")
    assert outcome.answer is not None
    assert outcome.answer.by == "passive"
    assert outcome.answer.text == "你好,我是店小二。Hello!"
    assert outcome.tries == 1


def test_rasa_gets_words_sender_and_metadata(safe: Assistant) -> None:
    safe.wechat.say("o-meta", "有没有 ]]> <b>耳机</b> & 😀", message_id="123456789")
    (call,) = [one for one in calls(safe.actions.url) if one["sender"] == "o-meta"]
    assert call["text"] == "有没有 ]]> <b>耳机</b> & 😀"
    assert (call["channel"], call["message_id"]) == ("wechat", "123456789")
    assert call["metadata"]["kind"] == "text"
    assert safe.wechat.texts("o-meta") == ["echo: 有没有 ]]> <b>耳机</b> & 😀"]


def test_bubbles_are_one_message(safe: Assistant) -> None:
    safe.wechat.say("o-bubbles", "bubbles 4")
    assert safe.wechat.texts("o-bubbles") == ["bubble 1\n\nbubble 2\n\nbubble 3\n\nbubble 4"]


def test_a_late_answer_comes_by_customer_service(safe: Assistant) -> None:
    outcome = safe.wechat.say("o-late", "slow 5.3 查询")
    assert outcome.answer is None
    assert outcome.bodies == [b"success"]
    assert outcome.seconds[0] < 5
    eventually(lambda: safe.wechat.texts("o-late"))
    (shown,) = safe.wechat.platform.shown["o-late"]
    assert (shown.by, shown.text) == ("service", "echo: slow 5.3 查询")


def test_a_long_answer_is_cut_and_its_rest_follows(safe: Assistant) -> None:
    safe.wechat.say("o-long", "long 5000")
    eventually(lambda: len(safe.wechat.texts("o-long")) == 3)
    first, *rest = safe.wechat.platform.shown["o-long"]
    assert (first.by, [one.by for one in rest]) == ("passive", ["service", "service"])
    whole = "".join(safe.wechat.texts("o-long"))
    assert whole == ("店小二在这里为您服务。" * 200)[: 5000 // 3]
    assert all(one.text.endswith("。") for one in (first, rest[0]))


def test_what_is_beyond_the_quota_waits_for_the_next_message(safe: Assistant) -> None:
    safe.wechat.say("o-much", "long 20000")
    eventually(lambda: len(safe.wechat.texts("o-much")) == 6)
    assert "回复任意内容" in safe.wechat.texts("o-much")[-1]
    assert len(safe.wechat.texts("o-much")) == 6
    safe.wechat.say("o-much", "继续")
    more = "\n(回复任意内容查看余下内容)"
    whole = ("店小二在这里为您服务。" * 700)[: 20000 // 3]
    eventually(lambda: "".join(safe.wechat.texts("o-much")).replace(more, "") == whole)
    assert safe.wechat.platform.codes[45047] == 0
    assert len([one for one in calls(safe.actions.url) if one["sender"] == "o-much"]) == 1


def test_messages_of_one_customer_are_handled_in_order(safe: Assistant) -> None:
    platform = safe.wechat.platform
    pending = []
    for number in range(5):
        words = f"slow {0.5 - number / 10:.1f} number {number}"
        pending.append(safe.wechat.start(platform.say("o-order", words)))
        time.sleep(0.03)
    for one in pending:
        one.result(30)
    heard = [one["text"][-1] for one in calls(safe.actions.url) if one["sender"] == "o-order"]
    assert heard == list("01234")
    assert [text[-1] for text in safe.wechat.texts("o-order")] == list("01234")


@pytest.mark.parametrize("fresh", [False, True])
def test_three_deliveries_are_one_message(safe: Assistant, fresh: bool) -> None:
    sender = f"o-thrice-{fresh}"
    platform = safe.wechat.platform
    # The third has nearly a second for the way there and back: the machine may be busy.
    platform.fresh_nonces, platform.patience = fresh, 1.0
    try:
        outcome = safe.wechat.say(sender, "slow 2.1 一次", always=True)
    finally:
        platform.fresh_nonces, platform.patience = False, 5.0
    assert outcome.tries == 3
    # Two timed out at the platform; the third carries the answer.
    assert safe.wechat.texts(sender) == ["echo: slow 2.1 一次"]
    assert len([one for one in calls(safe.actions.url) if one["sender"] == sender]) == 1


def test_a_repeat_after_the_answer_carries_it_again(safe: Assistant) -> None:
    platform = safe.wechat.platform
    first = safe.wechat.say("o-again", "再来", message_id="777")
    again = safe.wechat.say("o-again", "再来", message_id="777")
    assert first.answer is not None
    assert len(again.bodies[0]) > 20
    assert len(platform.shown["o-again"]) == 1
    assert len([one for one in calls(safe.actions.url) if one["sender"] == "o-again"]) == 1


def test_a_silent_assistant_answers_success(safe: Assistant) -> None:
    outcome = safe.wechat.say("o-silent", "silent")
    assert outcome.bodies == [b"success"]
    assert outcome.seconds[0] < 3


def test_a_broken_action_server_breaks_nothing(safe: Assistant) -> None:
    assert safe.wechat.say("o-fail", "fail").bodies == [b"success"]
    assert safe.wechat.say("o-fail", "你好").answer is not None
