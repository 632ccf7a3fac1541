"""What counts as a fallback, a hand-over, a word of the staff, a language."""

import pytest

from tests.backends.insights.events.happening import Talk, conversations, taken, turns


async def fallbacks(database, talk):
    await taken(database, talk)
    (one,) = await conversations(database, talk)
    marked = [each.is_fallback for each in await turns(database, talk) if each.author == "customer"]
    assert one.fallbacks == sum(marked)
    return marked


@pytest.mark.parametrize(
    ("intent", "action", "response", "is_fallback"),
    [
        ("nlu_fallback", "action_fallback_reply", "utter_clarify", True),
        ("nlu_fallback", "action_fallback_reply", "utter_generated_answer", True),
        ("nlu_fallback", "action_fallback_reply", "utter_knowledge_answer", False),
        ("ask_faq", "action_fallback_reply", "utter_knowledge_answer", False),
        ("ask_faq", "action_fallback_reply", "utter_knowledge_in_other_language", False),
        ("ask_faq", "action_fallback_reply", "utter_clarify", True),
        ("out_of_scope", "action_fallback_reply", "utter_out_of_scope", True),
        ("search_product", "action_fallback_reply", "utter_clarify", True),
        ("greet", "action_default_fallback", "utter_default", True),
        ("greet", "action_two_stage_fallback", None, True),
        # A form takes what was not understood for an answer.
        ("nlu_fallback", "return_form", "utter_ask_return_reason", False),
        # A rule of a project without that action.
        ("nlu_fallback", "utter_please_rephrase", "utter_please_rephrase", True),
        ("search_product", "action_search_products", "utter_search_results", False),
    ],
)
async def test_a_fallback(database, intent, action, response, is_fallback):
    talk = Talk().session().user("嗯？", intent).reply(action, "…", response)
    assert await fallbacks(database, talk) == [is_fallback]


async def test_a_fallback_is_that_of_the_message_it_answers(database):
    talk = Talk().session().user("你好").reply("utter_greet", "好", "utter_greet")
    talk.user("啊？", "nlu_fallback").reply("action_fallback_reply", "?", "utter_clarify")
    talk.user("谢谢", "thanks").reply("utter_welcome", "不客气", "utter_welcome")
    assert await fallbacks(database, talk) == [False, True, False]


async def test_a_fallback_whose_answer_comes_in_a_later_batch(database):
    talk = Talk().session().user("啊？", "nlu_fallback")
    assert await fallbacks(database, talk) == [False]
    talk.reply("action_fallback_reply", "?", "utter_clarify")
    assert await fallbacks(database, talk) == [True]


async def test_a_person_s_talk_is_no_failure(database):
    """While a person has the conversation the assistant hears, forwards and is silent."""
    talk = Talk("wechat").session().user("找人工", "talk_to_human")
    talk.action("action_talk_to_human").slot("handoff", "T000000000001").bot("稍等")
    talk.action("action_listen")
    talk.user("我的衣服破了", "nlu_fallback", seconds=20)
    talk.action("action_forward_to_staff").action("action_listen")
    talk.user("怎么办", "nlu_fallback", seconds=20)
    talk.action("action_forward_to_staff").action("action_listen")
    talk.add(
        "bot", 60, text="小美: 给您换一件", data={}, metadata={"staff": "小美", "outbound_id": "1"}
    )
    talk.user("好的", "affirm").action("action_forward_to_staff").action("action_listen")
    assert await fallbacks(database, talk) == [False] * 4
    (one,) = await conversations(database, talk)
    assert one.handed_over
    assert (one.customer_turns, one.bot_turns) == (4, 1)
    # The assistant answered once and the person once; what nobody answered is no wait.
    assert one.answers == 2
    said = [(each.author, each.text) for each in await turns(database, talk)]
    assert ("staff", "[name]: 给您换一件") in said


async def test_staff_s_words_that_an_action_says_are_theirs(database):
    talk = Talk().session().user("在吗").action("action_forward_to_staff")
    talk.bot("客服小美: 在的", "utter_staff_says")
    await taken(database, talk)
    assert [each.author for each in await turns(database, talk)] == ["customer", "staff"]


@pytest.mark.parametrize(
    ("happens", "handed_over"),
    [
        (lambda talk: talk.action("action_file_complaint").slot("handoff", "T1"), True),
        (lambda talk: talk.action("action_fallback_reply").slot("handoff", "T1"), True),
        (lambda talk: talk.add("pause"), True),
        # No ticket could be opened.
        (lambda talk: talk.action("action_talk_to_human").slot("handoff", None), False),
        (lambda talk: talk.action("action_listen"), False),
        # Of the session before, set again.
        (lambda talk: talk.action("action_session_start").slot("handoff", "T1"), False),
        # Nobody took it in time: the message is the assistant's again.
        (
            lambda talk: talk.action("action_forward_to_staff").add("rewind").slot("handoff", "T1"),
            False,
        ),
    ],
)
async def test_handed_over(database, happens, handed_over):
    talk = Talk().session().user("你好")
    happens(talk)
    talk.reply("a", "b")
    await taken(database, talk)
    assert [each.handed_over for each in await conversations(database, talk)] == [handed_over]


async def test_the_language_is_that_of_most_turns(database):
    talk = Talk().session().user("hi", language="en").reply("a", "b").user("你好").user("在吗")
    await taken(database, talk)
    assert [each.language for each in await conversations(database, talk)] == ["zh"]


async def test_a_button_is_in_the_language_the_customer_is_spoken_to(database):
    talk = Talk().session().user("hello", language="en").slot("language", "en").reply("a", "b")
    talk.user('/order_status{"x": 1}', "order_status", language="unknown").reply("a", "b")
    await taken(database, talk)
    found = [each.language for each in await turns(database, talk) if each.author == "customer"]
    assert found == ["en", "en"]


async def test_sentiment_and_language_as_entities_count_too(database):
    whole = [
        {"entity": "language", "value": "en", "start": 0, "end": 9},
        {"entity": "sentiment", "value": "negative", "start": 0, "end": 9},
    ]
    talk = Talk().session().user("it's bad!", language="none", sentiment="none", entities=whole)
    await taken(database, talk)
    (one,) = await turns(database, talk)
    assert (one.language, one.sentiment, one.entities) == ("en", "negative", [])


async def test_what_no_customer_said_is_no_turn(database):
    talk = Talk("wechat").session()
    talk.user("/wechat_subscribe", "wechat_subscribe").reply("utter_greet", "欢迎")
    talk.user("EXTERNAL: handoff_ended", "handoff_ended", metadata={"is_external": True})
    talk.user("/restart", "restart").user("/session_start", "session_start")
    counts = await taken(database, talk)
    assert counts.taken_in == 1
    (one,) = await conversations(database, talk)
    assert (one.customer_turns, one.bot_turns, one.first_customer_at) == (0, 1, None)


async def test_the_model_is_the_one_that_answered_last(database):
    talk = Talk(model="old").session().user("一").reply("a", "二")
    talk.model = "new"
    talk.user("三").reply("a", "四")
    await taken(database, talk)
    assert [each.model for each in await conversations(database, talk)] == ["new"]
