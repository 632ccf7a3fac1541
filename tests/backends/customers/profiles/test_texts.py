"""What customers write and buy, by the real encoder."""

import asyncio
from datetime import datetime, timezone
from pathlib import Path

import pytest
from sqlalchemy import select

from backends.catalog.snapshot import read_snapshot
from backends.customers.profiles.goods import Goods
from backends.customers.profiles.history import History, Line, Message, Placed, read_histories
from backends.customers.profiles.judging import ModelJudge, RuleJudge
from backends.customers.profiles.model import FILE
from backends.customers.profiles.reckoning import Reckoner
from backends.customers.profiles.sample import sample_of
from backends.customers.profiles.tags import read_tags
from backends.customers.profiles.texts import TextVectors
from backends.customers.profiles.training import Trainer
from backends.db import Database, now
from backends.orders.models import Customer
from backends.search.settings import SearchSettings
from tests.backends.customers.profiled import TAGS
from xiaoer.lm import Encoder

ROOT = Path(__file__).resolve().parents[4]
AT = datetime(2026, 5, 1, tzinfo=timezone.utc)
MOMENT = now()
#: So many customers' messages are read, for the test to be quick.
WRITERS = 25


@pytest.fixture(scope="module")
def texts():
    """Vectors by the bundled encoder; those of the products are kept with other tests' ones."""
    return TextVectors(Encoder.load("bundled", threads=2), ROOT / ".xiaoer" / "tests")


@pytest.fixture(scope="module")
def learnt(seeded_database, texts, tmp_path_factory):
    """A model of the seeded customers, and the catalogue."""

    async def read():
        shop = Database(f"sqlite+aiosqlite:///{seeded_database}")
        try:
            async with shop.read() as session:
                ids = (await session.execute(select(Customer.id))).scalars()
                return await read_snapshot(session), await read_histories(session, ids)
        finally:
            await shop.close()

    snapshot, histories = asyncio.run(read())
    for one in [one for one in histories if one.messages][WRITERS:]:
        one.messages.clear()
    path = tmp_path_factory.mktemp("tags") / "tags.yml"
    path.write_text(TAGS, encoding="utf-8")
    texts.read_products(snapshot)
    trained = Trainer(read_tags(path), histories, Goods(snapshot), texts, MOMENT).train()
    return ModelJudge(trained.model), Goods(snapshot)


@pytest.fixture(scope="module")
def judge(learnt, texts):
    """A function that gives the tag ``interests.outdoor`` of somebody."""
    model, goods = learnt

    def outdoor(*said, bought=()):
        history = History(
            "X",
            orders=[Placed(AT, False, False, [Line(product, 10_000, 1)]) for product in bought],
            messages=[Message(at, text, language, None, AT) for at, (language, text) in enumerate(said)],
            reads_messages=True,
        )  # fmt: skip
        sample = sample_of(history, goods, texts, model.protected, MOMENT)
        return next(tag for tag in model.judge("X", sample) if tag.name == "interests.outdoor")

    return outdoor


@pytest.mark.parametrize(
    ("near", "far"),
    [
        (("en", "a warm sleeping bag for camping, please"), ("en", "which red lipstick lasts longest?")),
        (("zh", "下周去山里露营，睡袋要多厚"), ("zh", "这款口红哪个色号显白")),
    ],
)  # fmt: skip
def test_a_message_that_no_example_holds_speaks_for_its_tag(judge, near, far):
    tag, other = judge(near), judge(far)
    assert tag.probability > 2 * other.probability
    best = next(each for each in tag.evidence if each.piece.kind == "message")
    assert best.piece.value == near[1]
    assert best.effect > 0
    assert best.without < tag.probability


def test_each_message_has_its_own_weight(judge):
    tag = judge(("en", "thanks, that is all"), ("en", "we hike in the mountains every weekend"))
    weights = {
        each.piece.value: each.effect for each in tag.evidence if each.piece.kind == "message"
    }
    assert weights["we hike in the mountains every weekend"] > weights["thanks, that is all"]


def test_a_purchase_is_evidence_by_its_name(judge):
    tag = judge(bought=["OS-3501", "OS-3501", "TY-2501"])
    pieces = {each.piece.name: each.piece for each in tag.evidence if each.piece.kind == "purchase"}
    assert {name: piece.value for name, piece in pieces.items()} == {"OS-3501": 2, "TY-2501": 1}


def test_messages_are_encoded_once_and_kept_in_memory_alone(texts):
    said = ["one message", "another message", "one message"]
    vectors = texts.of_messages(said)
    assert vectors.shape == (3, 384)
    assert (vectors[0] == vectors[2]).all()
    assert texts.of_messages([]).shape == (0, 0)
    assert [path.name for path in (ROOT / ".xiaoer" / "tests").glob("*message*")] == []


def test_a_model_of_another_encoder_is_not_used(learnt, tmp_path):
    learnt[0].model.save(tmp_path / FILE)
    (tmp_path / "tags.yml").write_text(TAGS, encoding="utf-8")
    settings = SearchSettings(state=tmp_path, encoder="")
    assert isinstance(Reckoner(settings, tmp_path / "tags.yml").judge(), RuleJudge)
    settings = SearchSettings(state=tmp_path, encoder="bundled")
    assert isinstance(Reckoner(settings, tmp_path / "tags.yml").judge(), ModelJudge)
