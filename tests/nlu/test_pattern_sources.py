"""What the extractor reads while training: pattern files, lookup tables, regexes, catalogues."""

import contextlib
import datetime
import json
import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.exceptions import InvalidConfigException, RasaException
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from xiaoer.nlu.catalog_entity_extractor import CatalogEntityExtractor

ROOT = Path(__file__).resolve().parents[2]


def trained(folder, data=None, **config):
    """An extractor that was trained and loaded again."""
    config = {**CatalogEntityExtractor.get_default_config(), **config}
    storage, resource = LocalModelStorage.create(folder), Resource("extractor")
    CatalogEntityExtractor.create(config, storage, resource, None).train(data or TrainingData())
    return CatalogEntityExtractor.load(config, storage, resource, None)


def found(extractor, text):
    message = Message(data={TEXT: text})
    extractor.process([message])
    return [(each["entity"], each["text"], each["value"]) for each in message.get(ENTITIES)]


def nlu_data(folder, text):
    """Training data as Rasa reads it from `data/`."""
    file = folder / "nlu.yml"
    file.write_text('version: "3.1"\nnlu:\n' + text, encoding="utf-8")
    importer = TrainingDataImporter.load_nlu_importer_from_config(
        str(ROOT / "config.yml"), training_data_paths=[str(file)]
    )
    return importer.get_nlu_data()


LOOKUP = """
- lookup: city
  examples: |
    - 上海
    - 上海浦东
    - New York
    - Springfield
"""
REGEX = """
- intent: coupon
  examples: |
    - use [AB12](coupon)
    - take [CD34](coupon)
- regex: coupon
  examples: |
    - \\b[a-z]{2}\\d{2}\\b
- regex: greeting
  examples: |
    - hello+
"""


def test_lookup_tables(tmp_path):
    extractor = trained(tmp_path, nlu_data(tmp_path, LOOKUP))
    assert found(extractor, "寄到上海浦东或NEW YORK") == [
        ("city", "上海浦东", "上海浦东"),
        ("city", "NEW YORK", "New York"),
    ]
    assert found(extractor, "newyork") == [("city", "newyork", "New York")]
    assert found(extractor, "nowhere") == []


def test_lookup_tables_may_be_left_out(tmp_path):
    data = nlu_data(tmp_path, LOOKUP)
    assert found(trained(tmp_path, data, use_lookup_tables=False), "上海") == []


def test_lookup_files(tmp_path):
    file = tmp_path / "city.txt"
    file.write_text("上海\n\nNew York\n", encoding="utf-8")
    for elements in (str(file), [str(file)]):
        data = TrainingData(lookup_tables=[{"name": "city", "elements": elements}])
        assert found(trained(tmp_path, data), "上海") == [("city", "上海", "上海")]
        # Rasa's own fingerprint reads the file into the table.
        data.fingerprint()
        assert found(trained(tmp_path, data), "new york") == [("city", "new york", "New York")]


def test_a_missing_lookup_file(tmp_path):
    data = TrainingData(lookup_tables=[{"name": "city", "elements": "nowhere.txt"}])
    with pytest.raises(InvalidConfigException, match="table 'city' cannot be read"):
        trained(tmp_path, data)


def test_regexes_named_after_an_annotated_entity(tmp_path, caplog):
    data = nlu_data(tmp_path, REGEX)
    with caplog.at_level(logging.DEBUG, logger="xiaoer"):
        extractor = trained(tmp_path, data)
    assert "No example annotates 'greeting'" in caplog.text
    assert found(extractor, "hello, i have XY99") == [("coupon", "XY99", "XY99")]
    assert found(trained(tmp_path, data, use_regexes=False), "XY99") == []


def test_a_broken_regex(tmp_path):
    data = nlu_data(tmp_path, REGEX.replace("hello+", "x").replace("\\b[a-z]{2}", "("))
    with pytest.raises(InvalidConfigException, match="no regular expression"):
        trained(tmp_path, data)


PATTERNS = r"""
patterns:
- {label: card, id: gold, pattern: 金卡}
- {label: card, pattern: [{TEXT: 银}, {TEXT: 卡}]}
- {label: coupon, value: upper, regex: '(?a)\b[a-z]{2}-\d{4}\b'}
- {label: due, value: date, regex: '(?<=送达)..'}
- {label: time, find: dates}
"""


