"""`python -m backends`: each mistake is one sentence that says what to do."""

import os
import shutil
import socket
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from backends.db import open_database
from backends.errors import SetupError
from backends.migrations.run import upgrade
from backends.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def sentence(done):
    """The one line on stderr of a command that failed."""
    assert done.returncode == 1, done.stdout + done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    return lines[0]


def url(path):
    return {"DATABASE_URL": f"sqlite+aiosqlite:///{path}"}


def test_the_help_names_the_commands(run_backends):
    done = run_backends("--help")
    assert done.returncode == 0
    for command in ("serve", "seed", "migrate"):
        assert command in done.stdout
    assert "--port" in run_backends("serve", "--help").stdout


def test_a_port_in_use(run_backends, seeded_database):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run_backends("serve", "--port", str(port), env=url(seeded_database))
    assert sentence(done) == (
        f"Port {port} is in use: stop what listens there or choose another with --port."
    )


def test_an_address_that_is_not_here(run_backends, seeded_database):
    done = run_backends("serve", "--host", "192.0.2.1", env=url(seeded_database))
    assert sentence(done).startswith("Cannot listen on 192.0.2.1:5080")


async def test_an_empty_an_older_and_a_newer_schema(run_backends, tmp_path):
    path = tmp_path / "new" / "shop.db"
    settings = Settings(database_url=url(path)["DATABASE_URL"])
    with pytest.raises(SetupError, match="`python -m backends seed`"):
        await open_database(settings).check_schema()
    await upgrade(settings, "0001")
    assert sentence(run_backends("serve", "--port", "0", env=url(path))) == (
        "The shop's database has an older schema: run `python -m backends migrate`."
    )
    done = run_backends("migrate", env=url(path))
    assert done.returncode == 0, done.stderr
    assert "from 0001 to" in done.stdout
    await open_database(settings).check_schema()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(SetupError, match="newer schema"):
        await open_database(settings).check_schema()
    assert "newer schema" in sentence(run_backends("migrate", env=url(path)))


def test_a_database_that_another_process_holds(run_backends, seeded_database, tmp_path):
    path = shutil.copy(seeded_database, tmp_path / "shop.db")
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("PRAGMA locking_mode=EXCLUSIVE")
        holder.execute("BEGIN IMMEDIATE")
        holder.execute("DELETE FROM grants")
        for command in ("seed", "serve", "migrate"):
            env = {**url(path), "XIAOER_DATABASE_WAIT_MS": "50"}
            assert "is locked by another process" in sentence(run_backends(command, env=env))


@pytest.mark.parametrize(
    ("env", "words"),
    [
        ({"TRUSTED_CHANNELS": "wechat, rest"}, "TRUSTED_CHANNELS may not name rest"),
        ({"XIAOER_SERVICE_TOKEN": "short"}, "XIAOER_SERVICE_TOKEN must have at least 16"),
        ({"XIAOER_DATABASE_WAIT_MS": "long"}, "XIAOER_DATABASE_WAIT_MS"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
    ],
)
def test_settings_that_cannot_be_used(run_backends, env, words):
    said = sentence(run_backends("serve", env=env))
    assert words in said
    assert "short" not in said


@pytest.mark.parametrize(
    ("database_url", "words"),
    [
        ("postgresql+asyncpg://u:secret@127.0.0.1:1/x", "cannot be reached"),
        ("mysql://127.0.0.1/x", "DATABASE_URL must start with"),
        ("nonsense", "DATABASE_URL is not a database URL"),
        ("sqlite+aiosqlite://", "must name a file"),
        ("sqlite+aiosqlite:////proc/none/shop.db", "correct DATABASE_URL"),
        (f"sqlite+aiosqlite:///{__file__}", "correct DATABASE_URL"),
    ],
)
async def test_a_database_that_cannot_be_used(database_url, words):
    with pytest.raises(SetupError, match=words) as refused:
        await open_database(Settings(database_url=database_url)).check_schema()
    assert "secret" not in str(refused.value)


def test_a_database_that_cannot_be_reached_ends_the_command(run_backends):
    env = {"DATABASE_URL": "postgresql+asyncpg://u:secret@127.0.0.1:1/x"}
    said = sentence(run_backends("serve", "--port", "0", env=env))
    assert "u:***@127.0.0.1:1/x cannot be reached" in said


def test_a_folder_without_a_shop(run_backends, tmp_path):
    env = {**url(tmp_path / "shop.db"), "XIAOER_SHOP_DATA": str(tmp_path / "nowhere")}
    assert "set XIAOER_SHOP_DATA" in sentence(run_backends("seed", env=env))


def test_a_token_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "home" / "service-token"
    program = "from backends.auth import read_or_make_token as r; "
    program += "from backends.settings import load_settings as s; print(r(s()))"
    env = {key: value for key, value in os.environ.items() if key != "XIAOER_SERVICE_TOKEN"}
    env["XIAOER_SERVICE_TOKEN_FILE"] = str(path)
    racing = [
        subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=env, stdout=subprocess.PIPE)
        for _ in range(3)
    ]
    tokens = {process.communicate()[0] for process in racing}
    assert len(tokens) == 1
    assert len(tokens.pop().strip()) >= 32
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.iterdir()] == ["service-token"]
    path.write_text("")
    refused = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=env, capture_output=True, text=True
    )
    assert "holds no token" in refused.stderr
