"""Training on the seeded shop: what it may see, what it learns, and how it is interrupted."""

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from random import Random

import numpy as np
import pytest
from filelock import FileLock
from sklearn.metrics import roc_auc_score
from sqlalchemy import select

from backends.catalog.snapshot import read_snapshot
from backends.customers.profiles.goods import Goods
from backends.customers.profiles.history import read_histories
from backends.customers.profiles.judging import ModelJudge, RuleJudge
from backends.customers.profiles.model import FILE, ProfileModel
from backends.customers.profiles.sample import sample_of
from backends.customers.profiles.tags import read_tags
from backends.customers.profiles.texts import TextVectors
from backends.customers.profiles.training import Trainer
from backends.db import Database, now
from backends.orders.models import Customer
from backends.seed.customers import make_people
from backends.seed.history import CUSTOMERS
from backends.seed.material import Demo, People
from backends.seed.material import read as read_file
from backends.seed.run import NUMBER
from backends.seed.wares import read_wares
from backends.setup_error import SetupError
from tests.backends.customers.profiled import SEGMENTS, TAGS

ROOT = Path(__file__).resolve().parents[4]
MOMENT = now()


@pytest.fixture
def database(seeded_database, tmp_path):
    return Path(shutil.copy(seeded_database, tmp_path / "shop.db"))


@pytest.fixture
def files(tmp_path):
    folder = tmp_path / "customers"
    folder.mkdir()
    (folder / "tags.yml").write_text(TAGS, encoding="utf-8")
    (folder / "segments.yml").write_text(SEGMENTS, encoding="utf-8")
    return folder


@pytest.fixture
def env(database, files, tmp_path):
    return {
        "DATABASE_URL": f"sqlite+aiosqlite:///{database}",
        "XIAOER_CUSTOMERS_DATA": str(files),
        "XIAOER_STATE_DIR": str(tmp_path / "state"),
    }


def sql(database, statement, *values):
    with closing(sqlite3.connect(database)) as connection, connection:
        return connection.execute(statement, values).fetchall()


async def read(database):
    shop = Database(f"sqlite+aiosqlite:///{database}")
    try:
        async with shop.read() as session:
            ids = (await session.execute(select(Customer.id))).scalars()
            return await read_snapshot(session), await read_histories(session, ids)
    finally:
        await shop.close()


async def tastes_of(database):
    """The categories that each invented customer prefers."""
    shop = Database(f"sqlite+aiosqlite:///{database}")
    async with shop.read() as session:
        wares = await read_wares(session)
    await shop.close()
    folder = ROOT / "data" / "shop"
    persons = make_people(
        CUSTOMERS, read_file(folder, "demo_orders.yml", Demo), read_file(folder, "people.yml", People),
        wares, MOMENT, Random(f"{NUMBER}:people"),
    )  # fmt: skip
    return {one.id: set(one.taste) for one in persons}


async def trained(database, files):
    snapshot, histories = await read(database)
    texts = TextVectors(None, files)
    book = read_tags(files / "tags.yml")
    return Trainer(book, histories, Goods(snapshot), texts, MOMENT).train()


def tensors(model):
    return [
        model.vectorizer.mean,
        model.vectorizer.scale,
        *(part for one in model.classifiers for part in (one.softmax.weights, one.softmax.bias)),
    ]


async def test_protected_attributes_change_nothing(database, files):
    before = tensors((await trained(database, files)).model)
    for statement in (
        "UPDATE customers SET name = 'Zoë ' || id, language = CASE language WHEN 'zh' THEN 'en' "
        "ELSE 'zh' END, created_at = '2001-01-01 00:00:00.000000', "
        "phone = '188' || substr('0000000' || rowid, -8)",
        "UPDATE orders SET address = 'Somewhere else ' || number, carrier = 'X', "
        "tracking_number = NULL, cancel_reason = 'my faith'",
        "UPDATE shipment_events SET place_zh = '别处', place_en = 'elsewhere'",
        "UPDATE invoices SET title = 'Dr.', email = 'a@example.com'",
        "UPDATE returns SET reason = 'my health'",
        "UPDATE interactions SET channel = 'slack', sender = 'U' || id",
    ):
        sql(database, statement)
    after = tensors((await trained(database, files)).model)
    assert all(np.array_equal(one, other) for one, other in zip(before, after, strict=True))
    sql(database, "UPDATE order_items SET price_fen = price_fen * 2")
    changed = tensors((await trained(database, files)).model)
    assert not all(np.array_equal(one, other) for one, other in zip(before, changed, strict=True))


async def test_who_has_not_agreed_teaches_nothing(database, files):
    everybody = await read(database)
    covered = {one.customer for one in everybody[1]}
    refusing = sql(
        database, "SELECT id FROM customers WHERE id NOT IN (SELECT customer_id FROM consents)"
    )
    assert refusing
    assert not covered & {row[0] for row in refusing}
    assert 0 < sum(one.reads_messages for one in everybody[1]) < len(covered)
    assert all(one.reads_messages or not one.messages for one in everybody[1])
    sql(database, "DELETE FROM consents WHERE purpose = 'profile'")
    with pytest.raises(SetupError, match="Only 0 customers have a history and consent"):
        await trained(database, files)


