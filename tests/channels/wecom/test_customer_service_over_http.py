"""WeChat customer service over HTTP: a real `rasa run` that pulls from the platform."""

from __future__ import annotations

import time

import pytest

from tests.channels.wecom.conftest import World
from tests.channels.wecom.customer_service import KF_ID, OTHER_KF_ID
from tests.waiting import eventually

pytestmark = pytest.mark.slow


def say(world: World, customer: str, words: str, **text: str) -> None:
    """A customer writes, and the platform calls."""
    world.platform.kf.customer_writes(KF_ID, customer, "text", {"content": words, **text})
    world.kf.kf(KF_ID)


def texts(world: World, customer: str, count: int) -> list[str]:
    """What the customer reads once it is `count` messages."""
    eventually(lambda: len(world.platform.kf.texts(customer)) >= count)
    time.sleep(0.3)
    return world.platform.kf.texts(customer)


def session(world: World, customer: str):
    """The customer's session on the platform."""
    return world.platform.kf.sessions[(KF_ID, customer)]


def test_the_handshake(world: World) -> None:
    answer = world.kf.verify("12345")
    assert (answer.status_code, answer.text) == (200, "12345")


def test_a_customer_is_answered_and_the_session_becomes_the_bots(world: World, member: str) -> None:
    say(world, member, "有耳机吗")
    assert texts(world, member, 1) == ["echo: 有耳机吗"]
    assert session(world, member).state == 1
    (call,) = world.calls(member)
    assert call["channel"] == "wecom_kf"
    assert call["metadata"]["wecom_kf"]["open_kfid"] == KF_ID


def test_callbacks_that_repeat_and_pages_that_go_on_lose_and_repeat_nothing(
    world: World, member: str
) -> None:
    kf = world.platform.kf
    kf.page = 3
    try:
        for number in range(10):
            kf.customer_writes(KF_ID, f"{member}-{number}", "text", {"content": f"n{number}"})
        token = kf.issue_token(KF_ID)
        for _ in range(4):
            world.kf.kf(KF_ID, token)
        for number in range(10):
            assert texts(world, f"{member}-{number}", 1) == [f"echo: n{number}"]
    finally:
        kf.page = 1000


def test_an_entry_that_cannot_be_read_keeps_no_other_back(world: World, member: str) -> None:
    about = {"open_kfid": KF_ID, "external_userid": member}
    failure = {"event_type": "msg_send_fail", **about, "fail_type": "many"}
    for broken in (
        {"origin": 3, **about, "msgtype": "text", "text": "not an object"},
        {"origin": 3, **about, "msgtype": "text", "send_time": None},
        {"origin": 3, "msgtype": ["text"]},
        {"origin": 4, "msgtype": "event", "event": failure},
        {"origin": 4, "msgtype": "event", "event": {"event_type": {}, **about}},
    ):
        world.platform.kf.log(KF_ID, broken)
    say(world, member, "still there")
    assert texts(world, member, 1) == ["echo: still there"]


def test_an_ended_callback_token_does_not_keep_messages_back(world: World, member: str) -> None:
    kf = world.platform.kf
    kf.customer_writes(KF_ID, member, "text", {"content": "late"})
    token = kf.issue_token(KF_ID)
    kf.expire_callback_tokens()
    world.kf.kf(KF_ID, token)
    assert texts(world, member, 1) == ["echo: late"]
    assert "token" not in kf.pulls[-1]


def test_no_more_than_five_messages_and_the_rest_after_the_next(world: World, member: str) -> None:
    # Twenty thousand bytes are ten messages.
    say(world, member, "long 20000")
    first = texts(world, member, 5)
    assert len(first) == 5
    assert first[-1].endswith("（内容较多，回复任意内容继续查看）")
    assert all(len(text.encode()) <= 2048 for text in first)
    say(world, member, "继续")
    assert len(texts(world, member, 10)) == 10
    say(world, member, "还有什么")
    more = "\n（内容较多，回复任意内容继续查看）"
    whole = "".join(texts(world, member, 11)).replace(more, "")
    sentence = "店小二在这里为您服务。"
    # Who only wants to read on is not answered, and what they say besides is.
    assert whole == f"{(sentence * 2000)[: 20000 // 3]}\n\necho: 还有什么"


def test_bubbles_are_one_message(world: World, member: str) -> None:
    say(world, member, "bubbles 4")
    assert texts(world, member, 1) == ["bubble 1\n\nbubble 2\n\nbubble 3\n\nbubble 4"]


def test_a_clicked_menu_item_is_its_payload(world: World, member: str) -> None:
    say(world, member, "buttons")
    texts(world, member, 1)
    menu = next(m for m in world.platform.kf.sent if m["touser"] == member)["msgmenu"]
    assert menu["head_content"] == "您要做什么?"
    item = menu["list"][0]["click"]
    say(world, member, item["content"], menu_id=item["id"])
    assert texts(world, member, 2)[1] == "intent: order_status {}"


def test_a_menu_id_that_was_not_ours_or_not_theirs_is_only_words(world: World, member: str) -> None:
    say(world, member, "buttons")
    texts(world, member, 1)
    menu = next(m for m in world.platform.kf.sent if m["touser"] == member)["msgmenu"]
    stranger = f"{member}-x"
    say(world, stranger, "/order_status", menu_id=menu["list"][0]["click"]["id"])
    say(world, stranger, "/greet", menu_id="/greet")
    assert texts(world, stranger, 2) == ["echo: ／order_status", "echo: ／greet"]


