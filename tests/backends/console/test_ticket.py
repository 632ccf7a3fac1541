"""A ticket's page by plain forms, as a browser without scripts sends them."""

import re
from html import unescape

import pytest

from tests.waiting import eventually

POSTS = {
    "take": {"any": "thing"},
    "reply": {"text": "hello", "key": "k"},
    "note": {"text": "a note", "key": "n"},
    "transfer": {"to": "queue"},
    "close": {"text": "agreed"},
}


def number(desk, username):
    return str(desk.shop.sql("SELECT id FROM staff WHERE username = ?", username)[0][0])


def said(staff, talk):
    """The bubbles of the page: who said it, what."""
    page = staff.get(talk.path).text
    return re.findall(
        r'class="entry (customer|bot|staff|note)"[\s\S]*?class="bubble"[^>]*>([\s\S]*?)</div>', page
    )


def delivery(staff, talk):
    return re.findall(r'id="delivery-\d+">([^<]+)<', unescape(staff.get(talk.path).text))


def test_from_taking_to_closing(desk):
    talk = desk.talk(
        summary="The lid is broken", slots={"order_number": "XD1"},
        transcript=[
            {"author": "customer", "text": "It is broken", "at": "2026-11-26T08:00:00Z"},
            {"author": "bot", "text": "I am sorry", "at": "2026-11-26T08:00:01Z"},
        ],
    )  # fmt: skip
    ann = desk.staff("ann")
    page = ann.get(talk.path).text
    assert "The lid is broken" in page
    assert "<dt>Order</dt><dd>XD1</dd>" in page
    assert 'id="reply"' not in page

    assert ann.post(f"{talk.path}/take").headers["location"] == talk.path
    assert ann.post(f"{talk.path}/reply", text="Hello,\r\nlet me see", key="a").status_code == 303
    eventually(lambda: desk.outbound.texts(talk.sender) == ["Hello,\nlet me see"])
    talk.say("Thank you")
    assert ann.post(f"{talk.path}/note", text="Send a new lid", key="b").status_code == 303
    assert said(ann, talk) == [
        ("customer", "It is broken"), ("bot", "I am sorry"), ("staff", "Hello,\nlet me see"),
        ("customer", "Thank you"), ("note", "Send a new lid"),
    ]  # fmt: skip
    eventually(lambda: delivery(ann, talk) == ["Sent"])

    assert ann.post(f"{talk.path}/close", text="A new lid comes").status_code == 303
    eventually(
        lambda: any(name == "handoff_ended" for name, _ in desk.outbound.intents(talk.sender))
    )
    ended = dict(desk.outbound.intents(talk.sender))["handoff_ended"]
    assert ended["agreed"] == "A new lid comes"
    page = ann.get(talk.path).text
    assert "This conversation has ended." in page
    assert 'action="' + talk.path + '/reply"' not in page


def test_what_became_of_each_reply_is_shown(desk):
    ann = desk.staff("ann")
    for channel, shown in (
        ("wechat", "Sent"),
        ("rest", "Waits until the customer writes"),
        ("refusing", "Not delivered: 45047 out of quota"),
    ):
        talk = desk.talk(channel)
        ann.post(f"{talk.path}/take")
        ann.post(f"{talk.path}/reply", text="hello", key="k")
        eventually(lambda talk=talk, shown=shown: delivery(ann, talk) == [shown])
        if channel == "rest":
            assert [one["text"] for one in talk.say("I am here")["messages"]] == ["hello"]
            assert delivery(ann, talk) == ["Received with the customer's next message"]


def test_a_reply_sent_twice_is_said_once(desk):
    talk, ann = desk.talk(), desk.staff("ann")
    ann.post(f"{talk.path}/take")
    for _ in range(2):
        assert ann.post(f"{talk.path}/reply", text="once", key="same").status_code == 303
    assert said(ann, talk) == [("staff", "once")]


def test_each_page_has_other_keys(desk):
    talk, ann = desk.talk(), desk.staff("ann")
    ann.post(f"{talk.path}/take")
    keys = [re.findall(r'name="key" value="([^"]+)"', ann.get(talk.path).text) for _ in range(2)]
    assert len({*keys[0], *keys[1]}) == 4


@pytest.mark.parametrize("what", POSTS)
def test_no_post_without_the_word_of_this_login(desk, what):
    talk, ann, bo = desk.talk(), desk.staff("ann"), desk.staff("bo")
    if what != "take":
        ann.post(f"{talk.path}/take")
    before = desk.shop.sql("SELECT version FROM tickets WHERE reference = ?", talk.reference)
    for word in ({}, {"form_word": ""}, {"form_word": bo.word}):
        answer = ann.http.post(f"{talk.path}/{what}", data={**POSTS[what], **word})
        assert answer.status_code == 403, what
    # Neither does a page of another site get through with a word it has learnt.
    alien = {"Sec-Fetch-Site": "cross-site"}
    fields = {**POSTS[what], "form_word": ann.word}
    assert ann.http.post(f"{talk.path}/{what}", data=fields, headers=alien).status_code == 403
    stranger = desk.stranger()
    answer = stranger.http.post(f"{talk.path}/{what}", data=fields)
    assert answer.headers["location"].startswith("/staff/login")
    assert stranger.http.post(f"{talk.path}/{what}", json=fields).status_code == 303
    assert ann.http.post(f"{talk.path}/{what}", json=fields).status_code == 400
    after = desk.shop.sql("SELECT version FROM tickets WHERE reference = ?", talk.reference)
    assert after == before


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("take", "A colleague has this conversation."),
        ("reply", "Only the person who has the conversation can reply."),
        ("transfer", "A colleague has this conversation."),
        ("close", "A colleague has this conversation."),
    ],
)
def test_an_agent_does_not_act_for_a_colleague(desk, what, sentence):
    talk, ann, bo = desk.talk(), desk.staff("ann"), desk.staff("bo")
    ann.post(f"{talk.path}/take")
    answer = bo.post(f"{talk.path}/{what}", **POSTS[what])
    assert answer.status_code == 409
    assert sentence in answer.text
    assert "· Ann" in ann.get(talk.path).text
    assert bo.post(f"{talk.path}/note", text="seen", key="n").status_code == 303


