import multiprocessing
import os
import time
from pathlib import Path

import pytest

from xiaoer.lm.cache import cache_dir, cached_file, cached_folder
from xiaoer.lm.errors import LanguageModelError


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XIAOER_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_file_is_made_once() -> None:
    calls = []

    def make() -> bytes:
        calls.append(1)
        return b"x"

    assert cached_file("a/b.bin", make).read_bytes() == b"x"
    assert cached_file("a/b.bin", make).read_bytes() == b"x"
    assert len(calls) == 1


def test_failed_entry_leaves_nothing(own_cache: Path) -> None:
    def fill(folder: Path) -> None:
        (folder / "half").write_text("half")
        raise LanguageModelError("no such model")

    with pytest.raises(LanguageModelError, match="no such model"):
        cached_folder("models/x", fill)
    assert list((own_cache / "models").iterdir()) == []


def _slow(folder: Path) -> None:
    (folder / "first").write_text(str(os.getpid()))
    time.sleep(0.3)
    (folder / "second").write_text(str(os.getpid()))


def _enter(root: str, results: "multiprocessing.Queue") -> None:
    os.environ["XIAOER_CACHE_DIR"] = root
    folder = cached_folder("models/shared", _slow)
    results.put(((folder / "first").read_text(), (folder / "second").read_text()))


def test_processes_at_once_see_one_whole_entry(own_cache: Path) -> None:
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    workers = [context.Process(target=_enter, args=(str(own_cache), results)) for _ in range(4)]
    for worker in workers:
        worker.start()
    seen = [results.get(timeout=20) for _ in workers]
    for worker in workers:
        worker.join()
    assert len(set(seen)) == 1
    assert seen[0][0] == seen[0][1]
    assert [path.name for path in (own_cache / "models").iterdir()] == ["shared"]


def test_unwritable_cache_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("XIAOER_CACHE_DIR", str(blocked))
    with pytest.raises(LanguageModelError, match="set XIAOER_CACHE_DIR"):
        cached_file("a", lambda: b"")


def test_default_is_the_platform_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XIAOER_CACHE_DIR")
    assert cache_dir().name == "xiaoer"
