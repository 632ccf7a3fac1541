"""Gpt2FallbackGenerator as Rasa trains, stores and loads it, and as the action server opens it."""

import json
import logging
import os
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.training.fingerprinting import calculate_fingerprint_key
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from tests.lm.generator_models import foreign_folder
from tests.nlu import component_contract as contract
from xiaoer.generation import Gpt2FallbackGenerator
from xiaoer.generation.archive import open_generator
from xiaoer.generation.gpt2_fallback_generator import GeneratorTrainingError
from xiaoer.lm.decoding import Decoding
from xiaoer.lm.generator import Prompt
from xiaoer.lm.local_generator import LocalGenerator

ROOT = Path(__file__).resolve().parents[2]
#: Trains in a second or two.
SMALL = {"layers": 3, "width": 128, "epochs": 3, "max_training_time": 8, "vocabulary_size": 600}
SERVED = [
    "config.json",
    "generation_config.json",
    "generator.json",
    "model.safetensors",
    "tokenizer.json",
]


def article(number: int) -> dict[str, Any]:
    return {
        "id": f"a{number}",
        "zh": {
            "question": f"第{number}件几天能到",
            "answer": f"第{number}件现货，{number + 3} 天内送到。",
        },
        "en": {
            "question": f"when will item {number} arrive",
            "variants": [f"item {number} delivery"],
            "answer": f"Item {number} is in stock and arrives within {number + 3} days.",
        },
    }


def write_corpus(folder: Path, articles: int = 30, dialogues: int = 10) -> dict[str, Any]:
    """Write files; returns the keys that name them."""
    turns = [{"customer": "你好", "assistant": "您好，请问要买什么？"}]
    said = {
        "knowledge": {"category": "c", "articles": [article(at) for at in range(articles)]},
        "dialogues": {"dialogues": [{"language": "zh", "turns": turns}] * dialogues},
    }
    for key, value in said.items():
        (folder / key).mkdir(parents=True, exist_ok=True)
        text = yaml.safe_dump(value, allow_unicode=True)
        (folder / key / "a.yml").write_text(text, "utf-8")
    return {key: [str(folder / key)] for key in said}


@pytest.fixture
def config(tmp_path: Path) -> dict[str, Any]:
    return {
        **Gpt2FallbackGenerator.get_default_config(),
        **SMALL,
        **write_corpus(tmp_path / "data"),
    }


@pytest.fixture
def train(tmp_path: Path) -> Callable[..., Path]:
    """Create, train and load as Rasa does; returns the folder of what was stored."""
    count = iter(range(100))

    def run(config: dict[str, Any], finetune: Path | None = None) -> Path:
        folder = finetune or tmp_path / f"storage{next(count)}"
        folder.mkdir(exist_ok=True)
        storage, resource = LocalModelStorage(folder), Resource("generator")
        make = Gpt2FallbackGenerator.load if finetune else Gpt2FallbackGenerator.create
        component = make(config, storage, resource, contract.context(bool(finetune)))
        component.train(TrainingData())
        loaded = Gpt2FallbackGenerator.load(config, storage, resource, contract.context())
        message = Message({TEXT: "hello"})
        before = message.as_dict()
        assert loaded.process([message]) == [message]
        assert message.as_dict() == before
        return folder

    return run


def stored(folder: Path) -> Path:
    return folder / "generator"


def description(folder: Path) -> dict[str, Any]:
    return json.loads((stored(folder) / "generator.json").read_text("utf-8"))


def test_definition() -> None:
    contract.check_definition(Gpt2FallbackGenerator)
    # `--finetune --epoch-fraction` wants it.
    assert Gpt2FallbackGenerator.get_default_config()["epochs"] > 1


