"""Events become conversations: each turn once, whatever order and company they come in."""

import random
import time
from datetime import datetime, timezone

import pytest
from sqlalchemy import update

from backends.insights.events.models import Conversation
from tests.backends.insights.events.happening import (
    Talk,
    conversations,
    taken,
    taken_raw,
    turns,
)


async def test_a_conversation_with_its_sums(database):
    talk = Talk("wechat").session()
    talk.user("你好", sentiment="positive").reply("utter_greet", "您好!", "utter_greet")
    talk.user("有耳机吗", "search_product", 30).reply("action_search", "有的")
    talk.user("do you ship abroad", "ask_faq", 20, language="en", sentiment="negative")
    counts = await taken(database, talk)
    assert (counts.taken_in, counts.repeated, counts.refused) == (5, 0, {})
    (one,) = await conversations(database, talk)
    assert (one.channel, one.sender, one.model, one.language) == ("wechat", talk.sender, "m1", "zh")
    assert (one.customer_turns, one.bot_turns, one.fallbacks) == (3, 2, 0)
    assert (one.negative, one.neutral, one.positive) == (1, 1, 1)
    assert one.intents == {"greet": 1, "search_product": 1, "ask_faq": 1}
    assert (one.first_answer_ms, one.answers, one.answer_ms) == (60, 2, 120)
    assert (one.handed_over, one.counted) == (False, False)
    first, *_, last = await turns(database, talk)
    assert one.started_at == one.first_customer_at == moment(first.at_ms)
    assert one.last_at == moment(last.at_ms)
    assert (first.confidence, first.sentiment, first.language) == (0.9, "positive", "zh")


def moment(at_ms):
    return datetime.fromtimestamp(at_ms / 1000, timezone.utc)


async def test_an_event_twice_makes_one_turn(database):
    talk = Talk().session().user("一").reply("utter_greet", "二").user("三").reply("a", "四")
    first = await taken(database, talk)
    before = [(each.key, each.text) for each in await turns(database, talk)]
    again = await taken(database, talk)
    assert (first.taken_in, again.taken_in, again.repeated) == (4, 0, 4)
    assert [(each.key, each.text) for each in await turns(database, talk)] == before
    # Also twice in one batch.
    other = Talk().session().user("一").reply("utter_greet", "二")
    counts = await taken_raw(database, other.raws() * 3)
    assert (counts.taken_in, counts.repeated) == (2, 4)


async def test_what_is_counted_is_counted_anew_only_when_something_new_comes(database):
    talk = Talk().session().user("一").reply("a", "二")
    await taken(database, talk)
    async with database.write() as session:
        mine = update(Conversation).where(Conversation.sender == talk.sender)
        await session.execute(mine.values(counted=True))
    await taken(database, talk)
    assert [each.counted for each in await conversations(database, talk)] == [True]
    talk.user("三")
    await taken(database, talk)
    assert [each.counted for each in await conversations(database, talk)] == [False]


def shown(conversation):
    """All that a conversation's row says but for its number."""
    columns = conversation.__table__.columns.keys()
    return {name: getattr(conversation, name) for name in columns if name != "id"}


@pytest.mark.parametrize("seed", range(8))
async def test_events_in_any_order_make_the_same_conversation(database, seed):
    """Of any cut into batches and any order within and between them."""
    talk = Talk().session()
    for number in range(6):
        talk.user(f"第{number}句", "search_product" if number % 2 else "greet", 40)
        if number != 3:
            talk.reply("action_search", f"答{number}", "utter_search_results")
    await taken(database, talk)
    # The sender's row would tell of the latest action: another sender with the same events.
    other = Talk()
    other.events = [{**event, "sender_id": other.sender} for event in talk.events]
    shuffled = other.raws()
    random.Random(seed).shuffle(shuffled)
    size = random.Random(-seed).randint(1, len(shuffled))
    for start in range(0, len(shuffled), size):
        await taken_raw(database, shuffled[start : start + size])
    expected, found = await conversations(database, talk), await conversations(database, other)
    same = [{**shown(each), "sender": "", "model": ""} for each in found]
    assert same == [{**shown(each), "sender": "", "model": ""} for each in expected]
    assert [each.text for each in await turns(database, other)] == [
        each.text for each in await turns(database, talk)
    ]


