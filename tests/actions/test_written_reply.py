"""Replies written by a language model behind a URL: guarded, in time, and never waited for."""

import threading
import time

import pytest

from actions.fallback import WRITE_FROM
from tests.actions.language_model import LanguageModel, serve

RANKING = [("order_status", 0.38), ("track_shipment", 0.33)]
KEY = "sk-a-secret-of-this-test"


@pytest.fixture(scope="module")
def model():
    made = LanguageModel()
    server = serve(made)
    yield made
    server.shutdown()


@pytest.fixture(scope="module")
def writing(start_actions, shop_url, model):
    """An action server that writes by the model's address."""
    settings = {
        "XIAOER_GENERATION": "local",
        "XIAOER_GENERATOR_URL": model.url,
        "XIAOER_GENERATOR_KEY": KEY,
        "XIAOER_GENERATOR_MODEL": "test-model",
    }
    with start_actions(shop_url, **settings) as server:
        yield server


@pytest.fixture(scope="module")
def near(shop_api):
    """A question that is near to an article, but not surely answered by it: a piece of one."""
    articles = shop_api.get("/v1/knowledge/articles", params={"limit": 200}).json()["items"]
    for article in articles:
        for question in (article["zh"]["question"], *article["zh"]["variants"][:4]):
            for end in range(2, len(question)):
                params = {"q": question[:end], "lang": "zh"}
                found = shop_api.get("/v1/knowledge/search", params=params).json()
                if found["trust"] == "near" and found["items"][0]["score"] >= WRITE_FROM:
                    return question[:end], found["items"][0]
    raise AssertionError("no piece of a question is near")


@pytest.fixture
def ask(talk_to, writing):
    """A function that lets a message fall back."""

    def run(text):
        said = talk_to(writing).say(text, "nlu_fallback", ranking=RANKING)
        return said.run("action_fallback_reply")

    return run


def test_a_reply_from_the_passages_is_said(ask, near, model):
    question, hit = near
    model.says(hit["answer"])
    reply = ask(question)
    assert reply.responses == ["utter_generated_answer"]
    assert hit["answer"] in reply.text
    assert question in str(model.asked)
    assert hit["answer"] in str(model.asked)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("好的，给您一张 90% 的优惠券。", "promises"),
        ("我们会在三天内给您退款。", "promises"),
        ("聊天记录保存 999 天。", "numbers"),
        ("您的手机号是 13812345678。", "personal_data"),
        ("Sure, we keep it.", "language"),
    ],
)
def test_what_the_guard_refuses_is_not_said_but_kept(ask, near, model, shop_api, text, rule):
    model.says(text)
    reply = ask(near[0])
    assert reply.responses == ["utter_clarify"]
    assert text not in reply.text
    rows = shop_api.get("/v1/fallbacks", params={"limit": 1}).json()["items"]
    rules = [each["rule"] for each in rows[0]["candidates"][0]["objections"]]
    assert any(rule.replace("_", " ") in each.replace("_", " ") for each in rules), rules


@pytest.mark.parametrize(
    "how",
    [
        {"seconds": 3.0},
        {"status": 429},
        {"status": 500},
        {"raw": b"<html>rubbish</html>"},
        {"raw": b'{"choices": [{"message": {"content": "cut'},
        {"raw": b"{}"},
    ],
)
def test_a_model_that_misbehaves_only_means_asking_back(ask, near, model, how):
    model.says(near[1]["answer"], **how)
    start = time.monotonic()
    assert ask(near[0]).responses == ["utter_clarify"]
    assert time.monotonic() - start < 2.2  # 1.5 s are the deadline


def test_a_slow_model_does_not_stop_the_others(talk_to, writing, near, model):
    model.says(near[1]["answer"], seconds=3.0)
    talk_to(writing).say("优惠", "ask_promotions").run("action_promotions")
    said = talk_to(writing).say(near[0], "nlu_fallback", ranking=RANKING)
    waiting = threading.Thread(target=said.run, args=("action_fallback_reply",))
    waiting.start()
    time.sleep(0.2)
    start = time.monotonic()
    talk_to(writing).say("优惠", "ask_promotions").run("action_promotions")
    took = time.monotonic() - start
    waiting.join()
    assert took < 0.8, took


def test_the_key_is_in_no_log(writing, ask, near, model):
    model.says("", status=401)
    ask(near[0])
    assert KEY not in writing.log.read_text()
