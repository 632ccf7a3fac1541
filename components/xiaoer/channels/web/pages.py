"""The widget's script, and a page that shows it at work."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import html
import json
import string
from pathlib import Path

import yaml
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, text

from xiaoer.channels.web.settings import WebSettings

_HERE = Path(__file__).parent
WIDGET = _HERE / "assets" / "widget.js"
_DEMO = _HERE / "demo"
# A new version reaches all pages within the hour; until then a page is shown without waiting.
_CACHE = "public, max-age=300, stale-while-revalidate=3600"
_NOT_BUILT = "The chat widget has not been built: run `make web`, which needs Node.js."
_POLICY = "default-src 'self'; img-src https: data:; style-src 'self' 'unsafe-inline'"


def add_pages(routes: Blueprint, settings: WebSettings) -> None:
    """Add `widget.js` and `demo` to the routes."""
    script = Script(WIDGET, settings)

    @routes.get("/widget.js")
    async def widget(request: Request) -> HTTPResponse:
        if not await asyncio.to_thread(script.load):
            return text(_NOT_BUILT, status=404)
        headers = {
            "Cache-Control": _CACHE,
            "ETag": script.tag,
            "Vary": "Accept-Encoding",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
        }
        if script.tag in request.headers.get("if-none-match", ""):
            return HTTPResponse(status=304, headers=headers)
        body = script.plain
        if "gzip" in request.headers.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = script.packed, "gzip"
        return HTTPResponse(body, headers=headers, content_type="text/javascript; charset=utf-8")

    @routes.get("/demo")
    async def demo(request: Request) -> HTTPResponse:
        language = request.args.get("language") or request.headers.get("accept-language", "")
        page = await asyncio.to_thread(demo_page, language)
        headers = {"Content-Security-Policy": _POLICY, "Vary": "Accept-Language"}
        return HTTPResponse(page, headers=headers, content_type="text/html; charset=utf-8")


class Script:
    """The built widget with the channel's names in front, read again when it was built anew.

    Attributes:
        plain: The script.
        packed: The same, gzip.
        tag: Its entity tag.
    """

    def __init__(self, path: Path, settings: WebSettings) -> None:
        self._path = path
        names = {
            "path": settings.socketio_path,
            "namespace": settings.namespace,
            "userEvent": settings.user_message_evt,
            "botEvent": settings.bot_message_evt,
            "maxLength": settings.max_length,
        }
        self._names = json.dumps(names).encode()
        self._built = 0.0
        self.plain = self.packed = b""
        self.tag = ""

    def load(self) -> bool:
        """Read the script unless that was done; False when there is none."""
        try:
            built = self._path.stat().st_mtime
            if built != self._built:
                script = self._path.read_bytes()
                self.plain = b"(function(){var XIAOER_CHANNEL=%b;\n%b\n})();\n" % (
                    self._names,
                    script,
                )
                self.packed = gzip.compress(self.plain, mtime=0)
                self.tag = f'"{hashlib.sha256(self.plain).hexdigest()[:32]}"'
                self._built = built
        except FileNotFoundError:
            return False
        return True


def demo_page(language: str) -> str:
    """Return the page in the language that `language` (a tag, or Accept-Language) begins with."""
    texts = yaml.safe_load((_DEMO / "texts.yml").read_text(encoding="utf-8"))
    chosen = "zh" if language.lower().startswith("zh") else "en"
    page = string.Template((_DEMO / "page.html").read_text(encoding="utf-8"))
    return page.substitute({name: html.escape(one) for name, one in texts[chosen].items()})
