"""`python -m backends staff …`: accounts, with passwords that never stand in a command."""

import io
import sqlite3
import subprocess
import sys
from contextlib import closing

import pexpect
import pytest

from backends.__main__ import main
from tests.backends.conftest import ROOT, clean_env

PASSWORD = "a horse and a battery"


@pytest.fixture(scope="module")
def empty(tmp_path_factory, run_backends):
    path = tmp_path_factory.mktemp("staff") / "shop.db"
    assert run_backends("migrate", env=url(path)).returncode == 0
    return path


@pytest.fixture
def database(empty, tmp_path):
    with (
        closing(sqlite3.connect(empty)) as source,
        closing(sqlite3.connect(tmp_path / "a")) as copy,
    ):
        source.backup(copy)
    return tmp_path / "a"


@pytest.fixture
def staff(database, monkeypatch, capsys):
    """Runs the command line in this process, which starts much sooner."""

    def run(*arguments, password=PASSWORD):
        monkeypatch.setenv("DATABASE_URL", url(database)["DATABASE_URL"])
        monkeypatch.setattr(sys, "argv", ["backends", "staff", *arguments])
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{password}\n"))
        with pytest.raises(SystemExit) as end:
            main()
        said = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, end.value.code or 0, said.out, said.err)

    return run


def url(path):
    return {"DATABASE_URL": f"sqlite+aiosqlite:///{path}"}


def refused(done):
    assert done.returncode == 1, done.stdout
    assert done.stderr.strip().count("\n") == 0, done.stderr
    return done.stderr.strip()


def rows(database, what):
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(what).fetchall()


def test_the_first_account_is_a_supervisor_and_the_next_an_agent(staff, database):
    assert "xiaoer staff add" in staff("list").stdout
    assert "小王 (wang) is supervisor" in staff("add", "Wang", "--name=小王").stdout
    assert "agent" in staff("add", "lisa", "--name=Lisa", "--language=en").stdout
    listed = staff("list").stdout.splitlines()
    assert [line.split("  ") for line in listed] == [
        ["lisa", "Lisa", "agent", "en"],
        ["wang", "小王", "supervisor", "zh+en"],
    ]
    (hashed,) = rows(database, "SELECT password_hash FROM staff WHERE username = 'wang'")[0]
    assert hashed.startswith("$argon2id$")
    assert PASSWORD not in database.read_bytes().decode("latin-1")


@pytest.mark.parametrize(
    ("arguments", "password", "sentence"),
    [
        (["add", "w"], PASSWORD, "A user name has 2 to 40"),
        (["add", "王"], PASSWORD, "A user name has 2 to 40"),
        (["add", "lisa", "--name", " "], PASSWORD, "A name has 1 to 40"),
        (["add", "lisa", "--role", "boss"], PASSWORD, "A role is one of agent, supervisor."),
        (["add", "lisa", "--language", "fr"], PASSWORD, "Languages are zh, en."),
        (["add", "lisa"], "short", "A password has at least 10 characters."),
        (["add", "lisa"], "Lisa is my name", "A password must not hold the user name."),
        (["add", "lisa"], "x" * 201, "A password has at most 200 characters."),
        (["password", "nobody"], PASSWORD, "There is no account nobody."),
        (["slack", "boss", "nonsense"], PASSWORD, "A Slack member id looks like U012AB3CD"),
        (["disable", "boss"], PASSWORD, "This is the last supervisor"),
        (["add", "BOSS"], PASSWORD, "There is an account boss already."),
    ],
)
def test_what_cannot_be_used_is_one_sentence(staff, database, arguments, password, sentence):
    assert staff("add", "boss").returncode == 0
    before = rows(database, "SELECT * FROM staff")
    assert refused(staff(*arguments, password=password)).startswith(sentence)
    assert rows(database, "SELECT * FROM staff") == before


def test_disable_enable_password_and_slack(staff, database):
    staff("add", "boss")
    staff("add", "lisa")
    old = rows(database, "SELECT password_hash FROM staff WHERE username = 'lisa'")
    assert "tied to the Slack member U012AB3CD" in staff("slack", "lisa", "U012AB3CD").stdout
    assert refused(staff("slack", "boss", "U012AB3CD")) == "That Slack member is tied to lisa."
    assert "slack U012AB3CD" in staff("list").stdout
    assert "tied to nobody" in staff("slack", "lisa").stdout
    assert "new password" in staff("password", "lisa", password="another long word").stdout
    assert rows(database, "SELECT password_hash FROM staff WHERE username = 'lisa'") != old
    assert "is disabled" in staff("disable", "lisa").stdout
    assert staff("list").stdout.splitlines()[1].endswith("disabled")
    assert "is enabled" in staff("disable", "lisa", "--undo").stdout
    assert "disabled" not in staff("list").stdout


def test_a_person_types_the_password_twice_and_nobody_reads_it(database):
    child = pexpect.spawn(
        sys.executable, ["-m", "xiaoer.cli", "staff", "add", "wang"], cwd=str(ROOT), timeout=60,
        encoding="utf-8", env={**clean_env(url(database)), "PYTHONPATH": "components"},
        use_poll=True,  # select() takes no descriptor above 1,023
    )  # fmt: skip
    child.expect("Password")
    child.sendline(PASSWORD)
    child.expect("The same again")
    child.sendline(PASSWORD)
    child.expect("wang .* is supervisor")
    assert PASSWORD not in child.before + child.after
    child.expect(pexpect.EOF)


def test_the_server_says_how_to_make_the_first_account(database, free_port, staff):
    def first_words():
        with subprocess.Popen(
            [sys.executable, "-m", "backends", "serve", f"--port={free_port()}"], cwd=ROOT,
            env=clean_env(url(database)), stderr=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            read = []
            for line in process.stderr:
                read.append(line)
                if "answers at" in line:
                    process.terminate()
            return read

    assert any("xiaoer staff add NAME" in line for line in first_words())
    assert staff("add", "boss").returncode == 0
    assert not any("xiaoer staff add NAME" in line for line in first_words())


def test_a_seed_anew_keeps_the_accounts(staff, database, run_backends):
    staff("add", "boss")
    done = run_backends("seed", "--reset", env=url(database))
    assert done.returncode == 0, done.stderr
    assert "boss" in staff("list").stdout
