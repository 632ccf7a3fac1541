"""`python -m backends recommend train` from the outside: what serves, what is refused, what stays."""

import json
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from filelock import FileLock

from tests.backends.conftest import BY_WORDS, clean_env

ROOT = Path(__file__).resolve().parents[4]


class Workshop:
    """A copy of the seeded database with a state of its own."""

    def __init__(self, folder, database, run_backends):
        self.database = Path(shutil.copy(database, folder / "shop.db"))
        self.folder = folder / "state" / "recommendations"
        self.env = {
            "DATABASE_URL": f"sqlite+aiosqlite:///{self.database}",
            "XIAOER_STATE_DIR": str(folder / "state"),
        }
        self._run = run_backends

    def run(self, *arguments):
        return self._run("recommend", *arguments, env=self.env, timeout=240)

    @property
    def serving(self):
        pointer = self.folder / "current.json"
        return json.loads(pointer.read_text())["model"] if pointer.exists() else None

    def file(self, name):
        return self.folder / f"{name}.safetensors"


@pytest.fixture
def workshop(tmp_path, seeded_database, run_backends):
    return Workshop(tmp_path, seeded_database, run_backends)


@pytest.fixture(scope="module")
def trained(tmp_path_factory, seeded_database, run_backends):
    """One with a model; tests that use it leave it serving."""
    made = Workshop(tmp_path_factory.mktemp("trained"), seeded_database, run_backends)
    done = made.run("train")
    assert done.returncode == 0, done.stderr
    assert "ndcg@10" in done.stdout
    return made


def test_the_first_model_serves_and_is_listed(trained):
    listed = trained.run("models").stdout.splitlines()
    assert listed[0].startswith(f"* {trained.serving}")


def test_a_model_that_is_there_is_enough_for_if_missing(trained):
    before = trained.serving
    assert trained.run("train", "--if-missing").returncode == 0
    assert trained.serving == before


def test_the_same_data_and_seed_give_the_same_model(trained):
    before = trained.serving
    done = trained.run("train")
    assert done.returncode == 0, done.stderr
    after = trained.serving
    assert after != before
    from backends.recommendations.factorization.archive import load

    one, other = (load(trained.file(name)).model for name in (before, after))
    assert one.item_vectors == pytest.approx(other.item_vectors, abs=1e-4)


def test_a_worse_model_does_not_serve_but_by_force(trained):
    before = trained.serving
    from backends.recommendations.factorization.archive import Archive, load, save

    good = load(trained.file(before))
    # As if the model that serves had been three times as good as it is.
    quality = {**good.about["quality"], "value": 3 * good.about["quality"]["value"]}
    save(Archive(good.model, good.items, {**good.about, "quality": quality}), trained.file(before))
    try:
        done = trained.run("train")
        assert done.returncode == 1
        assert "does not serve" in done.stderr
        assert trained.serving == before
        worse = next(
            line.split()[0]
            for line in trained.run("models").stdout.splitlines()
            if not line.startswith("*")
        )
        assert trained.run("promote", worse).returncode == 0
        assert trained.serving == worse
    finally:
        save(good, trained.file(before))
        assert trained.run("promote", before).returncode == 0


def test_a_model_that_is_not_there_or_damaged_is_not_promoted(trained):
    before = trained.serving
    assert "is not there" in trained.run("promote", "20200101-000000-abcd").stderr
    trained.file("20200101-000000-dead").write_bytes(b"not a model")
    done = trained.run("promote", "20200101-000000-dead")
    assert done.returncode == 1
    assert "damaged" in done.stderr
    assert trained.serving == before


def test_too_little_to_learn_from_is_said(workshop):
    import sqlite3

    with sqlite3.connect(workshop.database) as connection:
        connection.execute("DELETE FROM interactions WHERE customer_id > 'C00002'")
    done = workshop.run("train")
    assert done.returncode == 1
    assert "too little to learn from" in done.stderr
    assert workshop.serving is None
    assert workshop.run("train", "--if-missing").returncode == 0


def test_a_second_training_at_once_is_refused(trained):
    before = trained.serving
    with FileLock(trained.folder / "training.lock"):
        done = trained.run("train")
    assert done.returncode == 1
    assert "Another training of the recommendations is running" in done.stderr
    assert trained.serving == before


def test_a_training_killed_half_way_leaves_the_old_model_serving(trained):
    before = trained.serving
    command = [sys.executable, "-m", "backends", "recommend", "train"]
    env = clean_env({**BY_WORDS, **trained.env})
    lock = trained.folder / "training.lock"
    touched = lock.stat().st_mtime_ns
    killed = subprocess.Popen(command, cwd=ROOT, env=env, stderr=subprocess.DEVNULL)
    end = time.monotonic() + 60
    # Whoever takes the lock truncates its file.
    while lock.stat().st_mtime_ns == touched and time.monotonic() < end:
        time.sleep(0.01)
    assert killed.poll() is None, "it ended before it could be killed"
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert trained.serving == before
    assert trained.file(before).exists()
    assert trained.run("train").returncode == 0
    assert trained.serving != before
