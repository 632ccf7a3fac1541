"""Where the token comes from when the environment has none."""

from pathlib import Path

import pytest

from xiaoer.channels.outbound.token_file import read_token_file


def test_the_file_that_the_backends_made_is_read_anew_each_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "token"
    monkeypatch.setenv("XIAOER_SERVICE_TOKEN_FILE", str(path))

    assert read_token_file() is None
    for token in ("a-token-of-some-length", "another-token-of-length"):
        path.write_text(token + "\n")
        assert read_token_file() == token


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe"])
def test_a_file_without_a_token_is_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "token"
    path.write_bytes(content)
    monkeypatch.setenv("XIAOER_SERVICE_TOKEN_FILE", str(path))

    assert read_token_file() is None