async def test_what_is_trained_answers_questions_it_never_saw(
    config: dict[str, Any], train: Callable[..., Path], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        folder = train({**config, "temperature": 0.3, "random_seed": 8, "top_k": 20})
    assert sorted(path.name for path in stored(folder).iterdir()) == SERVED
    said = description(folder)
    assert said["decoding"] == {**vars(Decoding(top_k=20, temperature=0.3, seed=8))}
    assert said["about"]["articles"] == 60
    perplexity = said["about"]["perplexity"]
    assert perplexity["after"] < perplexity["before"]
    assert f"went from {perplexity['before']:.4g} to {perplexity['after']:.4g}" in caplog.text
    assert caplog.text.count("Held out: ") == 4
    generator = LocalGenerator.open(stored(folder))
    passage = "Item 77 is in stock and arrives within 41 days."
    found = await generator.generate(Prompt("is 77 there soon", (passage,), "en"), 60, 20)
    await generator.close()
    assert found[0].text == passage


def test_loading_for_serving_imports_no_torch_and_reads_no_weights(
    config: dict[str, Any], train: Callable[..., Path]
) -> None:
    folder = train(config)
    (stored(folder) / "model.safetensors").write_bytes(b"nobody reads this")
    program = (
        "import json, sys\n"
        "from pathlib import Path\n"
        "from rasa.engine.storage.local_model_storage import LocalModelStorage\n"
        "from rasa.engine.storage.resource import Resource\n"
        "from rasa.shared.nlu.training_data.message import Message\n"
        "from tests.nlu.component_contract import context\n"
        "from xiaoer.generation import Gpt2FallbackGenerator\n"
        "storage = LocalModelStorage(Path(sys.argv[1]))\n"
        "config = json.loads(sys.argv[2])\n"
        "made = Gpt2FallbackGenerator.load(config, storage, Resource('generator'), context())\n"
        "made.process([Message({'text': 'hello'})])\n"
        "print([name for name in ('torch', 'transformers') if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder), json.dumps(config)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "components"), str(ROOT)])},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_same_is_not_trained_twice(
    config: dict[str, Any], train: Callable[..., Path], model_cache: Path
) -> None:
    first = train(config)
    (kept,) = (model_cache / "generators-1").iterdir()
    made = (kept / "model.safetensors").stat().st_mtime_ns
    began = time.monotonic()
    # How replies are drawn is no matter of training.
    again = train({**config, "temperature": 0.2})
    assert time.monotonic() - began < 2
    assert (kept / "model.safetensors").stat().st_mtime_ns == made
    weights = [(stored(each) / "model.safetensors").read_bytes() for each in (first, again)]
    assert weights[0] == weights[1]
    assert description(again)["decoding"]["temperature"] == 0.2
    assert description(again)["about"] == description(first)["about"]
    write_corpus(Path(config["knowledge"][0]).parent, articles=31)
    changed = train(config)
    assert len(list((model_cache / "generators-1").iterdir())) == 2
    assert (stored(changed) / "model.safetensors").read_bytes() != weights[0]


def test_old_generators_leave_the_cache(
    config: dict[str, Any], train: Callable[..., Path], model_cache: Path
) -> None:
    for number in range(6):
        folder = model_cache / "generators-1" / f"old{number}"
        folder.mkdir(parents=True)
        (folder / "used").write_text("")
        os.utime(folder / "used", (1_000_000 + number, 1_000_000 + number))
    train({**config, "epochs": 1})
    kept = {path.name for path in (model_cache / "generators-1").iterdir()}
    assert len(kept) == 4
    assert {"old5", "old4", "old3"} < kept


def test_finetuning_goes_on_from_the_trained_generator(
    config: dict[str, Any], train: Callable[..., Path]
) -> None:
    folder = train(config)
    before = {name: (stored(folder) / name).read_bytes() for name in SERVED}
    write_corpus(Path(config["knowledge"][0]).parent, articles=40)
    first = description(folder)["about"]["perplexity"]
    train({**config, "finetuning_epoch_fraction": 0.5, "epochs": 2}, finetune=folder)
    after = {name: (stored(folder) / name).read_bytes() for name in SERVED}
    assert after["tokenizer.json"] == before["tokenizer.json"]
    assert after["model.safetensors"] != before["model.safetensors"]
    assert description(folder)["about"]["perplexity"]["before"] < first["before"]


def test_fingerprint_follows_corpus_model_and_configuration(
    config: dict[str, Any], tmp_path: Path
) -> None:
    def key(**changed: object) -> str:
        return calculate_fingerprint_key(Gpt2FallbackGenerator, {**config, **changed}, {})

    first = key()
    assert key() == first
    assert len({first, key(epochs=9), key(top_p=0.5), key(random_seed=1)}) == 4
    write_corpus(tmp_path / "data", articles=29)
    second = key()
    assert second != first
    base = foreign_folder(tmp_path / "base", "gpt2")
    third = key(model=str(base))
    with (base / "config.json").open("a") as stream:
        stream.write("\n")
    assert len({first, second, third, key(model=str(base))}) == 4


@pytest.mark.parametrize("nothing", ["no folders", "empty folders", "empty lists"])
def test_without_anything_to_learn_it_says_so_and_stores_that(
    nothing: str,
    config: dict[str, Any],
    train: Callable[..., Path],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    if nothing == "empty lists":
        config.update(write_corpus(tmp_path / "data", articles=0, dialogues=0))
    else:
        for key in ("dialogues", "knowledge"):
            place = tmp_path / nothing / key
            config[key] = [str(place)]
            if nothing == "empty folders":
                place.mkdir(parents=True)
    with caplog.at_level(logging.WARNING):
        folder = train(config)
    assert "nothing to learn: there are no dialogues and no articles" in caplog.text
    assert description(folder)["about"] == {"empty": True}
    train(config, finetune=folder)


@pytest.mark.parametrize("what", ["article", "dialogue"])
def test_one_line_is_enough(
    what: str,
    config: dict[str, Any],
    train: Callable[..., Path],
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    config.update(
        write_corpus(
            tmp_path / "data", articles=int(what == "article"), dialogues=int(what == "dialogue")
        )
    )
    with caplog.at_level(logging.WARNING):
        folder = train(config)
    assert "too few to hold some out" in caplog.text
    LocalGenerator.open(stored(folder))


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"epochs": 0}, "`epochs` of Gpt2FallbackGenerator must be a whole number from 1"),
        ({"layers": 2.5}, "`layers`"),
        ({"width": 130}, "`width` .* divisible by `heads`"),
        ({"max_training_time": 0}, "`max_training_time`"),
        ({"learning_rate": "much"}, "`learning_rate`"),
        ({"model": ""}, "`model`"),
        ({"lora": "yes"}, "`lora` .* true or false"),
        ({"lora": True}, "needs a pretrained model"),
        ({"dialogues": [1]}, "`dialogues` .* list of files"),
        ({"temperature": -1}, "`temperature` must be a number"),
        ({"candidates": 0}, "`candidates`"),
        ({"random_seed": -1}, "`random_seed`"),
    ],
)
def test_a_wrong_key_is_told(
    changed: dict[str, Any], message: str, config: dict[str, Any], storage: LocalModelStorage
) -> None:
    with pytest.raises(InvalidConfigException, match=message):
        Gpt2FallbackGenerator.create(
            {**config, **changed}, storage, Resource("generator"), contract.context()
        )


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    (tmp_path / "empty").mkdir()
    return LocalModelStorage(tmp_path / "empty")


