"""What is served beside socket.io."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import httpx
import pytest

from tests.browser import missing
from tests.channels.web.conftest import Shop
from xiaoer.channels.web.pages import WIDGET, Script
from xiaoer.channels.web.settings import WebSettings


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    """The widget must be built."""
    if not WIDGET.is_file():
        missing("the chat widget is not built: `make web` builds it")


def test_the_script_is_cached_until_it_changes(shop: Shop) -> None:
    url = f"{shop.rasa.url}/webhooks/web/widget.js"
    with httpx.Client(trust_env=False) as client:
        first = client.get(url)
        again = client.get(url, headers={"If-None-Match": first.headers["etag"]})
        plain = client.get(url, headers={"Accept-Encoding": "identity"})

    assert first.status_code == 200
    assert first.headers["content-type"].startswith("text/javascript")
    assert "max-age=" in first.headers["cache-control"]
    assert first.headers["content-encoding"] == "gzip"
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert plain.content == first.content
    # The documentation says so, and phones pay for it.
    assert int(first.headers["content-length"]) < 30_000


def test_the_script_knows_the_names_that_credentials_set() -> None:
    script, other = (
        Script(WIDGET, WebSettings(socketio_path=path, max_length=7)) for path in ("/talk", "/hear")
    )

    assert script.load()
    assert other.load()
    assert b'"path": "/talk"' in script.plain
    assert b'"maxLength": 7' in script.plain
    assert gzip.decompress(script.packed) == script.plain
    assert script.tag != other.tag


def test_a_script_that_is_built_later_is_found(tmp_path: Path) -> None:
    script = Script(tmp_path / "widget.js", WebSettings())

    assert not script.load()
    (tmp_path / "widget.js").write_text("1")
    assert script.load()


@pytest.mark.parametrize(
    ("language", "expected"),
    [("zh-CN,zh;q=0.9", '<html lang="zh-CN">'), ("en-GB", '<html lang="en">'), ("", 'lang="en"')],
)
def test_the_demo_page_speaks_both_languages(shop: Shop, language: str, expected: str) -> None:
    url = f"{shop.rasa.url}/webhooks/web/demo"
    page = httpx.get(url, headers={"Accept-Language": language}, trust_env=False)

    assert page.status_code == 200
    assert expected in page.text
    assert "default-src 'self'" in page.headers["content-security-policy"]
    chosen = httpx.get(url, params={"language": "zh"}, trust_env=False)
    assert "店小二" in chosen.text


def test_a_large_body_is_refused_and_the_connection_lives_on(shop: Shop) -> None:
    with httpx.Client(base_url=shop.rasa.url, trust_env=False, timeout=10) as client:
        address = "/socket.io/?EIO=4&transport=polling"
        opened = client.get(address).text
        sid = json.loads(opened[1:])["sid"]
        refused = client.post(f"{address}&sid={sid}", content=b"4" + b"x" * 2_000_000)
        taken = client.post(f"{address}&sid={sid}", content="40")
        answered = client.get(f"{address}&sid={sid}").text

    assert opened[0] == "0"
    assert (refused.status_code, taken.status_code) == (413, 200)
    assert answered.startswith("40")
