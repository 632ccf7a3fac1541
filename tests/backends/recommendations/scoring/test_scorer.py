"""Scorer against a language model in another process that answers well, badly or never."""

import asyncio
import json
import time

import httpx
import pytest
from structlog.testing import capture_logs

from backends.recommendations.scoring.scorer import Scorer
from backends.recommendations.scoring.settings import ScoringSettings, load_scoring_settings
from backends.setup_error import SetupError
from tests.backends.recommendations.items import candidates, item

KEY = "sk-secret-of-a-test-0123456789"
KNOWN = "Bought: Misttop Early Green Tea"


@pytest.fixture
async def scoring(model_url):
    """A function that makes a scorer of a model's name."""
    made = []

    def make(model="right", deadline=10, **settings):
        given = {"url": model_url, "key": KEY, "model": model, **settings}
        # A busy machine may take longer than a shop is allowed to.
        made.append(Scorer(ScoringSettings(**given).copy(update={"deadline": deadline})))
        return made[-1]

    yield make
    for scorer in made:
        await scorer.close()


def scored(*scores):
    """Candidates in the order of the list, each with the score that the model will give it."""
    return candidates(*(item(f"LA-{at:04}", summary=f"x {s}") for at, s in enumerate(scores)))


async def asked(model_url, model):
    async with httpx.AsyncClient() as client:
        requests = (await client.get(model_url.removesuffix("/v1") + "/requests")).json()
    return [one for one in requests if one["body"]["model"] == model]


async def test_the_order_follows_the_scores(scoring, model_url):
    scorer = scoring(weight=1.0, places=20)
    given = scored(0.1, 0.9, 0.5)
    assert await scorer.rerank(KNOWN, given, "en") == [given[1], given[2], given[0]]
    assert scorer.outcomes == {"reranked": 1}
    (request,) = await asked(model_url, "right")
    body = request["body"]
    assert request["authorization"] == f"Bearer {KEY}"
    assert (body["temperature"], body["n"], body["stream"]) == (0, 1, False)
    assert body["max_tokens"] < 100
    user = json.loads(body["messages"][1]["content"])
    assert user["question"] == KNOWN
    assert user["passages"][0].startswith("1. Name LA-0000; lamps; morrin; 100 CNY; x 0.1")


async def test_only_the_first_twenty_are_scored(scoring, model_url):
    scorer = scoring("right", weight=1.0, places=20)
    before = len(await asked(model_url, "right"))
    given = scored(*(at / 100 for at in range(30)))
    found = await scorer.rerank(KNOWN, given, "zh")
    assert found == [*reversed(given[:20]), *given[20:]]
    request = (await asked(model_url, "right"))[before]
    user = json.loads(request["body"]["messages"][1]["content"])
    assert len(user["passages"]) == 20
    assert "编号" in request["body"]["messages"][0]["content"]


async def test_a_score_moves_a_product_a_bounded_way(scoring):
    given = scored(*[0.0] * 11, 1.0)
    found = await scoring(weight=1.0).rerank(KNOWN, given, "en")
    assert found.index(given[11]) == 6


async def test_what_looks_like_personal_data_is_not_sent(scoring, model_url):
    before = len(await asked(model_url, "right"))
    await scoring().rerank("Wants: tea, call 13900001234", scored(0.1, 0.2), "en")
    request = (await asked(model_url, "right"))[before]
    assert "13900001234" not in json.dumps(request["body"])


@pytest.mark.parametrize("known", ["", " \n"])
async def test_nothing_is_asked_about_nobody(scoring, known):
    scorer = scoring("breaks")
    given = scored(0.1, 0.9)
    assert await scorer.rerank(known, given, "en") == given
    assert scorer.outcomes == {}


async def test_one_product_needs_no_order(scoring):
    scorer = scoring("failing")
    for given in (scored(), scored(0.3)):
        assert await scorer.rerank(KNOWN, given, "en") == given
    assert scorer.outcomes == {}