def test_a_wrong_file_is_told_in_one_sentence(
    config: dict[str, Any], train: Callable[..., Path], model_cache: Path
) -> None:
    path = Path(config["knowledge"][0]) / "a.yml"
    path.write_text("articles:\n- id: a\n  zh: [\n", "utf-8")
    with pytest.raises(GeneratorTrainingError, match=r"a\.yml is no valid YAML in line 4"):
        train(config)
    assert not list(model_cache.rglob("*.safetensors"))


def test_a_missing_base_model_is_told_in_one_sentence(
    config: dict[str, Any], train: Callable[..., Path]
) -> None:
    with pytest.raises(GeneratorTrainingError, match="There is no model"):
        train({**config, "model": "./no/such/folder"})


async def test_a_pretrained_model_with_lora(
    config: dict[str, Any], train: Callable[..., Path], tmp_path: Path
) -> None:
    base = foreign_folder(tmp_path / "base", "llama")
    folder = train({**config, "model": str(base), "lora": True, "lora_r": 2, "epochs": 1})
    assert sorted(path.name for path in stored(folder).iterdir()) == SERVED
    assert description(folder)["about"]["model"] == str(base)
    generator = LocalGenerator.open(stored(folder))
    await generator.generate(Prompt("hello", (), "en"), 5, 10)
    await generator.close()


