"""Customer-service messages: pictures, cards, choices, and what the platform's errors do."""

import pytest
import yaml

from tests.channels.rasa_project import calls
from tests.channels.wechat.conftest import Assistant
from tests.waiting import eventually

pytestmark = pytest.mark.slow


def kinds(assistant: Assistant, sender: str) -> list[tuple[str, str]]:
    return [(one.by, one.kind) for one in assistant.wechat.platform.shown[sender]]


def picture(assistant: Assistant, name: str) -> str:
    settings = assistant.rasa.folder / f"credentials-{assistant.rasa.url.rsplit(':', 1)[1]}.yml"
    base = yaml.safe_load(settings.read_text())["xiaoer.channels.WeChatInput"]["api_base"]
    return f"{base}/pictures/{name}"


def test_a_picture_is_uploaded_once_and_shown(safe: Assistant) -> None:
    platform = safe.wechat.platform
    url = picture(safe, "a.png")
    before = len(platform.uploads)
    safe.wechat.say("o-image", f"image {url}")
    safe.wechat.say("o-image", f"image {url}")
    assert kinds(safe, "o-image") == [("passive", "image")] * 2
    assert len(platform.uploads) == before + 1


def test_a_picture_that_cannot_be_had_becomes_a_link(safe: Assistant) -> None:
    url = picture(safe, "missing.jpg")
    safe.wechat.say("o-no-image", f"请看 image {url}")
    assert safe.wechat.texts("o-no-image") == [f"图片:{url}"]


def test_cards_are_a_list_with_numbered_choices(safe: Assistant) -> None:
    safe.wechat.say("o-cards", "cards")
    (text,) = safe.wechat.texts("o-cards")
    assert "无线耳机 A1\n¥299 · 现货\nhttps://shop.example/a1" in text
    assert "2. 看详情 · 扫地机器人 R2" in text
    safe.wechat.say("o-cards", "2")
    assert safe.wechat.texts("o-cards")[1] == 'intent: order_status {"reference": "r2"}'


def test_a_number_means_a_choice_only_while_choices_stand(safe: Assistant) -> None:
    safe.wechat.say("o-choice", "buttons")
    assert safe.wechat.texts("o-choice") == [
        "您要做什么?\n1. 查订单\n2. 打招呼\n回复数字即可选择。"
    ]
    safe.wechat.say("o-choice", "查订单")
    assert safe.wechat.texts("o-choice")[-1] == "intent: order_status {}"
    # The answer gave no choices: a number is a number again.
    safe.wechat.say("o-choice", "1")
    assert safe.wechat.texts("o-choice")[-1] == "echo: 1"


def test_words_with_a_slash_are_words(safe: Assistant) -> None:
    for words in ("/order_status", ' /order_status{"reference": "x"}', "/restart"):
        safe.wechat.say("o-slash", words)
    heard = [one for one in calls(safe.actions.url) if one["sender"] == "o-slash"]
    assert [one["intent"] for one in heard] == ["nlu_fallback"] * 3
    assert heard[0]["text"] == "\uff0forder_status"


def test_events_and_messages_become_intents(safe: Assistant) -> None:
    platform, say = safe.wechat.platform, safe.wechat.run
    say(platform.event("o-events", "subscribe", {"EventKey": "qrscene_7", "Ticket": "t"}))
    say(platform.event("o-events", "CLICK", {"EventKey": "/order_status"}))
    say(platform.message("o-events", "image", {"PicUrl": "http://p", "MediaId": "m"}))
    assert safe.wechat.texts("o-events") == [
        'intent: wechat_subscribe {"scene": "7", "ticket": "t"}',
        "intent: order_status {}",
        'intent: wechat_image {"media_id": "m", "url": "http://p"}',
    ]


def test_an_event_without_a_rule_is_silent_and_a_message_is_not(safe: Assistant) -> None:
    platform = safe.wechat.platform
    outcome = safe.wechat.run(platform.event("o-rare", "TEMPLATESENDJOBFINISH"))
    assert outcome.bodies == [b"success"]
    safe.wechat.run(platform.message("o-rare", "miniprogrampage", {"Title": "x"}))
    assert "看不懂" in safe.wechat.texts("o-rare")[0]
    assert "o-rare" not in {one["sender"] for one in calls(safe.actions.url)}


def test_who_has_left_is_not_answered(safe: Assistant) -> None:
    outcome = safe.wechat.run(safe.wechat.platform.event("o-left", "unsubscribe"))
    assert outcome.bodies == [b"success"]
    (heard,) = [one for one in calls(safe.actions.url) if one["sender"] == "o-left"]
    assert heard["intent"] == "wechat_unsubscribe"


def test_an_expired_token_is_replaced(safe: Assistant) -> None:
    platform = safe.wechat.platform
    safe.wechat.say("o-token", "long 3000")
    eventually(lambda: len(safe.wechat.texts("o-token")) == 2)
    platform.expire_token()
    safe.wechat.say("o-token", "long 3000")
    eventually(lambda: len(safe.wechat.texts("o-token")) == 4)
    assert platform.codes[40001] >= 1


def test_a_busy_platform_is_tried_again(safe: Assistant) -> None:
    safe.wechat.platform.busy = 2
    safe.wechat.say("o-busy", "long 3000")
    eventually(lambda: len(safe.wechat.texts("o-busy")) == 2)


def test_a_closed_window_keeps_the_rest_for_the_next_message(safe: Assistant) -> None:
    platform = safe.wechat.platform
    pending = safe.wechat.start(platform.say("o-closed", "slow 0.5 long 3000"))
    eventually(lambda: "o-closed" in {one["sender"] for one in calls(safe.actions.url)})
    platform.close_window("o-closed")
    pending.result(20)
    eventually(lambda: platform.codes[45015])
    assert len(safe.wechat.texts("o-closed")) == 1
    safe.wechat.say("o-closed", "新问题")
    whole = "\n\n".join(safe.wechat.texts("o-closed"))
    assert whole.endswith("echo: 新问题")
    assert len(whole.encode()) > 3000


def test_a_few_messages_after_a_click_and_no_more(safe: Assistant) -> None:
    platform = safe.wechat.platform
    key = '/order_status{"reference": "long 20000"}'
    safe.wechat.run(platform.event("o-click", "CLICK", {"EventKey": key}))
    eventually(lambda: len(safe.wechat.texts("o-click")) == 4)
    assert "回复任意内容" in safe.wechat.texts("o-click")[-1]
    assert platform.codes[45047] == 0