async def test_the_tags_are_learnt_and_the_figures_come_from_customers_held_out(database, files):
    found = await trained(database, files)
    assert found.left_out == ()
    assert found.labelled["price_band.low"] > 20
    for group in ("price_band", "interests"):
        figures = found.model.figures[group]
        assert figures.accuracy > figures.majority + 0.03
        assert figures.calibration_error < 0.1
    assert found.model.figures["interests"].customers == found.customers


async def test_the_model_finds_tastes_that_the_rules_miss(database, files):
    """The seed knows what each customer likes; neither rules nor model were told."""
    snapshot, histories = await read(database)
    book, texts, goods = read_tags(files / "tags.yml"), TextVectors(None, files), Goods(snapshot)
    model = Trainer(book, histories, goods, texts, MOMENT).train().model
    rule, found, likes = [], [], []
    tastes = await tastes_of(database)
    for one in histories:
        sample = sample_of(one, goods, texts, book.protected, MOMENT)
        tags = {tag.name: tag for tag in ModelJudge(model).judge(one.customer, sample)}
        found.append(tags["interests.outdoor"].probability)
        names = {tag.name for tag in RuleJudge(book).judge(one.customer, sample)}
        rule.append("interests.outdoor" in names)
        likes.append("outdoor" in tastes[one.customer])
    assert roc_auc_score(likes, found) > roc_auc_score(likes, rule) + 0.08
    assert roc_auc_score(likes, found) > 0.8


async def test_a_tag_without_examples_enough_is_left_out_and_told(database, files):
    path = files / "tags.yml"
    path.write_text(TAGS.replace('price_level: ">= 0.6"', 'price_level: "> 5"'), encoding="utf-8")
    found = await trained(database, files)
    assert found.left_out == (
        "price_band.high has 0 examples among texts and customers; at least 5 are needed.",
        "price_band: fewer than two of its tags can be learnt.",
    )
    assert {one.group for one in found.model.classifiers} == {"interests"}


async def test_a_category_that_the_shop_has_not(database, files):
    path = files / "tags.yml"
    path.write_text(TAGS.replace("bought_share.outdoor", "bought_share.boats"), encoding="utf-8")
    with pytest.raises(SetupError, match="tag outdoor: when knows no bought_share"):
        await trained(database, files)


def test_a_second_training_is_told_of_the_first(run_backends, env, tmp_path):
    lock = (tmp_path / "state" / FILE).with_suffix(".lock")
    lock.parent.mkdir(parents=True)
    with FileLock(lock):
        for command in ("train", "refresh"):
            done = run_backends("customers", command, env=env)
            assert (done.returncode, done.stderr.strip()) == (
                1, "Another run over the profiles is under way: wait until it has finished."
            )  # fmt: skip


def test_a_training_that_is_killed_leaves_the_old_model_and_profiles(
    run_backends, env, database, tmp_path
):
    done = run_backends("customers", "train", env=env)
    assert done.returncode == 0, done.stderr
    assert "price_band" in done.stdout
    path = tmp_path / "state" / FILE
    model, profiles = path.read_bytes(), sql(database, "SELECT * FROM profile_tags")
    assert len(profiles) > 100
    assert {row[5] for row in profiles} == {ProfileModel.load(path).digest}
    killed = subprocess.Popen(
        [sys.executable, "-c", _TELLING], cwd=ROOT, env=_environment(env), stdout=subprocess.PIPE
    )
    assert killed.stdout.readline() == b"training\n"
    time.sleep(0.3)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert path.read_bytes() == model
    assert sql(database, "SELECT * FROM profile_tags") == profiles
    again = run_backends("customers", "refresh", env=env)
    assert again.returncode == 0, again.stderr
    assert f"Profiles of {len(profiles)} customers" in again.stdout


# The command itself, with a word as soon as it learns.
_TELLING = """
import sys
from backends.customers.profiles import training
learn = training.learn
def told(*given):
    print("training", flush=True)
    return learn(*given)
training.learn = told
from backends.__main__ import main
sys.argv = ["backends", "customers", "train"]
main()
"""


def _environment(env):
    from tests.backends.conftest import BY_WORDS, clean_env

    return clean_env({**BY_WORDS, **env, "PYTHONPATH": str(ROOT / "components")})


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("profile", "NOBODY"), "There is no customer NOBODY."),
        (("segments",), "No profiles were made yet: run `xiaoer customers train`."),
        (("segments", "none"), "There is no segment none; there are hikers, shoppers, nobody."),
    ],
)
def test_a_command_that_cannot_do_it_says_why(run_backends, env, arguments, said):
    done = run_backends("customers", *arguments, env=env)
    assert (done.returncode, done.stderr.strip()) == (1, said)


def test_the_tags_and_features_are_listed(run_backends, env):
    done = run_backends("customers", "tags", env=env)
    assert done.returncode == 0, done.stderr
    for word in ("outdoor", "2 rules, 8 texts", "recency_days", "bought_share.CATEGORY"):
        assert word in done.stdout
