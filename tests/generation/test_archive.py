"""How the action server finds the generator in Rasa's archives, and what it says when it does not."""

import io
import json
import logging
import os
import re
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.lm.generator_models import TEXTS
from xiaoer.generation import archive
from xiaoer.generation.archive import extracted, newest_archive, open_generator
from xiaoer.lm.causal_models import Scratch, make_scratch
from xiaoer.lm.decoding import Decoding
from xiaoer.lm.generator import Prompt

RESOURCE = "components/train_xiaoer.generation.Gpt2FallbackGenerator5"
FILES = (
    "config.json",
    "generation_config.json",
    "generator.json",
    "model.safetensors",
    "tokenizer.json",
)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    make_scratch(TEXTS, Scratch(600, 3, 192, 4, 256, 7)).save(folder, Decoding(seed=9), {})
    return folder


@pytest.fixture
def pack(model: Path, tmp_path: Path) -> Callable[..., Path]:
    def make(
        name: str = "m.tar.gz", files=FILES, resource: str = RESOURCE, more=(), said=None
    ) -> Path:
        path = tmp_path / "models" / name
        path.parent.mkdir(exist_ok=True)
        with tarfile.open(path, "w:gz") as stream:
            _add(stream, "metadata.json", b"{}")
            _add(stream, "components/train_Other1/weights", b"0" * 1000)
            for file in files:
                content = (model / file).read_bytes()
                if file == "generator.json" and said is not None:
                    content = json.dumps({**json.loads(content), **said}).encode()
                _add(stream, f"{resource}/{file}", content)
            for each, content in more:
                _add(stream, each, content)
        return path

    return make


def _add(stream: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    stream.addfile(member, io.BytesIO(content))


async def test_the_newest_model_of_a_folder_writes(
    pack: Callable[..., Path], tmp_path: Path
) -> None:
    pack("new.tar.gz")
    old = pack("old.tar.gz", files=())
    # The time of the last change counts, as in Rasa; setting it back changes nothing there.
    os.utime(old, (1, 1))
    pack("new.tar.gz")
    generator = open_generator(tmp_path / "models", tmp_path / "cache")
    assert generator is not None
    assert generator.decoding == Decoding(seed=9)
    passage = "一般 2–4 天送到。"
    found = await generator.generate(Prompt("几天能到", (passage,), "zh"), 60, 20)
    await generator.close()
    assert passage in [candidate.text for candidate in found]
    (folder,) = (tmp_path / "cache").iterdir()
    assert sorted(path.name for path in folder.iterdir()) == sorted(FILES)


def test_an_archive_is_taken_apart_once(pack: Callable[..., Path], tmp_path: Path) -> None:
    path = pack()
    folder = extracted(path, tmp_path / "cache")
    before = (folder / "model.safetensors").stat().st_mtime_ns
    assert extracted(path, tmp_path / "cache") == folder
    assert (folder / "model.safetensors").stat().st_mtime_ns == before
    os.utime(path, ns=(1, 1))
    assert extracted(path, tmp_path / "cache") != folder


def test_only_the_latest_are_kept(pack: Callable[..., Path], tmp_path: Path) -> None:
    for at in range(4):
        last = extracted(pack(f"m{at}.tar.gz"), tmp_path / "cache")
        os.utime(last, (1_000_000_000 + at, 1_000_000_000 + at))
    kept = list((tmp_path / "cache").iterdir())
    assert len(kept) == 2
    assert last in kept


def test_nothing_leaves_the_folder(pack: Callable[..., Path], tmp_path: Path) -> None:
    outside = [
        f"{RESOURCE}/../../../../evil.txt",
        "../evil.txt",
        f"/{RESOURCE}/config.json",
        str(tmp_path / "evil.txt"),
        f"../{RESOURCE}/config.json",
        f"{RESOURCE}/../config.json",
        f"{RESOURCE}/extra.py",
        f"{RESOURCE}/more/config.json",
    ]
    path = pack(more=[(name, b"evil") for name in outside])
    folder = extracted(path, tmp_path / "cache")
    assert sorted(each.name for each in folder.iterdir()) == sorted(FILES)
    assert not list(tmp_path.rglob("evil*"))
    assert not list(tmp_path.rglob("extra*"))
    assert b"evil" not in (folder / "config.json").read_bytes()


def test_a_link_is_no_file(pack: Callable[..., Path], tmp_path: Path) -> None:
    path = pack(files=[file for file in FILES if file != "config.json"])
    with tarfile.open(tmp_path / "linked.tar.gz", "w:gz") as stream, tarfile.open(path) as old:
        for member in old:
            stream.addfile(member, old.extractfile(member))
        link = tarfile.TarInfo(f"{RESOURCE}/config.json")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        stream.addfile(link)
    folder = extracted(tmp_path / "linked.tar.gz", tmp_path / "cache")
    assert not (folder / "config.json").exists()


@pytest.mark.parametrize(
    ("case", "message"),
    [
        ("no folder", "there is no model in"),
        ("empty folder", "there is no model in"),
        ("no archive", "is damaged"),
        ("cut short", "is cut short|is damaged"),
        ("no generator", "holds no text generator"),
        ("nothing to learn", "had nothing to learn"),
        ("older", "another version"),
        ("two", "two text generators"),
        ("no weights", "cannot be read"),
        ("too large", "config.json of the text generator is too large"),
        ("no room", "cannot be taken out of"),
    ],
)
def test_without_a_generator_the_log_says_why(
    case: str,
    message: str,
    pack: Callable[..., Path],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    models, cache = tmp_path / "models", tmp_path / "cache"
    if case == "empty folder":
        models.mkdir()
    elif case == "no archive":
        models.mkdir()
        (models / "m.tar.gz").write_text("hello")
    elif case == "cut short":
        content = pack().read_bytes()
        (models / "m.tar.gz").write_bytes(content[: len(content) // 2])
    elif case == "no generator":
        pack(files=())
    elif case == "nothing to learn":
        pack(files=["generator.json"], said={"about": {"empty": True}})
    elif case == "older":
        pack(said={"format": 0})
    elif case == "two":
        more = [(f"components/train_Gpt2FallbackGenerator9/{file}", b"") for file in FILES]
        pack(more=more)
    elif case == "no weights":
        pack(files=[file for file in FILES if file != "model.safetensors"])
    elif case == "too large":
        monkeypatch.setitem(archive._FILES, "config.json", 10)
        pack()
    elif case == "no room":
        pack()
        cache.write_text("a file where the folder should be")
    with caplog.at_level(logging.WARNING):
        assert open_generator(models, cache) is None
    (record,) = [each for each in caplog.records if each.name.startswith("xiaoer")]
    assert record.getMessage().startswith("Answers are not generated: ")
    assert "\n" not in record.getMessage()
    assert re.search(message, record.getMessage())
    # Nothing half is left behind.
    assert not list(tmp_path.rglob(".generator-*"))


def test_one_archive_can_be_named(pack: Callable[..., Path], tmp_path: Path) -> None:
    path = pack()
    assert newest_archive(path) == path
    assert newest_archive(tmp_path / "models") == path
    assert newest_archive(tmp_path) is None