@pytest.mark.parametrize("full", ["cache", "model"])
def test_a_full_disk_is_told_and_leaves_nothing_half(
    full: str, config: dict[str, Any], train: Callable[..., Path], tmp_path: Path, model_cache: Path
) -> None:
    if full == "model":
        train(config)
    target = tmp_path / "target"
    target.mkdir()
    program = (
        "import json, resource, sys\n"
        "from pathlib import Path\n"
        "from rasa.engine.storage.local_model_storage import LocalModelStorage\n"
        "from rasa.engine.storage.resource import Resource\n"
        "from rasa.shared.nlu.training_data.training_data import TrainingData\n"
        "from tests.nlu.component_contract import context\n"
        "from xiaoer.generation import Gpt2FallbackGenerator\n"
        "storage = LocalModelStorage(Path(sys.argv[1]))\n"
        "config = json.loads(sys.argv[2])\n"
        "made = Gpt2FallbackGenerator.create(config, storage, Resource('generator'), context())\n"
        # No file may be longer from here on, as on a disk without room.
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))\n"
        "try:\n"
        "    made.train(TrainingData())\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(target), json.dumps(config)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "components"), str(ROOT)])},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    said = done.stdout.splitlines()[-1]
    assert said.startswith("GeneratorTrainingError The text generator cannot be ")
    assert "free some space" in said
    assert not [path for path in target.rglob("*") if path.is_file()]
    assert len(list(model_cache.rglob("*.safetensors"))) == (full == "model")


PROJECT = {
    "config.yml": {
        "recipe": "default.v1",
        "assistant_id": "test",
        "language": "en",
        "pipeline": [
            {"name": "KeywordIntentClassifier"},
            {"name": "xiaoer.generation.Gpt2FallbackGenerator", **SMALL},
        ],
        "policies": [],
    },
    "data/nlu.yml": {
        "version": "3.1",
        "nlu": [
            {"intent": intent, "examples": "".join(f"- {intent} {word}\n" for word in "abcdef")}
            for intent in ("buy", "return")
        ],
    },
}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_rasa_trains_it_tests_it_and_goes_on_with_it(tmp_path: Path, model_cache: Path) -> None:
    write_corpus(tmp_path / "data")
    for name, value in PROJECT.items():
        (tmp_path / name).write_text(yaml.safe_dump(value, allow_unicode=True), "utf-8")

    def rasa(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "rasa", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT / "components"), "LOG_LEVEL": "INFO"},
            capture_output=True,
            text=True,
            timeout=400,
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
        return done.stdout + done.stderr

    train = ["train", "nlu", "--nlu", "data/nlu.yml"]
    rasa(*train)
    (kept,) = (model_cache / "generators-1").iterdir()
    made = (kept / "model.safetensors").stat().st_mtime_ns
    (archive,) = (tmp_path / "models").iterdir()
    generator = open_generator(tmp_path / "models", tmp_path / "cache")
    assert generator is not None
    # Another example for an intent is no matter for the generator.
    more = {"intent": "greet", "examples": "- hello\n- hi\n"}
    known = PROJECT["data/nlu.yml"]
    text = yaml.safe_dump({**known, "nlu": [*known["nlu"], more]})
    (tmp_path / "data" / "nlu.yml").write_text(text, "utf-8")
    rasa(*train)
    rasa("test", "nlu", "--nlu", "data/nlu.yml", "--cross-validation", "--folds", "2", "--no-plot")
    assert [path.name for path in (model_cache / "generators-1").iterdir()] == [kept.name]
    assert (kept / "model.safetensors").stat().st_mtime_ns == made
    rasa(*train, "--finetune", "--epoch-fraction", "0.5")
    newest = max((tmp_path / "models").iterdir(), key=lambda path: path.stat().st_ctime)
    names = []
    for path in (archive, newest):
        with tarfile.open(path) as stream:
            names.append(
                sorted(name for name in stream.getnames() if "Gpt2FallbackGenerator" in name)
            )
    assert len(names[0]) == len(SERVED) + 1
    assert names[0] == names[1]
    assert open_generator(newest, tmp_path / "cache") is not None
