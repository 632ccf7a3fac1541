"""The command `xiaoer`, from the outside."""

import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


def xiaoer(*arguments: str, folder: Path | None = None) -> subprocess.CompletedProcess:
    """Run the command."""
    return subprocess.run(
        [sys.executable, "-m", "xiaoer.cli", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture
def fake_rest() -> Iterator[tuple[str, list[dict]]]:
    """A server with the form of Rasa's REST channel, and what it was sent."""
    received: list[dict] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            received.append(json.loads(body))
            answer = [
                {"text": "您好"},
                {"text": "?", "buttons": [{"title": "手机", "payload": "/x"}]},
            ]
            content = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", received
    server.shutdown()


def test_help_names_every_command() -> None:
    done = xiaoer("--help")

    assert done.returncode == 0
    shop = ("backends", "knowledge", "customers", "recommend")
    for command in ("up", "chat", "ask", "train", *shop, "doctor"):
        assert command in done.stdout


def test_ask_prints_text_and_buttons(fake_rest) -> None:
    url, received = fake_rest
    done = xiaoer("ask", "你好", "--sender", "s1", "--url", url)

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["您好", "?", "  [手机]"]
    assert received == [{"sender": "s1", "message": "你好"}]


def test_ask_prints_json(fake_rest) -> None:
    url, _ = fake_rest
    done = xiaoer("ask", "你好", "--json", "--url", url)

    assert json.loads(done.stdout)[0] == {"text": "您好"}


def test_ask_without_a_server_says_what_to_do(free_port: Callable[[], int]) -> None:
    done = xiaoer("ask", "hi", "--url", f"http://127.0.0.1:{free_port()}")

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "xiaoer up" in done.stderr


@pytest.mark.parametrize("url", ["localhost:5005", "nowhere", "http://", "ftp://127.0.0.1"])
def test_ask_refuses_what_is_no_address(url: str) -> None:
    done = xiaoer("ask", "hi", "--url", url)

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert repr(url) in done.stderr


@pytest.mark.parametrize("command", ["up", "train"])
@pytest.mark.parametrize(
    "content", [b"pipeline: [\n- name: x\n", b"\tpipeline:\n", b"\xff\xfe\x00"]
)
def test_a_broken_config_is_named(command: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_bytes(content)
    done = xiaoer(command, folder=tmp_path)

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert str(tmp_path / "config.yml") in done.stderr


@pytest.mark.parametrize(("command", "option"), [("up", "--rasa-port"), ("chat", "--actions-port")])
def test_a_taken_port_is_named_before_anything_is_trained(
    fake_rest, tmp_path: Path, command: str, option: str
) -> None:
    url, _ = fake_rest
    (tmp_path / "config.yml").write_text("recipe: default.v1\n")
    (tmp_path / "actions.py").write_text("")
    done = xiaoer(command, option, url.rsplit(":", 1)[1], folder=tmp_path)

    assert done.returncode == 1
    assert option in done.stderr
    assert "Training" not in done.stdout


@pytest.mark.parametrize("command", ["up", "chat", "train", "doctor", "backends"])
def test_a_folder_that_is_no_project_is_named(command: str, tmp_path: Path) -> None:
    done = xiaoer(command, folder=tmp_path)

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert str(tmp_path) in done.stderr


def test_a_taken_port_is_named(fake_rest, tmp_path: Path) -> None:
    url, _ = fake_rest
    port = url.rsplit(":", 1)[1]
    project = tmp_path / "project"
    (project / "backends").mkdir(parents=True)
    (project / "config.yml").write_text("recipe: default.v1\n")
    (project / "backends" / "__init__.py").write_text("")
    (project / "backends" / "__main__.py").write_text("")

    done = xiaoer("backends", "--backends-port", port, folder=project)

    assert done.returncode == 1
    assert f"Port {port}" in done.stderr
    assert "--backends-port" in done.stderr


def test_a_service_that_ends_is_reported(tmp_path: Path, free_port: Callable[[], int]) -> None:
    project = tmp_path / "project"
    (project / "backends").mkdir(parents=True)
    (project / "config.yml").write_text("recipe: default.v1\n")
    program = "import sys\nsys.exit('no shop today' if 'serve' in sys.argv else 0)\n"
    (project / "backends" / "__init__.py").write_text("")
    (project / "backends" / "__main__.py").write_text(program)

    done = xiaoer("backends", "--backends-port", str(free_port()), folder=project)

    assert done.returncode == 1
    assert "backends ended while starting" in done.stderr
    assert "no shop today" in done.stdout


def test_doctor_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "config.yml").write_text("recipe: default.v1\n")
    done = xiaoer("doctor", folder=tmp_path)

    assert done.returncode == 1
    assert "✗ a trained model" in done.stdout
    assert "rasa train" in done.stdout
