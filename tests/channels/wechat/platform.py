"""A WeChat platform for tests and benchmarks, which keeps the rules that the documents state.

It delivers messages (5 s for an answer, three tries, encrypted by wechatpy), shows each customer
what an account says, and serves the API: `stable_token`, temporary media and customer-service
messages with their quotas and error codes. Pictures under `/pictures/` stand for the shop's.

Sources: https://developers.weixin.qq.com/doc/service/en/Message_Management/ (Passive user reply,
Customer service messages), https://developers.weixin.qq.com/doc/subscription/guide/dev/push/
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import random
import secrets
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar
from xml.sax.saxutils import escape

import aiohttp
import xmltodict
from aiohttp import web
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner

from tests.loop_thread import LoopThread

TOKEN = "a-callback-token"
AES_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID = "wx5823bf96d3bd56c7"
APP_SECRET = "an-app-secret-of-tests"
ACCOUNT = "gh_7f083739789a"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000a49444154789c63000100000500010d0a2db40000000049454e44ae426082"
)

Result = TypeVar("Result")


@dataclass
class Shown:
    """What a customer sees.

    Attributes:
        by: `passive` or `service`.
        kind: text, image, news, msgmenu, or error for the platform's own apology.
        text: The words, the media id, or the card's title.
        content: All of it.
        message: The MsgId or event that a passive reply answers.
        after: Seconds from the message's first delivery (passive), from the platform's start
            (service).
    """

    by: str
    kind: str
    text: str
    content: dict[str, Any]
    message: str = ""
    after: float = 0.0


@dataclass
class Outcome:
    """How the deliveries of one message went.

    Attributes:
        answer: What the customer sees, None for `success` or no answer.
        tries: How many deliveries were made.
        statuses: Of each delivery: the HTTP status, `timeout` or `refused`.
        bodies: Of each delivery that was answered.
        seconds: From its sending to its answer, of each delivery that was answered.
    """

    answer: Shown | None = None
    tries: int = 0
    statuses: list[int | str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


@dataclass
class _Window:
    limit: int
    until: float
    spent: int = 0


class FakePlatform:
    """The platform, for one account.

    Args:
        urls: Where the account listens; deliveries go to each in turn, and past one that takes
            no connections, as a balancer sends them.
        mode: `plain`, `compatible` or `safe`.
        authorised: Whether the account may send customer-service messages and upload media.
        fresh_nonces: Whether each try carries a timestamp and nonce of its own.
        patience: Seconds that the platform waits for an answer.
        calls_a_minute: Calls of the API that it takes.
        seed: For ids, nonces and what is drawn.
    """

    def __init__(
        self,
        urls: list[str],
        mode: str = "safe",
        authorised: bool = True,
        fresh_nonces: bool = False,
        patience: float = 5.0,
        calls_a_minute: int = 1_000_000,
        seed: int = 7,
    ) -> None:
        self._urls = itertools.cycle(urls)
        self._servers = len(urls)
        self.mode = mode
        self.authorised = authorised
        self.fresh_nonces = fresh_nonces
        self.patience = patience
        self.calls_a_minute = calls_a_minute
        self.quota = {"message": (5, 48 * 3600.0), "event": (3, 60.0)}
        self.shown: dict[str, list[Shown]] = defaultdict(list)
        self.codes: Counter[int] = Counter()
        self.tokens_given = 0
        self.forced = 0
        self.uploads: list[bytes] = []
        self.busy = 0
        self._random = random.Random(seed)
        self._crypto = WeChatCrypto(TOKEN, AES_KEY, APP_ID)
        self._ids = itertools.count(self._random.randrange(10**15, 10**16))
        self._media: set[str] = set()
        self._token = ""
        self._windows: dict[str, dict[str, _Window]] = defaultdict(dict)
        self._calls: deque[float] = deque()
        self._answered: set[str] = set()
        self._started = time.monotonic()
        self._client: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None

    # -- the process --------------------------------------------------------------------------

    async def start(self, port: int) -> None:
        """Serve the API at this port."""
        app = web.Application(client_max_size=20 * 1024**2)
        app.router.add_post("/cgi-bin/stable_token", lambda request: self.stable_token(request))
        app.router.add_post("/cgi-bin/media/upload", self._upload)
        app.router.add_post("/cgi-bin/message/custom/send", self._custom_send)
        app.router.add_get("/pictures/{name}", self._picture)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        connector = aiohttp.TCPConnector(limit=0)
        self._client = aiohttp.ClientSession(connector=connector)

    async def stop(self) -> None:
        """End."""
        if self._client:
            await self._client.close()
        if self._runner:
            await self._runner.cleanup()

    # -- what customers do --------------------------------------------------------------------

    async def say(self, sender: str, text: str, **options: Any) -> Outcome:
        """A customer writes; returns when the platform is done with the message."""
        return await self.message(sender, "text", {"Content": text}, **options)

    async def message(
        self, sender: str, kind: str, fields: dict[str, Any], **options: Any
    ) -> Outcome:
        """A customer sends a message of this type."""
        message_id = str(options.pop("message_id", None) or next(self._ids))
        self._open(sender, "message")
        content = {"MsgType": kind, **fields, "MsgId": message_id}
        return await self.deliver(sender, content, message_id, **options)

    async def event(
        self, sender: str, name: str, fields: dict[str, Any] | None = None, **options: Any
    ) -> Outcome:
        """A customer follows, scans, clicks, …"""
        if name in ("subscribe", "SCAN", "CLICK"):
            self._open(sender, "event")
        content = {"MsgType": "event", "Event": name, **(fields or {})}
        return await self.deliver(sender, content, f"{sender}:{name}:{next(self._ids)}", **options)

    async def deliver(
        self,
        sender: str,
        content: dict[str, Any],
        name: str,
        tries: int = 3,
        always: bool = False,
    ) -> Outcome:
        """Deliver up to `tries` times, until one is answered; or `always` all of them.

        Tries begin `patience` seconds apart. The first answer that is not `success` is shown.
        """
        fields = {"ToUserName": ACCOUNT, "FromUserName": sender, **content}
        fields.setdefault("CreateTime", str(int(time.time())))
        body = to_xml(fields)
        outcome = Outcome()
        began = time.monotonic()
        stamp, nonce = self.now(), self.nonce()
        running: list[asyncio.Task[bool]] = []
        for number in range(tries):
            if self.fresh_nonces:
                stamp, nonce = self.now(), self.nonce()
            wait = began + number * self.patience - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            work = self._try(sender, body, name, stamp, nonce, began, outcome)
            outcome.tries += 1
            if always:
                running.append(asyncio.get_running_loop().create_task(work))
            elif await work:
                break
        await asyncio.gather(*running)
        return outcome

    async def _try(
        self,
        sender: str,
        body: str,
        name: str,
        stamp: str,
        nonce: str,
        began: float,
        outcome: Outcome,
    ) -> bool:
        """Make one delivery; whether it was answered."""
        url, content = self.request(body, stamp, nonce)
        sent = time.monotonic()
        try:
            work = self._post_anywhere(url, content)
            status, answer = await asyncio.wait_for(work, self.patience)
        except asyncio.TimeoutError:
            outcome.statuses.append("timeout")
            return False
        except aiohttp.ClientError:
            outcome.statuses.append("refused")
            return False
        outcome.statuses.append(status)
        if status >= 500:
            return False
        outcome.bodies.append(answer)
        outcome.seconds.append(time.monotonic() - sent)
        shown = self._read_answer(sender, status, answer)
        if shown is not None:
            shown.message, shown.after = name, time.monotonic() - began
            # A message is answered once, however often it was delivered.
            if name not in self._answered:
                self._answered.add(name)
                self.shown[sender].append(shown)
                outcome.answer = shown
        return True

    # -- the wire -----------------------------------------------------------------------------

    def now(self) -> str:
        """The platform's clock, in seconds."""
        return str(int(time.time()))

    def nonce(self) -> str:
        """A nonce."""
        return str(self._random.randrange(10**8, 10**10))

    def request(self, body: str, stamp: str, nonce: str) -> tuple[str, bytes]:
        """Return address and body of a delivery, signed and encrypted."""
        url = next(self._urls)
        query = f"?signature={sign(stamp, nonce)}&timestamp={stamp}&nonce={nonce}&openid=x"
        if self.mode == "plain":
            return url + query, body.encode()
        envelope = self._crypto.encrypt_message(body, nonce, stamp)
        encrypted = xmltodict.parse(envelope)["xml"]
        query += f"&encrypt_type=aes&msg_signature={encrypted['MsgSignature']}"
        outer = f"<ToUserName>{ACCOUNT}</ToUserName><Encrypt>{encrypted['Encrypt']}</Encrypt>"
        if self.mode == "compatible":
            outer = body.removeprefix("<xml>").removesuffix("</xml>") + outer
            outer = outer.replace(f"<ToUserName>{ACCOUNT}</ToUserName>", "", 1)
        return url + query, f"<xml>{outer}</xml>".encode()

    async def _post_anywhere(self, url: str, content: bytes) -> tuple[int, bytes]:
        """Post to this server, or to the next that takes a connection."""
        for _ in range(self._servers - 1):
            try:
                return await self.post(url, content)
            except aiohttp.ClientConnectorError:
                url = next(self._urls) + url[url.index("?") :]
        return await self.post(url, content)

    async def post(self, url: str, content: bytes) -> tuple[int, bytes]:
        """Post to the account."""
        assert self._client
        async with self._client.post(
            url, data=content, headers={"Content-Type": "text/xml"}
        ) as answer:
            return answer.status, await answer.read()

    async def get(self, url: str, params: dict[str, str]) -> tuple[int, bytes]:
        """Get from the account."""
        assert self._client
        async with self._client.get(url, params=params) as answer:
            return answer.status, await answer.read()

    def _read_answer(self, sender: str, status: int, answer: bytes) -> Shown | None:
        """Return what the customer sees of an answer."""
        if status == 200 and answer in (b"", b"success"):
            return None
        try:
            assert status == 200
            reply = xmltodict.parse(answer)["xml"]
            if self.mode != "plain" and "Encrypt" in reply:
                plain = self._crypto.decrypt_message(
                    answer, reply["MsgSignature"], reply["TimeStamp"], reply["Nonce"]
                )
                reply = xmltodict.parse(plain)["xml"]
            elif self.mode == "safe":
                raise ValueError("not encrypted")
            assert (reply["ToUserName"], reply["FromUserName"]) == (sender, ACCOUNT)
            assert abs(int(reply["CreateTime"]) - time.time()) < 600
            kind = reply["MsgType"]
            if kind == "text":
                assert 0 < len(reply["Content"].encode()) <= 2048
                words = reply["Content"]
            elif kind == "image":
                words = reply["Image"]["MediaId"]
                assert words in self._media
            else:
                assert kind == "news"
                assert reply["ArticleCount"] == "1"
                words = reply["Articles"]["item"]["Title"]
        except (AssertionError, KeyError, ValueError, TypeError, xmltodict.expat.ExpatError):
            return Shown("passive", "error", "该公众号提供的服务出现故障,请稍后再试", {})
        return Shown("passive", kind, words, dict(reply))

    # -- the API ------------------------------------------------------------------------------

    async def stable_token(self, request: web.Request) -> web.Response:
        """Give the token; a test may put another function in its place."""
        body = json.loads(await request.read())
        if (body.get("appid"), body.get("secret")) != (APP_ID, APP_SECRET):
            return self._refuse(40125, "invalid appsecret")
        if body.get("grant_type") != "client_credential":
            return self._refuse(40002, "invalid grant_type")
        if body.get("force_refresh"):
            self.forced += 1
        if not self._token or body.get("force_refresh"):
            self._token = secrets.token_hex(32)
        self.tokens_given += 1
        return web.json_response({"access_token": self._token, "expires_in": 7200})

    def expire_token(self) -> None:
        """Make the token that everybody has invalid."""
        self._token = ""

    async def _upload(self, request: web.Request) -> web.Response:
        refusal = self._refused(request)
        if refusal is not None:
            return refusal
        form = await request.post()
        media = form["media"]
        assert isinstance(media, web.FileField)
        if request.query.get("type") != "image" or not media.filename.endswith((".png", ".jpg")):
            return self._refuse(40004, "invalid media type")
        content = media.file.read()
        self.uploads.append(content)
        media_id = f"media-{hashlib.sha256(content).hexdigest()[:20]}-{len(self.uploads)}"
        self._media.add(media_id)
        answer = {"type": "image", "media_id": media_id, "created_at": int(time.time())}
        return web.json_response(answer)

    def forget_media(self) -> None:
        """Let all temporary media end."""
        self._media.clear()

    async def _picture(self, request: web.Request) -> web.Response:
        if request.match_info["name"].endswith(".png"):
            return web.Response(body=PNG, content_type="image/png")
        return web.Response(status=404)

    async def _custom_send(self, request: web.Request) -> web.Response:
        refusal = self._refused(request)
        if refusal is not None:
            return refusal
        body = json.loads(await request.read())
        sender, kind = str(body.get("touser")), str(body.get("msgtype"))
        if not self._windows.get(sender):
            return self._refuse(40003, "invalid openid")
        content = body.get(kind)
        try:
            code, words = self._checked(kind, content)
        except (KeyError, TypeError, AttributeError):
            return self._refuse(47001, "data format error")
        if code:
            return self._refuse(code, words)
        windows = [one for one in self._windows[sender].values() if one.until > time.monotonic()]
        if not windows:
            return self._refuse(45015, "response out of time limit or subscription is canceled")
        free = [one for one in windows if one.spent < one.limit]
        if not free:
            return self._refuse(45047, "out of response count limit")
        free[0].spent += 1
        shown = Shown("service", kind, words, content, "", time.monotonic() - self._started)
        self.shown[sender].append(shown)
        return self._refuse(0, "ok")

    def _checked(self, kind: str, content: Any) -> tuple[int, str]:
        """Return the error's code and words, or 0 and what the customer reads."""
        if kind == "text":
            words = content["content"]
            return (0, words) if 0 < len(words.encode()) <= 2048 else (45002, "content size")
        if kind == "image":
            media_id = content["media_id"]
            return (0, media_id) if media_id in self._media else (40007, "invalid media_id")
        if kind == "news":
            articles = content["articles"]
            return (0, articles[0]["title"]) if len(articles) == 1 else (45008, "article size")
        if kind == "msgmenu":
            items = [f"{item['id']} {item['content']}" for item in content["list"]]
            text = "\n".join([content["head_content"], *items])
            return (0, text) if len(items) <= 10 else (40200, "too many items")
        return 40008, "invalid message type"

    def _refused(self, request: web.Request) -> web.Response | None:
        now = time.monotonic()
        while self._calls and self._calls[0] < now - 60:
            self._calls.popleft()
        self._calls.append(now)
        if self.busy:
            self.busy -= 1
            return self._refuse(-1, "system error")
        if len(self._calls) > self.calls_a_minute:
            return self._refuse(45009, "reach max api daily quota limit")
        if not self._token or request.query.get("access_token") != self._token:
            return self._refuse(40001, "invalid credential, access_token is invalid")
        if not self.authorised:
            return self._refuse(48001, "api unauthorized")
        return None

    def _refuse(self, code: int, message: str) -> web.Response:
        self.codes[code] += 1
        return web.json_response({"errcode": code, "errmsg": f"{message} rid: 65-{code}"})

    def _open(self, sender: str, kind: str) -> None:
        limit, seconds = self.quota[kind]
        self._windows[sender][kind] = _Window(limit, time.monotonic() + seconds)

    def close_window(self, sender: str) -> None:
        """Let the customer's windows end."""
        for window in self._windows[sender].values():
            window.until = 0


