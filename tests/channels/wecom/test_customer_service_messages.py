"""Bubbles as messages of customer service, and what of them may be sent now."""

from __future__ import annotations

import http.server
import threading
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from xiaoer.channels.storage import open_store
from xiaoer.channels.tencent import ApiClient
from xiaoer.channels.wecom.customer_service.allowance import portion
from xiaoer.channels.wecom.customer_service.composing import Composer, as_one, text_message
from xiaoer.channels.wecom.customer_service.entries import read_entry
from xiaoer.channels.wecom.customer_service.pictures import Pictures
from xiaoer.channels.wecom.output import Bubble
from xiaoer.channels.wecom.texts import Texts

TEXTS = Texts()
MORE = TEXTS.get("more", "中")


@pytest.fixture(scope="module")
def pictures_url() -> Iterator[str]:
    """A server that has one picture, and takes it as an upload."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing."""

        def _reply(self, kind: str, body: bytes) -> None:
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            if self.path == "/large.png":
                self._reply("image/png", b"p" * (2 * 1024 * 1024 + 1))
            elif self.path == "/page.png":
                self._reply("text/html", b"<p>")
            else:
                self._reply("image/png", b"png")

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            assert self.path == "/cgi-bin/media/upload?type=image"
            self._reply("application/json", b'{"errcode": 0, "media_id": "m1"}')

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@pytest.fixture
async def composer(tmp_path: Path, pictures_url: str) -> AsyncIterator[Composer]:
    """A composer whose pictures are on a real server."""
    store = open_store(str(tmp_path / "channels.db"))
    api = ApiClient(pictures_url, None)
    pictures = Pictures(api, store, 2.0)
    yield Composer(TEXTS, pictures)
    await pictures.close()
    await api.close()
    await store.close()


async def test_pictures_are_uploaded_or_said(composer: Composer, pictures_url: str) -> None:
    names = ("a", "large", "page")
    bubbles = [Bubble(image=f"{pictures_url}/{name}.png") for name in names]
    composed = await composer.compose(bubbles, "t")
    assert composed.steps == [
        {"msgtype": "image", "image": {"media_id": "m1"}},
        text_message(f"{pictures_url}/large.png\n\n{pictures_url}/page.png"),
    ]


async def test_one_card_with_a_picture_is_a_link(composer: Composer, pictures_url: str) -> None:
    card = {
        "title": "耳机",
        "subtitle": "¥299",
        "image_url": f"{pictures_url}/a.png",
        "item_url": "https://s/a",
        "buttons": [{"title": "加购", "payload": "/buy"}],
    }
    link, menu = (await composer.compose([Bubble(cards=(card,))], "t")).steps
    assert link["link"]["thumb_media_id"] == "m1"
    assert link["link"]["url"] == "https://s/a"
    assert menu["msgmenu"]["list"][0]["click"]["content"] == "加购"


async def test_several_cards_are_one_menu(composer: Composer) -> None:
    cards = tuple(
        {
            "title": f"耳机{n}",
            "subtitle": "¥299",
            "item_url": f"https://s/{n}",
            "buttons": [{"title": "加购", "payload": f"/buy{n}"}],
        }
        for n in range(3)
    )
    composed = await composer.compose([Bubble(cards=cards)], "t")
    (step,) = composed.steps
    kinds = [item["type"] for item in step["msgmenu"]["list"]]
    assert kinds == ["view"] * 3 + ["click"] * 3
    assert step["msgmenu"]["list"][4]["click"]["content"] == "耳机1 · 加购"
    assert sorted(composed.menus.values()) == ["/buy0", "/buy1", "/buy2"]


async def test_more_than_ten_buttons_are_several_menus(composer: Composer) -> None:
    buttons = tuple({"title": f"选{n}" * 60, "payload": f"/c{n}"} for n in range(23))
    steps = (await composer.compose([Bubble(text="选", buttons=buttons)], "t")).steps
    assert [len(step["msgmenu"]["list"]) for step in steps] == [10, 10, 3]
    contents = [item["click"]["content"] for step in steps for item in step["msgmenu"]["list"]]
    assert all(len(content.encode()) <= 128 for content in contents)


async def test_a_transfer_stands_where_it_was_said(composer: Composer) -> None:
    bubbles = [
        Bubble(text="稍等"),
        Bubble(custom={"wecom_kf": {"transfer": "pool", "text": "排队中"}}),
        Bubble(custom={"wecom_kf": {"end": True}}),
        Bubble(custom={"other": 1}),
    ]
    assert (await composer.compose(bubbles, "t")).steps == [
        text_message("稍等"),
        {"transfer": "pool", "text": "排队中"},
        {"end": True, "text": ""},
    ]


def test_what_is_over_the_allowance_waits_but_a_transfer_does_not() -> None:
    image = {"msgtype": "image", "image": {"media_id": "m"}}
    steps = [image, text_message("甲"), image, {"transfer": "pool", "text": ""}]
    now, later = portion(steps, 2, TEXTS)
    assert now == [image, text_message(f"甲\n{MORE}"), {"transfer": "pool", "text": ""}]
    assert later == [image]
    assert portion(steps, 0, TEXTS) == ([{"transfer": "pool", "text": ""}], [*steps[:3]])
    assert portion([], 5, TEXTS) == ([], [])


def test_a_menu_says_below_that_there_is_more() -> None:
    menu = {"msgtype": "msgmenu", "msgmenu": {"head_content": "选", "list": []}}
    now, _ = portion([menu, text_message("b")], 1, TEXTS)
    assert now[0]["msgmenu"]["tail_content"] == MORE


def test_an_event_is_answered_by_one_message() -> None:
    menu = {"msgtype": "msgmenu", "msgmenu": {"head_content": "选", "list": [1]}}
    assert as_one([text_message("a"), text_message("b")]) == text_message("a\n\nb")
    assert as_one([text_message("a"), menu]) == {
        "msgtype": "msgmenu",
        "msgmenu": {"head_content": "a\n\n选", "list": [1]},
    }
    assert as_one([{"end": True}]) is None


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"msgid": "1", "msgtype": "text", "origin": 3, "text": {"content": "x"}},
        {"msgid": "1", "msgtype": "text", "origin": 5, "open_kfid": "k", "external_userid": "u",
         "text": {"content": "a servicer's"}},
        {"msgid": "1", "msgtype": "event", "origin": 4,
         "event": {"event_type": "servicer_status_change", "servicer_userid": "s", "status": 1}},
        {"msgid": "1", "msgtype": "event", "origin": 4, "event": None},
        {"msgid": "1", "msgtype": "text", "origin": 4, "open_kfid": "k", "external_userid": "u",
         "text": {"content": "x"}},
    ],
)  # fmt: skip
def test_entries_that_are_not_the_bots_business(entry: dict[str, Any]) -> None:
    assert read_entry(entry) is None
