"""Names read from folders, files and services."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from xiaoer.nlu.lexicon import (
    LexiconEntry,
    LexiconError,
    lexicon_hash,
    name_variants,
    read_lexicon,
)

BRANDS = "brands: {orvek: {zh: 欧维克, en: Orvek, synonyms: [欧维]}}"
PRODUCTS = """
category: {id: phones, zh: 手机, en: Phones, synonyms: {zh: [智能手机], en: [smartphone]}}
products:
- {id: PH-1, name: {zh: 星云 X1, en: Nebula X1}, synonyms: [星云, " "]}
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "products").mkdir()
    (tmp_path / "brands.yml").write_text(BRANDS, encoding="utf-8")
    (tmp_path / "products" / "phones.yml").write_text(PRODUCTS, encoding="utf-8")
    return tmp_path


def test_a_folder(folder):
    assert read_lexicon(str(folder)) == [
        LexiconEntry("brand", "orvek", ("欧维克", "Orvek", "欧维")),
        LexiconEntry("category", "phones", ("手机", "Phones", "智能手机", "smartphone")),
        LexiconEntry("product_name", "PH-1", ("星云 X1", "Nebula X1", "星云")),
    ]


def test_a_file(tmp_path):
    file = tmp_path / "lexicon.json"
    rows = [{"entity": "brand", "value": "orvek", "synonyms": ["Orvek"]}]
    file.write_text(json.dumps({"entries": [*rows, {"entity": "brand", "value": "homlea"}]}))
    assert read_lexicon(str(file)) == [
        LexiconEntry("brand", "orvek", ("Orvek",)),
        LexiconEntry("brand", "homlea", ("homlea",)),
    ]


def test_a_service_is_asked_with_its_token(monkeypatch):
    asked = []

    class Service(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.headers["Authorization"])
            self.send_response(200)
            self.end_headers()
            rows = [{"entity": "brand", "value": "orvek", "synonyms": ["Orvek"]}]
            self.wfile.write(json.dumps({"entries": rows}).encode())

        def log_message(self, *_):
            pass

    monkeypatch.setenv("XIAOER_SERVICE_TOKEN", "secret")
    server = HTTPServer(("127.0.0.1", 0), Service)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        url = f"http://127.0.0.1:{server.server_port}/v1/lexicon"
        assert read_lexicon(url) == [LexiconEntry("brand", "orvek", ("Orvek",))]
        assert lexicon_hash(url) == lexicon_hash(url)
    finally:
        server.shutdown()
        server.server_close()
    assert asked[0] == "Bearer secret"


def test_a_service_that_is_down():
    with pytest.raises(LexiconError, match="start the service"):
        read_lexicon("http://127.0.0.1:9/v1/lexicon")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("entries: [{entity: brand}]", "should hold `entries`"),
        ("- a list", "should hold `entries`"),
        ("entries: [", "not valid YAML"),
        (b"\xff\xfe\x00", "not valid YAML"),
    ],
)
def test_a_malformed_file(tmp_path, content, message):
    file = tmp_path / "lexicon.yml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(LexiconError, match=message):
        read_lexicon(str(file))


def test_a_malformed_folder(folder, tmp_path):
    (folder / "products" / "phones.yml").write_text("products: [{id: PH-1}]")
    with pytest.raises(LexiconError, match=r"phones\.yml is not as"):
        read_lexicon(str(folder))
    (tmp_path / "empty").mkdir()
    with pytest.raises(LexiconError, match=r"neither brands\.yml nor"):
        read_lexicon(str(tmp_path / "empty"))
    with pytest.raises(LexiconError, match="does not exist"):
        read_lexicon(str(tmp_path / "nowhere"))


def test_the_hash_follows_the_files(folder):
    before = lexicon_hash(str(folder))
    assert lexicon_hash(str(folder)) == before
    (folder / "brands.yml").write_text("brands: {}")
    assert lexicon_hash(str(folder)) != before


@pytest.mark.parametrize(
    ("name", "some"),
    [
        ("Power Bank", {"Power Bank", "PowerBank", "Power-Bank", "Power Banks"}),
        ("T-shirt", {"T-shirt", "T shirt", "Tshirt", "T-shirts"}),
        ("headphones", {"headphones", "headphone"}),
        ("watch", {"watch", "watches"}),
    ],
)
def test_variants(name, some):
    assert some <= set(name_variants(name))


def test_what_does_not_vary():
    assert name_variants("手机") == ["手机"]
    assert name_variants("星云 X1") == ["星云 X1"]