def sign(*parts: str) -> str:
    """Return the signature that wechatpy makes."""
    signer = WeChatSigner()
    signer.add_data(TOKEN, *parts)
    return str(signer.signature)


def to_xml(fields: dict[str, Any]) -> str:
    """Return a message as the platform writes it."""

    def element(name: str, value: Any) -> str:
        if isinstance(value, dict):
            inner = "".join(element(key, one) for key, one in value.items())
        elif str(value).isdigit():
            inner = str(value)
        elif "]]>" in str(value):
            inner = escape(str(value))
        else:
            inner = f"<![CDATA[{value}]]>"
        return f"<{name}>{inner}</{name}>"

    return element("xml", fields)


class PlatformThread:
    """Runs the platform beside a test that is not asynchronous."""

    def __init__(self, platform: FakePlatform) -> None:
        self.platform = platform
        self._loop = LoopThread()

    def start(self, work: Any) -> Any:
        """Start a coroutine and return its future."""
        return self._loop.start(work)

    def run(self, work: Any, seconds: float = 60) -> Any:
        """Return what a coroutine returns."""
        return self.start(work).result(seconds)

    def say(self, sender: str, text: str, **options: Any) -> Outcome:
        """A customer writes."""
        outcome: Outcome = self.run(self.platform.say(sender, text, **options))
        return outcome

    def texts(self, sender: str) -> list[str]:
        """What the customer has read so far."""
        return [shown.text for shown in self.platform.shown[sender]]

    def close(self) -> None:
        """End the platform and its thread."""
        self.run(self.platform.stop())
        self._loop.close()


@contextmanager
def platform_at(port: int, urls: list[str], **options: Any) -> Iterator[PlatformThread]:
    """Run a platform whose API is at this port."""
    thread = PlatformThread(FakePlatform(urls, **options))
    try:
        thread.run(thread.platform.start(port))
        yield thread
    finally:
        thread.close()


def credentials(api_port: int, **more: Any) -> dict[str, Any]:
    """Return `credentials.yml` of an account in safe mode, to be changed by `more`."""
    settings = {
        "token": TOKEN,
        "app_id": APP_ID,
        "app_secret": APP_SECRET,
        "encoding_aes_key": AES_KEY,
        "api_base": f"http://127.0.0.1:{api_port}",
        **more,
    }
    return {"xiaoer.channels.WeChatInput": settings}