def test_what_a_colleague_has_ended_takes_no_note_of_others(desk):
    talk, ann, bo = desk.talk(), desk.staff("ann"), desk.staff("bo")
    ann.post(f"{talk.path}/take")
    ann.post(f"{talk.path}/close")
    refused = bo.post(f"{talk.path}/note", text="late", key="n")
    assert refused.status_code == 404
    assert "A colleague has ended this conversation." in refused.text
    assert ann.post(f"{talk.path}/note", text="late", key="n").status_code == 303
    assert said(ann, talk) == [("note", "late")]


def test_a_supervisor_takes_over_transfers_and_closes_any(desk):
    ann, sue = desk.staff("ann"), desk.staff("sue")
    for what in ("take", "transfer", "close"):
        talk = desk.talk()
        ann.post(f"{talk.path}/take")
        fields = {"to": number(desk, "bo")} if what == "transfer" else POSTS[what]
        assert sue.post(f"{talk.path}/{what}", **fields).status_code == 303
    waiting = desk.talk()
    assert sue.post(f"{waiting.path}/transfer", to=number(desk, "bo")).status_code == 303
    assert "In talk · Bo" in ann.get(waiting.path).text


def test_a_transfer_carries_a_note(desk):
    talk, ann, bo = desk.talk(), desk.staff("ann"), desk.staff("bo")
    ann.post(f"{talk.path}/take")
    ann.post(f"{talk.path}/transfer", to=number(desk, "bo"), text="Speaks about a refund")
    assert ("note", "Speaks about a refund") in said(bo, talk)
    assert "Ann gave it to Bo" in bo.get(talk.path).text
    assert 'id="reply"' in bo.get(talk.path).text
    bo.post(f"{talk.path}/transfer", to="queue")
    assert "Bo put it back into the queue" in ann.get(talk.path).text
    assert "Waiting" in ann.get(talk.path).text


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("reply", {"text": " \n ", "key": "k"}),
        ("reply", {"text": "x" * 4001, "key": "k"}),
        ("reply", {"text": "bell \x07", "key": "k"}),
        ("reply", {"text": "no key"}),
        ("note", {"text": "", "key": "k"}),
        ("transfer", {"to": "nobody"}),
        ("transfer", {"to": "99999"}),
        ("transfer", {}),
        ("close", {"text": "x" * 4001}),
    ],
)
def test_what_cannot_be_used_changes_nothing(desk, what, fields):
    talk, ann = desk.talk(), desk.staff("ann")
    ann.post(f"{talk.path}/take")
    answer = ann.post(f"{talk.path}/{what}", **fields)
    assert answer.status_code in (400, 404)
    assert said(ann, talk) == []
    assert "In talk · Ann" in ann.get(talk.path).text


def test_nobody_takes_more_than_they_said(desk):
    pat = desk.staff("pat")
    assert pat.post("/staff/me", name="Pat", languages="en", most_tickets="1").status_code == 303
    first, second = desk.talk(), desk.talk()
    assert pat.post(f"{first.path}/take").status_code == 303
    refused = pat.post(f"{second.path}/take")
    assert refused.status_code == 409
    assert "as many conversations as you take" in refused.text
    pat.post(f"{first.path}/close")
    assert pat.post(f"{second.path}/take").status_code == 303


def test_a_quick_text_fills_the_box_without_a_script(desk):
    talk, ann = desk.talk(language="zh"), desk.staff("ann")
    ann.post(f"{talk.path}/take")
    page = ann.get(f"{talk.path}?quick=0").text
    assert re.search(r'<textarea id="reply"[^>]*>您好，我是Ann', page)
    assert re.search(
        r'<textarea id="reply"[^>]*></textarea>', ann.get(f"{talk.path}?quick=99").text
    )


def test_news_are_what_came_after(desk):
    talk, ann = desk.talk(), desk.staff("ann")
    ann.post(f"{talk.path}/take")
    page = ann.get(talk.path).text
    last = re.search(r'id="last" name="after" value="(\d+)"', page)[1]
    stance = re.search(r'name="stance" value="(\d+)"', page)[1]
    talk.say("one more thing")
    news = ann.get(f"{talk.path}/news?after={last}&stance={stance}").text
    assert re.findall(r'class="bubble"[^>]*>([^<]*)<', news) == ["one more thing"]
    assert 'id="composer"' not in news
    desk.staff("sue").post(f"{talk.path}/take")
    news = ann.get(f"{talk.path}/news?after={last}&stance={stance}").text
    assert 'id="composer"' in news
    assert "Sue has this conversation" in news
