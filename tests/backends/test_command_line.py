"""`python -m backends`: each mistake is one sentence that says what to do."""

import os
import socket
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

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


def test_an_empty_an_older_and_a_newer_schema(run_backends, tmp_path):
    path = tmp_path / "new" / "shop.db"
    assert "`python -m backends seed`" in sentence(run_backends("serve", env=url(path)))
    upgrade = "import asyncio; from backends.settings import load_settings as s; "
    upgrade += "from backends.migrations.run import upgrade as u; asyncio.run(u(s(), '0001'))"
    subprocess.run(
        [sys.executable, "-c", upgrade], cwd=ROOT, env={**os.environ, **url(path)}, check=True
    )
    assert sentence(run_backends("serve", env=url(path))) == (
        "The shop's database has an older schema: run `python -m backends migrate`."
    )
    done = run_backends("migrate", env=url(path))
    assert done.returncode == 0, done.stderr
    assert "from 0001 to" in done.stdout
    assert "up to date" in run_backends("migrate", env=url(path)).stdout
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for command in ("serve", "migrate", "seed"):
        assert "newer schema" in sentence(run_backends(command, env=url(path))), command


def test_a_database_that_another_process_holds(run_backends, tmp_path):
    path = tmp_path / "shop.db"
    assert run_backends("migrate", env=url(path)).returncode == 0
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
        ({"DATABASE_URL": "postgresql+asyncpg://u:secret@127.0.0.1:1/x"}, "cannot be reached"),
        ({"DATABASE_URL": "mysql://127.0.0.1/x"}, "DATABASE_URL must start with"),
        ({"DATABASE_URL": "nonsense"}, "DATABASE_URL is not a database URL"),
        ({"DATABASE_URL": "sqlite+aiosqlite://"}, "must name a file"),
        ({"DATABASE_URL": "sqlite+aiosqlite:////proc/none/shop.db"}, "DATABASE_URL"),
        ({"DATABASE_URL": f"sqlite+aiosqlite:///{__file__}"}, "correct DATABASE_URL"),
        ({"TRUSTED_CHANNELS": "wechat, rest"}, "TRUSTED_CHANNELS may not name rest"),
        ({"XIAOER_SERVICE_TOKEN": "short"}, "XIAOER_SERVICE_TOKEN must have at least 16"),
        ({"XIAOER_DATABASE_WAIT_MS": "long"}, "XIAOER_DATABASE_WAIT_MS"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
    ],
)
def test_settings_that_cannot_be_used(run_backends, tmp_path, env, words):
    said = sentence(run_backends("serve", env={**url(tmp_path / "shop.db"), **env}))
    assert words in said
    assert "secret" not in said
    assert "short" not in said


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
        for _ in range(4)
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