def test_pattern_files(tmp_path):
    file = tmp_path / "patterns.yml"
    file.write_text(PATTERNS, encoding="utf-8")
    extractor = trained(tmp_path, patterns=str(file), common_patterns=False)
    extractor.clock = lambda zone: datetime.datetime(2026, 10, 14, tzinfo=zone)
    assert found(extractor, "金卡和银卡") == [("card", "金卡", "gold"), ("card", "银卡", "银卡")]
    assert found(extractor, "券ab-1234可用吗") == [("coupon", "ab-1234", "AB-1234")]
    # of two with one length the earlier wins
    assert found(extractor, "送达明天") == [("due", "明天", "2026-10-15")]
    assert found(extractor, "明天") == [("time", "明天", "2026-10-15")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("patterns: [{label: x}]", "wants a label"),
        ("patterns: [{label: x, pattern: y, regex: z}]", "wants a label"),
        ("patterns: [{label: x, pattern: 8}]", "wants a label"),
        ("patterns: [{label: x, regex: [8]}]", "wants a label"),
        ("patterns: [{label: x, find: nothing}]", "wants a label"),
        ("patterns: [{label: x, pattern: y, value: nothing}]", "wants a label"),
        ("patterns: [", "should be YAML"),
        ("- x", "should be YAML"),
        ("patterns: [8]", "should be YAML"),
        ("patterns: [{label: x, pattern: [{NOTHING: y}]}]", "no spaCy token pattern"),
        ("patterns: [{label: x, regex: '('}]", "no regular expression"),
    ],
)
def test_a_broken_pattern_file(tmp_path, content, message):
    file = tmp_path / "patterns.yml"
    file.write_text(content)
    with pytest.raises(InvalidConfigException, match=message):
        trained(tmp_path, patterns=[str(file)])


def test_a_file_in_another_encoding(tmp_path):
    file = tmp_path / "patterns.yml"
    file.write_bytes("patterns: [{label: x, pattern: 金卡}]".encode("gb18030"))
    with pytest.raises(InvalidConfigException, match="cannot be read as UTF-8"):
        trained(tmp_path, patterns=[str(file)])


def test_what_is_missing_is_named(tmp_path):
    with pytest.raises(InvalidConfigException, match="correct `patterns`"):
        trained(tmp_path, patterns=["nowhere.yml"])
    with pytest.raises(InvalidConfigException, match="correct `catalog`"):
        trained(tmp_path, catalog="nowhere")


def test_the_longest_wins_across_sources_and_the_first_of_equals(tmp_path):
    (tmp_path / "patterns.yml").write_text("patterns: [{label: own, pattern: 星云}]")
    entries = [
        {"entity": "brand", "value": "nebula", "synonyms": ["星云", "两千块"]},
        {"entity": "product_name", "value": "X1", "synonyms": ["星云X1"]},
    ]
    (tmp_path / "lexicon.json").write_text(json.dumps({"entries": entries}))
    lookup = "- lookup: series\n  examples: |\n    - 星云\n    - 星云X1手机\n"
    extractor = trained(
        tmp_path,
        nlu_data(tmp_path, lookup),
        catalog=[str(tmp_path / "lexicon.json")],
        patterns=[str(tmp_path / "patterns.yml")],
    )
    assert found(extractor, "星云") == [("own", "星云", "星云")]
    assert found(extractor, "星云X1") == [("product_name", "星云X1", "X1")]
    assert found(extractor, "星云X1手机") == [("series", "星云X1手机", "星云X1手机")]
    assert found(extractor, "两千块") == [("brand", "两千块", "nebula")]
    assert found(extractor, "两千块钱") == [("money", "两千块钱", "2000")]


def test_the_shops_backend_is_needed_for_training_alone(tmp_path, free_port, monkeypatch):
    token, port = "a-token-of-these-tests", free_port()
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("XIAOER_", "DATABASE_"))},
        "XIAOER_SERVICE_TOKEN": token,
        "XIAOER_EVENTS_URL": "off",
        "XIAOER_SEARCH_ENCODER": "",
        "DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path / 'shop.db'}",
    }
    backends = [sys.executable, "-m", "backends"]
    subprocess.run([*backends, "seed"], cwd=ROOT, env=environment, check=True, capture_output=True)
    url = f"http://127.0.0.1:{port}"
    with (tmp_path / "log.txt").open("wb") as log:
        server = subprocess.Popen(
            [*backends, "serve", "--port", str(port)],
            cwd=ROOT, env=environment, stdout=log, stderr=log,
        )  # fmt: skip
    config = {"catalog": f"{url}/v1/lexicon"}
    try:
        _wait_for(f"{url}/health", server)
        with pytest.raises(RasaException, match="gave no usable answer"):
            trained(tmp_path, **config)
        monkeypatch.setenv("XIAOER_SERVICE_TOKEN", token)
        extractor = trained(tmp_path, **config)
        assert CatalogEntityExtractor.fingerprint_addon(config)
    finally:
        server.terminate()
        server.wait(timeout=30)
    from_files = trained(tmp_path, catalog=str(ROOT / "data" / "shop"))
    for text in ("流萤的手机", "any Lumivo smart-phones?", "wireless earbuds"):
        assert found(extractor, text) == found(from_files, text) != []
    with pytest.raises(RasaException, match=f"catalogue at {url}/v1/lexicon .* start the service"):
        trained(tmp_path, **config)
    assert CatalogEntityExtractor.fingerprint_addon(config) is None


def _wait_for(url, server):
    deadline = time.monotonic() + 120
    with httpx.Client(timeout=5, trust_env=False) as client:
        while time.monotonic() < deadline and server.poll() is None:
            with contextlib.suppress(httpx.HTTPError):
                if client.get(url).status_code == 200:
                    return
            time.sleep(0.2)
    raise AssertionError(f"{url} does not answer")