async def test_without_a_model_the_order_stays():
    scorer = Scorer(ScoringSettings(url=None))
    given = scored(0.1, 0.9)
    assert await scorer.rerank(KNOWN, given, "en") == given
    assert scorer.outcomes == {}
    await scorer.close()


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("slow", "late"),
        ("endless", "late"),
        ("huge", "no_answer"),
        ("very long", "no_answer"),
        ("gzip", "no_answer"),
        ("cut", "no_answer"),
        ("cut chunks", "no_answer"),
        ("hang up", "no_answer"),
        ("busy for long", "no_answer"),
        ("unavailable", "no_answer"),
        ("failing", "no_answer"),
        ("unauthorized", "no_answer"),
        ("redirect", "no_answer"),
        ("html", "no_answer"),
        ("rubbish", "no_answer"),
        ("not json", "no_answer"),
        ("deep", "no_answer"),
        ("no choices", "no_answer"),
        ("empty", "no_answer"),
        ("too long", "no_answer"),
        ("good", "bad_answer"),
        ("one is missing", "bad_answer"),
        ("one is no number", "bad_answer"),
        ("text around", "bad_answer"),
        ("code block", "bad_answer"),
    ],
)
async def test_on_failure_the_order_stays_and_the_kind_is_logged(scoring, model, kind):
    deadline = 0.5 if kind == "late" else 2
    scorer = scoring(model, deadline=deadline)
    given = scored(0.1, 0.9)
    started = time.monotonic()
    with capture_logs() as logs:
        assert await scorer.rerank(KNOWN, given, "en") == given
    assert time.monotonic() - started < deadline + 0.5
    assert scorer.outcomes == {kind: 1}
    (line,) = logs
    assert (line["log_level"], line["kind"]) == ("warning", kind)
    assert KEY not in str(logs)
    assert "Misttop" not in str(logs)


async def test_nobody_listens(scoring, free_port):
    scorer = scoring(url=f"http://127.0.0.1:{free_port()}/v1")
    given = scored(0.1, 0.9)
    assert await scorer.rerank(KNOWN, given, "en") == given
    assert scorer.outcomes == {"no_answer": 1}


async def test_a_model_that_fails_again_and_again_is_left_alone_for_a_while(scoring, model_url):
    scorer = scoring("fails twice", failures=2, rest=0.3, weight=1.0)
    given = scored(0.1, 0.9)
    for _ in range(5):
        assert await scorer.rerank(KNOWN, given, "en") == given
    assert scorer.outcomes == {"no_answer": 2, "circuit_open": 3}
    assert len(await asked(model_url, "fails twice")) == 2
    await asyncio.sleep(0.35)
    assert await scorer.rerank(KNOWN, given, "en") == given[::-1]
    assert scorer.outcomes["reranked"] == 1


async def test_many_at_once(scoring):
    scorer = scoring(weight=1.0)
    given = scored(0.1, 0.9)
    found = await asyncio.gather(*(scorer.rerank(KNOWN, given, "en") for _ in range(30)))
    assert found == [given[::-1]] * 30


@pytest.mark.parametrize(
    ("url", "key"),
    [("ftp://host/v1", KEY), ("nothing", KEY), ("http://me:pw@host/v1", KEY), (None, "with blank")],
)
def test_an_address_or_key_that_cannot_be_used(url, key, monkeypatch):
    monkeypatch.setenv("XIAOER_RECOMMENDATION_LM_URL", url or "http://127.0.0.1:1/v1")
    monkeypatch.setenv("XIAOER_RECOMMENDATION_LM_KEY", key)
    with pytest.raises(SetupError) as error:
        Scorer(load_scoring_settings())
    assert "XIAOER_RECOMMENDATION_LM_URL" in str(error.value)
    assert key not in str(error.value)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DEADLINE", "0"),
        ("DEADLINE", "nan"),
        ("DEADLINE", "60"),
        ("WEIGHT", "1.5"),
        ("PLACES", "-1"),
        ("FAILURES", "0"),
        ("REST", "soon"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(variable, value, monkeypatch):
    monkeypatch.setenv(f"XIAOER_RECOMMENDATION_LM_{variable}", value)
    with pytest.raises(SetupError, match=f"XIAOER_RECOMMENDATION_LM_{variable} "):
        load_scoring_settings()


def test_the_key_is_not_shown(monkeypatch):
    monkeypatch.setenv("XIAOER_RECOMMENDATION_LM_KEY", KEY)
    assert KEY not in repr(load_scoring_settings())