@pytest.mark.parametrize(
    ("kind", "content", "intent", "entities"),
    [
        ("image", {"media_id": "m1"}, "wecom_image", {"media_id": "m1"}),
        ("voice", {"media_id": "m2"}, "wecom_voice", {"media_id": "m2"}),
        (
            "location",
            {"latitude": 23.1, "longitude": 113.3, "name": "广州塔", "address": "海珠区"},
            "wecom_location",
            {"latitude": "23.1", "longitude": "113.3", "name": "广州塔"},
        ),
        ("channels", {"sub_type": 1}, "wecom_other", {}),
    ],
)
def test_what_has_no_text_is_an_intent(
    world: World, member: str, kind: str, content: dict, intent: str, entities: dict
) -> None:
    world.platform.kf.customer_writes(KF_ID, member, kind, content)
    world.kf.kf(KF_ID)
    texts(world, member, 1)
    (call,) = world.calls(member)
    assert (call["intent"], call["entities"]) == (intent, entities)


def test_the_welcome_is_sent_with_the_events_code(world: World, member: str) -> None:
    code = world.platform.kf.welcome_code(KF_ID, member)
    world.platform.kf.event(KF_ID, member, "enter_session", scene="ad7", welcome_code=code)
    world.kf.kf(KF_ID)
    assert texts(world, member, 1) == ['intent: wecom_enter {"scene": "ad7"}']
    assert world.platform.kf.sent[-1]["event"] is True


def test_a_welcome_without_a_code_is_not_said(world: World, member: str) -> None:
    world.platform.kf.event(KF_ID, member, "enter_session", scene="ad7")
    world.kf.kf(KF_ID)
    time.sleep(1)
    assert not world.calls(member)


def test_a_message_waits_while_the_platform_does_not_tell_the_state(
    world: World, member: str
) -> None:
    world.platform.failures["kf/service_state/get"] += [-1] * 5
    say(world, member, "patience")
    assert texts(world, member, 1) == ["echo: patience"]


def test_a_servicer_has_the_customer_until_the_session_ends(world: World, member: str) -> None:
    say(world, member, 'custom {"wecom_kf": {"transfer": "servicer01", "text": "正在为您转接"}}')
    assert texts(world, member, 1) == ["正在为您转接"]
    assert (session(world, member).state, session(world, member).servicer) == (3, "servicer01")

    say(world, member, "are you human")
    world.platform.kf.servicer_writes(KF_ID, member, "是的")
    world.kf.kf(KF_ID)
    time.sleep(1.5)
    assert texts(world, member, 1) == ["正在为您转接"]  # the bot is silent
    assert len(world.calls(member)) == 1

    session(world, member).state = 4
    world.platform.kf.event(KF_ID, member, "session_status_change", change_type=3,
                            old_servicer_userid="servicer01")  # fmt: skip
    say(world, member, "back again")
    assert texts(world, member, 2)[1] == "echo: back again"


def test_a_customer_can_be_put_into_the_queue(world: World, member: str) -> None:
    say(world, member, 'custom {"wecom_kf": {"transfer": "pool"}}')
    eventually(lambda: session(world, member).state == 2)


def test_a_servicer_who_takes_over_meanwhile_silences_the_bot(world: World, member: str) -> None:
    say(world, member, "first words")
    texts(world, member, 1)
    say(world, member, "slow 2")
    eventually(lambda: len(world.calls(member)) == 2)
    session(world, member).state, session(world, member).servicer = 3, "servicer01"
    time.sleep(3)
    assert len(texts(world, member, 1)) == 1
    assert "the bot is silent" in world.rasa.log.read_text()


def test_a_message_that_failed_after_it_was_taken_comes_with_the_next(
    world: World, member: str
) -> None:
    say(world, member, "echo me")
    texts(world, member, 1)
    failed = next(m for m in world.platform.kf.sent if m["touser"] == member)["msgid"]
    world.platform.kf.event(KF_ID, member, "msg_send_fail", fail_msgid=failed, fail_type=6)
    world.kf.kf(KF_ID)
    eventually(lambda: "failed with type 6" in world.rasa.log.read_text())
    say(world, member, "and now")
    assert texts(world, member, 2)[1] == "echo: echo me\n\necho: and now"


def test_accounts_that_are_not_served_are_left_alone(world: World, member: str) -> None:
    world.platform.kf.customer_writes(OTHER_KF_ID, member, "text", {"content": "hi"})
    pulls = len(world.platform.kf.pulls)
    answer = world.kf.kf(OTHER_KF_ID)
    assert answer is not None
    assert answer.status_code == 200
    time.sleep(0.5)
    assert len(world.platform.kf.pulls) == pulls


def test_a_persons_words_are_pushed_as_the_rules_allow(world: World, member: str) -> None:
    answer = world.push("wecom_kf", member, "您好")
    assert answer.status_code == 502  # nobody wrote yet
    assert "48 hours" in answer.json()["error"]["reason"]
    say(world, member, "hello bot")
    texts(world, member, 1)
    for number in range(4):
        assert world.push("wecom_kf", member, f"words {number}").json()["delivered"]
    answer = world.push("wecom_kf", member, "too many")
    assert answer.json()["error"]["reason"].startswith("The customer was sent five messages")
    session(world, member).state = 3
    session(world, member).sent = 0
    say(world, member, "to the servicer")
    assert texts(world, member, 5)[1:] == [f"小李: words {number}" for number in range(4)]
