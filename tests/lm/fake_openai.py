"""A chat-completions endpoint that misbehaves, for the tests of `RemoteGenerator`.

Run as ``python -m tests.lm.fake_openai PORT``. The model asked for names the behaviour; ``GET
/requests`` tells what was asked and, of answers that never ended, whether the caller hung up.
"""

import asyncio
import gzip
import json
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

REQUESTS: list[dict[str, Any]] = []


def completion(*texts: str | None, reasons: Any = None, logprobs: Any = None) -> bytes:
    """Return a chat completion with these replies."""
    choices = [
        {
            "index": index,
            "message": {"role": "assistant", "content": text},
            "finish_reason": reasons[index] if reasons else "stop",
            "logprobs": logprobs and logprobs[index],
        }
        for index, text in enumerate(texts)
    ]
    return json.dumps({"object": "chat.completion", "choices": choices}).encode()


class Exchange:
    """One request and the connection to answer it on."""

    def __init__(
        self, request: dict[str, Any], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.request, self.reader, self.writer = request, reader, writer

    async def send(
        self,
        body: bytes,
        status: str = "200 OK",
        kind: str = "application/json",
        length: int | None = None,
        **headers: str,
    ) -> None:
        """Send a whole answer; `length` is what Content-Length claims."""
        lines = [
            f"HTTP/1.1 {status}",
            f"Content-Type: {kind}",
            f"Content-Length: {len(body) if length is None else length}",
            "Connection: close",
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        ]
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await self.writer.drain()

    async def begin_chunks(self) -> None:
        """Begin an answer of unknown length."""
        self.writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        await self.writer.drain()

    async def wait_for_hang_up(self) -> None:
        """Wait until the caller closes the connection, and note when."""
        try:
            while await self.reader.read(1024):
                pass
        except ConnectionError:
            # What the caller had not read yet resets the connection.
            pass
        self.request["hung_up"] = time.time()


async def slow(exchange: Exchange) -> None:
    """Never answer."""
    await exchange.wait_for_hang_up()


async def endless(exchange: Exchange, piece: bytes = b" ", pause: float = 0.01) -> None:
    """Send a body that never ends."""
    watcher = asyncio.create_task(exchange.wait_for_hang_up())
    await exchange.begin_chunks()
    while not watcher.done():
        exchange.writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
        try:
            await exchange.writer.drain()
        except ConnectionError:
            break
        await asyncio.sleep(pause)
    await watcher


async def huge(exchange: Exchange) -> None:
    """Send a body without end, fast."""
    await endless(exchange, b" " * 65536, 0)


async def cut(exchange: Exchange) -> None:
    """Close in the middle of the body."""
    await exchange.send(completion("cut off")[:40], length=500)


async def cut_chunks(exchange: Exchange) -> None:
    """Close after half of a chunk."""
    await exchange.begin_chunks()
    exchange.writer.write(b'100\r\n{"choices": [')


async def busy_once(exchange: Exchange) -> None:
    """Say 429 the first time."""
    asked = sum(one["body"]["model"] == exchange.request["body"]["model"] for one in REQUESTS)
    if asked == 1:
        await exchange.send(b"{}", "429 Too Many Requests", Retry_After="0.2")
    else:
        await exchange.send(completion("the second time"))


async def echo_key(exchange: Exchange, status: str) -> None:
    """Fail with the key in the body, as some proxies do."""
    await exchange.send(exchange.request["authorization"].encode(), status)


TOKENS = [
    {"content": [{"token": "a", "logprob": -2.0}, {"token": "b", "logprob": -4.0}]},
    {"content": [{"token": "a", "logprob": -0.5}]},
]
BEHAVIOURS: dict[str, Callable[[Exchange], Awaitable[None]]] = {
    "good": lambda one: one.send(completion("  7 天内可以退货。\n")),
    "several": lambda one: one.send(completion("first", "second", "first", "", None)),
    "scored": lambda one: one.send(completion("unlikely", "likely", logprobs=TOKENS)),
    "with charset": lambda one: one.send(completion("x"), kind="application/json; charset=utf-8"),
    "too long": lambda one: one.send(completion("unfini", reasons=["length"])),
    "one too long": lambda one: one.send(completion("half", "whole", reasons=["length", "stop"])),
    "slow": slow,
    "endless": endless,
    "huge": huge,
    "cut": cut,
    "cut chunks": cut_chunks,
    "hang up": lambda one: asyncio.sleep(0),
    "rubbish": lambda one: one.send(b"\xff\xfe\x00rubbish"),
    "not json": lambda one: one.send(b"{'choices': 1}"),
    "deep": lambda one: one.send(b"[" * 200_000),
    "html": lambda one: one.send(b"<html>Log in</html>", kind="text/html"),
    "event stream": lambda one: one.send(b"data: {}", kind="text/event-stream"),
    "gzip": lambda one: one.send(gzip.compress(b" " * 10**7), Content_Encoding="gzip"),
    "list": lambda one: one.send(b"[]"),
    "number": lambda one: one.send(b"1"),
    "no choices": lambda one: one.send(b'{"choices": []}'),
    "null choices": lambda one: one.send(b'{"choices": null}'),
    "odd choices": lambda one: one.send(b'{"choices": [1]}'),
    "no message": lambda one: one.send(b'{"choices": [{}]}'),
    "odd content": lambda one: one.send(b'{"choices": [{"message": {"content": [1]}}]}'),
    "odd logprobs": lambda one: one.send(
        completion("x", logprobs=[{"content": [{"logprob": "z"}]}])
    ),
    "empty": lambda one: one.send(completion("   ")),
    "filtered": lambda one: one.send(completion("x", reasons=["content_filter"])),
    "redirect": lambda one: one.send(b"", "302 Found", Location="http://127.0.0.1:9/elsewhere"),
    "unauthorized": lambda one: echo_key(one, "401 Unauthorized"),
    "failing": lambda one: echo_key(one, "500 Internal Server Error"),
    "bad request": lambda one: echo_key(one, "400 Bad Request"),
    "unavailable": lambda one: one.send(b"", "503 Service Unavailable"),
    "unknown": lambda one: one.send(b"", "404 Not Found"),
    "busy": lambda one: one.send(b"{}", "429 Too Many Requests", Retry_After="0.1"),
    "busy for long": lambda one: one.send(b"{}", "429 Too Many Requests", Retry_After="60"),
    "busy for ever": lambda one: one.send(b"{}", "429 Too Many Requests", Retry_After="later"),
    "busy once": busy_once,
}


async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer one request as its model says."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *lines = head.split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
        exchange = Exchange({}, reader, writer)
        if first.startswith("GET"):
            await exchange.send(json.dumps(REQUESTS).encode())
            return
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        authorization = next((x[15:] for x in lines if x.lower().startswith("authorization")), "")
        exchange.request = {
            "path": first.split()[1],
            "authorization": authorization,
            "body": body,
            "hung_up": None,
        }
        REQUESTS.append(exchange.request)
        await BEHAVIOURS[body["model"]](exchange)
    except (ConnectionError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def serve(port: int) -> None:
    """Serve until the process is ended."""
    server = await asyncio.start_server(handle, "127.0.0.1", port)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
