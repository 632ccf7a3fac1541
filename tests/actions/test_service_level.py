"""A customer of the first tier is seen to first, a loyal one is greeted warmly, nobody waits."""

import socket
import time

import pytest

from tests.actions.customers import known


@pytest.fixture
def first(shop_api, shop_folder):
    """A loyal customer of the first tier who agreed to a profile."""
    customer = known(shop_api, shop_folder / "shop.db", "C00011")
    customer.agree(profile=True)
    customer.tag(service_tier="priority", life_cycle="loyal")
    return customer


@pytest.fixture
def talk_as(talk):
    """A function that begins a conversation of a known customer."""

    def begin(customer, language="zh"):
        return talk(language, channel="wechat", sender=customer.sender)

    return begin


def tickets(customer):
    return customer.sql("SELECT priority FROM tickets WHERE sender = ?", customer.sender)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_ticket_of_the_first_tier_is_opened_as_such_and_told(first, talk_as, language):
    said = talk_as(first, language).say("转人工", "talk_to_human").run("action_talk_to_human")
    assert said.responses == ["utter_handoff_waiting_first"]
    assert tickets(first) == [(1,)]
    assert (said.slots["priority"], said.slots["tone"]) == (True, "warm")


def test_without_tickets_a_call_back_of_the_first_tier_is_filed_as_such(
    first, shop_url, start_actions, talk_to
):
    with start_actions(shop_url, HANDOFF_URL="http://127.0.0.1:9") as server:
        conversation = talk_to(server, channel="wechat", sender=first.sender)
        said = conversation.say("转人工", "talk_to_human").run("action_talk_to_human")
    assert said.responses == ["utter_human_requested_first"]
    filed = "SELECT priority FROM service_requests WHERE sender = ?"
    assert first.sql(filed, first.sender) == [(1,)]


def test_a_complaint_of_the_first_tier_is_filed_as_such(first, talk_as):
    conversation = talk_as(first)
    conversation.slots["complaint_text"] = "盒子压坏了"
    said = conversation.say("投诉", "complaint").run("action_file_complaint")
    assert said.responses == ["utter_complaint_filed", "utter_handoff_waiting_first"]
    filed = "SELECT priority FROM service_requests WHERE sender = ?"
    assert first.sql(filed, first.sender) == tickets(first) == [(1,)]


def test_without_consent_to_a_profile_a_customer_waits_as_others_do(first, talk_as):
    first.agree(profile=False)
    said = talk_as(first).say("转人工", "talk_to_human").run("action_talk_to_human")
    assert said.responses == ["utter_handoff_waiting"]
    assert tickets(first) == [(0,)]


def test_on_an_open_channel_nobody_is_asked_for(first, talk):
    said = talk(sender=first.sender).say("转人工", "talk_to_human").run("action_talk_to_human")
    assert said.responses == ["utter_handoff_waiting"]
    assert "tone" not in said.slots


def test_it_is_asked_once_a_conversation(first, talk_as):
    conversation = talk_as(first)
    conversation.say("转人工", "talk_to_human").run("action_talk_to_human")
    first.tag(service_tier="standard", life_cycle="new")
    again = conversation.say("转人工", "talk_to_human").run("action_talk_to_human")
    assert again.responses == ["utter_handoff_waiting_first"]
    assert "tone" not in again.slots
    # Rasa begins a session with the slots of the last one.
    carried = [{"event": "slot", "name": "tone", "value": "warm"}]
    conversation.events += [{"event": "session_started"}, *carried]
    later = conversation.say("转人工", "talk_to_human").run("action_talk_to_human")
    assert later.responses == ["utter_handoff_waiting"]
    assert later.slots["tone"] == "plain"


@pytest.fixture
def silent_service():
    """A service that takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize("down", [True, False])
def test_a_service_that_is_down_or_silent_delays_nobody(
    first, shop_url, start_actions, talk_to, silent_service, down
):
    url = "http://127.0.0.1:9" if down else silent_service
    with start_actions(shop_url, CUSTOMERS_URL=url, XIAOER_LEVEL_TIMEOUT="2") as server:
        conversation = talk_to(server, channel="wechat", sender=first.sender)
        conversation.say("转人工", "talk_to_human")
        start = time.monotonic()
        said = conversation.run("action_talk_to_human")
        took = time.monotonic() - start
        assert said.responses == ["utter_handoff_waiting"]
        assert (said.slots["tone"], said.slots["priority"]) == ("plain", False)
        assert took < 4
        start = time.monotonic()
        conversation.say("转人工", "talk_to_human").run("action_talk_to_human")
        assert time.monotonic() - start < 1.9, "it is not asked again"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("response", ["utter_greet", "utter_goodbye", "utter_welcome"])
def test_rasa_says_the_variations_of_one_tone_only(domain, language, response):
    from rasa.core.nlg.generator import ResponseVariationFilter

    chosen = ResponseVariationFilter(domain["responses"])

    def said(tone):
        slots = {"language": language, "tone": tone}
        found = chosen.responses_for_utter_action(response, "wechat", slots)
        return {each["text"] for each in found}

    plain, warm = said("plain"), said("warm")
    assert plain
    assert warm
    assert not plain & warm
    assert {any("一" <= c <= "鿿" for c in text) for text in plain | warm} == {language == "zh"}
