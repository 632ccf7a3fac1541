"""An action server without Rasa's SDK: starts at once and does what a message asks for.

Run it by `python tests/channels/action_server.py PORT`. In a message it understands, anywhere:

| word | reply |
|---|---|
| `slow 2.5` or `慢 2.5` | after that many seconds |
| `fail` | status 500, as a broken action server |
| `silent` | nothing |
| `long 5000` | 5000 bytes of Chinese |
| `bubbles 4` | four messages |
| `buttons` | a text with two buttons, `/order_status` and `/greet` |
| `image URL` | an image |
| `cards` | two product cards (Rasa's `elements`) |
| `custom JSON` | a custom message |
| anything else | `echo: ` and the text, or for an intent payload its intent and entities |
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from typing import Any

from aiohttp import web

CALLS: list[dict[str, Any]] = []

CARDS = [
    {
        "title": "无线耳机 A1",
        "subtitle": "¥299 · 现货",
        "image_url": "https://shop.example/a1.png",
        "item_url": "https://shop.example/a1",
        "buttons": [{"title": "看详情", "payload": '/order_status{"reference": "a1"}'}],
    },
    {
        "title": "扫地机器人 R2",
        "subtitle": "¥1999 · 现货",
        "image_url": "https://shop.example/r2.png",
        "item_url": "https://shop.example/r2",
        "buttons": [{"title": "看详情", "payload": '/order_status{"reference": "r2"}'}],
    },
]


async def run_action(request: web.Request) -> web.Response:
    """Answer Rasa's call of an action."""
    body = json.loads(await request.read())
    message = body["tracker"]["latest_message"]
    text = message.get("text") or ""
    last = next((e for e in reversed(body["tracker"]["events"]) if e["event"] == "user"), {})
    CALLS.append(
        {
            "sender": body["sender_id"],
            "text": text,
            "intent": (message.get("intent") or {}).get("name"),
            "entities": {e["entity"]: e["value"] for e in message.get("entities") or ()},
            "metadata": last.get("metadata") or {},
            "channel": last.get("input_channel"),
            "message_id": last.get("message_id"),
        }
    )
    call = CALLS[-1]
    slow = re.search(r"(?:slow|慢) ?([0-9.]+)", text)
    if slow:
        await asyncio.sleep(float(slow[1]))
    if "fail" in text:
        return web.json_response({"error": "asked for", "action_name": "action_reply"}, status=500)
    return web.json_response({"events": [], "responses": replies(call)})


def replies(call: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the responses that a message asks for."""
    text = call["text"]
    if "silent" in text:
        return []
    if found := re.search(r"long ([0-9]+)", text):
        sentence = "店小二在这里为您服务。"
        size = int(found[1])
        return [{"text": (sentence * (size // len(sentence.encode()) + 1))[: size // 3]}]
    if found := re.search(r"bubbles ([0-9]+)", text):
        return [{"text": f"bubble {number}"} for number in range(1, int(found[1]) + 1)]
    if found := re.search(r"image (\S+)", text):
        return [{"image": found[1]}]
    if found := re.search(r"custom (.+)", text):
        return [{"custom": json.loads(found[1])}]
    if "buttons" in text:
        buttons = [
            {"title": "查订单", "payload": "/order_status"},
            {"title": "打招呼", "payload": "/greet"},
        ]
        return [{"text": "您要做什么?", "buttons": buttons}]
    if "cards" in text:
        return [{"text": "为您找到:"}, {"elements": CARDS}]
    if call["intent"] not in (None, "nlu_fallback"):
        entities = json.dumps(call["entities"], ensure_ascii=False, sort_keys=True)
        return [{"text": f"intent: {call['intent']} {entities}"}]
    return [{"text": f"echo: {text}"}]


async def list_calls(request: web.Request) -> web.Response:
    """Tell what was called."""
    return web.json_response(CALLS)


async def health(request: web.Request) -> web.Response:
    """Tell that the server is up."""
    return web.json_response({"status": "ok"})


def main() -> None:
    """Serve until ended."""
    app = web.Application(client_max_size=50 * 1024**2)
    app.router.add_post("/webhook", run_action)
    app.router.add_get("/calls", list_calls)
    app.router.add_get("/health", health)
    web.run_app(app, host="127.0.0.1", port=int(sys.argv[1]), print=lambda *_: None)


if __name__ == "__main__":
    main()
