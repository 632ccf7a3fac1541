"""What customers write is told to the customers service, and kept only as they agreed."""

import time

import pytest

from tests.actions.customers import known


@pytest.fixture
def customer(shop_api, shop_folder):
    """A customer who agreed that messages be kept."""
    found = known(shop_api, shop_folder / "shop.db", "C00012")
    found.agree(messages=True)
    return found


@pytest.fixture
def conversation(talk, customer):
    return talk(channel="wechat", sender=customer.sender)


def kept(customer, count):
    """The messages, once there are so many; they come beside the conversation."""
    end = time.monotonic() + 5
    while time.monotonic() < end and len(customer.messages()) < count:
        time.sleep(0.02)
    return customer.messages()


def test_a_message_is_kept_with_language_and_sentiment(customer, conversation):
    conversation.say("耳机音质真好", "recommend_product")
    conversation.latest["sentiment"] = {"label": "positive", "confidence": 0.9}
    conversation.run("action_recommend")
    assert kept(customer, 1) == [("耳机音质真好", "zh", "positive")]


def test_the_language_is_that_of_the_message(customer, conversation):
    conversation.say("I like camping", "recommend_product")
    conversation.latest["language"] = {"code": "en", "confidence": 0.9}
    conversation.run("action_recommend")
    assert kept(customer, 1)[0][1] == "en"


def test_personal_data_does_not_leave_the_action_server(customer, conversation):
    conversation.say("打我电话 138 1234 5678", "talk_to_human").run("action_talk_to_human")
    assert kept(customer, 1) == [("打我电话 [phone]", "zh", None)]


def test_messages_that_stories_answered_are_told_with_the_next(customer, conversation):
    conversation.say("谢谢", "thank")
    conversation.events.append({"event": "action", "name": "utter_welcome"})
    conversation.say("有什么推荐", "recommend_product").run("action_recommend")
    assert {row[0] for row in kept(customer, 2)} == {"谢谢", "有什么推荐"}


def test_each_message_is_kept_once(customer, conversation):
    conversation.say("有什么推荐", "recommend_product")
    conversation.again("action_recommend")
    conversation.run("action_recommend")
    conversation.run("action_promotions")
    conversation.say("还有呢", "more_options").run("action_more_products")
    assert [row[0] for row in kept(customer, 2)] == ["有什么推荐", "还有呢"]


def test_buttons_and_answers_to_forms_are_not_told(customer, conversation):
    conversation.say("/browse_categories", "browse_categories").run("action_browse_categories")
    conversation.say("地址改成猫头鹰巷12号3栋501室", "change_address")
    conversation.events.append({"event": "active_loop", "name": "change_address_form"})
    conversation.say("猫头鹰巷12号3栋501室", "inform")
    conversation.events.append({"event": "active_loop", "name": None})
    conversation.run("action_recommend")
    conversation.say("最后一句", "recommend_product").run("action_recommend")
    assert kept(customer, 1) == [("最后一句", "zh", None)]


def test_nothing_is_told_without_consent_or_on_an_open_channel(customer, conversation, talk):
    customer.agree(messages=False)
    conversation.say("不要留下", "recommend_product").run("action_recommend")
    talk(sender=customer.sender).say("也不要", "recommend_product").run("action_recommend")
    time.sleep(0.3)
    customer.agree(messages=True)
    conversation.say("可以留下", "recommend_product").run("action_recommend")
    assert kept(customer, 1) == [("可以留下", "zh", None)]


def test_a_service_that_is_down_is_logged_without_the_text(
    customer, shop_url, start_actions, talk_to
):
    with start_actions(shop_url, CUSTOMERS_URL="http://127.0.0.1:9") as server:
        talker = talk_to(server, channel="wechat", sender=customer.sender)
        said = talker.say("秘密的话", "recommend_product").run("action_recommend")
        assert said.responses == ["utter_recommendations"]
        end = time.monotonic() + 5
        while time.monotonic() < end and "noting a message" not in server.log.read_text():
            time.sleep(0.05)
        log = server.log.read_text()
    assert "noting a message" in log
    assert "秘密的话" not in log