async def test_after_an_hour_of_quiet_or_a_new_session_another_conversation_begins(database):
    talk = Talk(at=time.time() - 40_000).session()
    talk.user("一").reply("a", "二").user("三", seconds=3590).reply("a", "四")
    talk.user("五", seconds=3700).reply("a", "六")
    talk.session(60).user("七").reply("a", "八")
    await taken(database, talk)
    found = await conversations(database, talk)
    assert [each.customer_turns for each in found] == [2, 1, 1]
    # The same from one event a time, and once more from what is there.
    other = Talk()
    other.events = [{**event, "sender_id": other.sender} for event in talk.events]
    for raw in other.raws() * 2:
        await taken_raw(database, [raw])
    assert [each.customer_turns for each in await conversations(database, other)] == [2, 1, 1]


async def test_a_late_event_goes_to_the_conversation_of_its_time(database):
    talk = Talk(at=time.time() - 40_000).session()
    talk.user("早", seconds=1).reply("a", "b")
    late = Talk(at=talk.at + 5)
    late.sender = talk.sender
    late.user("迟到", message_id="late")
    talk.session(7200).user("晚").reply("a", "b")
    await taken(database, talk)
    await taken(database, late)
    first, second = await conversations(database, talk)
    assert (first.customer_turns, second.customer_turns) == (2, 1)
    assert [each.text for each in await turns(database, talk)][2] == "迟到"


async def test_one_sender_on_two_channels_has_two_conversations(database):
    talk = Talk("rest").session().user("一").reply("a", "二")
    talk.channel = "slack"
    talk.user("三").reply("a", "四")
    await taken(database, talk)
    found = await conversations(database, talk)
    assert [(each.channel, each.customer_turns, each.bot_turns) for each in found] == [
        ("rest", 1, 1),
        ("slack", 1, 1),
    ]


async def test_words_before_the_customer_s_own_belong_to_their_conversation(database):
    talk = Talk("web").add("bot", text="新品到店", data={}, metadata={"outbound_id": "1"})
    talk.user("多少钱").reply("a", "9元")
    await taken(database, talk)
    (one,) = await conversations(database, talk)
    assert (one.channel, one.bot_turns, one.customer_turns) == ("web", 2, 1)
    assert one.answers == 1
    assert one.first_customer_at > one.started_at


async def test_an_answer_answers_the_first_of_several_messages(database):
    talk = Talk().session().user("一").user("二", seconds=5).reply("a", "好").bot("还有")
    await taken(database, talk)
    (one,) = await conversations(database, talk)
    assert (one.answers, one.first_answer_ms, one.answer_ms) == (1, 5060, 5060)


async def test_a_message_handed_back_is_one_turn(database):
    """Rasa tells of it twice, with another moment: an action heard it first and gave it back."""
    talk = Talk().session().user("谢谢", message_id="m")
    talk.action("action_take_feedback").add("rewind").action("action_listen")
    talk.user(
        "谢谢", seconds=0.01, message_id="m", metadata={"handed_back": ["action_take_feedback"]}
    )
    talk.reply("utter_welcome", "不客气")
    counts = await taken(database, talk)
    assert (counts.taken_in, counts.repeated) == (2, 1)
    # Rasa's own fallbacks do the same without saying so.
    other = Talk().session().user("嗯").action("action_default_fallback").add("rewind")
    other.user("嗯", seconds=0.01).reply("utter_default", "?")
    counts = await taken(database, other)
    assert (counts.taken_in, counts.repeated) == (2, 1)
    # Whereas a customer may well say the same again.
    again = Talk().session().user("在吗").reply("a", "在").user("在吗").reply("a", "在")
    assert (await taken(database, again)).taken_in == 4


async def test_a_flood_is_cut_into_conversations(database):
    talk = Talk(at=time.time() - 9000).session()
    for number in range(1100):
        talk.user(f"{number}", seconds=1)
    assert (await taken(database, talk)).taken_in == 1100
    found = await conversations(database, talk)
    assert [each.customer_turns for each in found] == [1000, 100]
    assert (await taken(database, talk)).repeated == 1100
