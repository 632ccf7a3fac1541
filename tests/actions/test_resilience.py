"""Backends that fail in every way: the customer is always answered, soon, and the others too."""

import asyncio
import contextlib
import threading
import time

import pytest


class Misbehaving:
    """A small HTTP server that behaves as told."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.mode = "garbage"
        self.requests = 0
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._ready.wait(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        start = asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._server = self._loop.run_until_complete(start)
        self._ready.set()
        self._loop.run_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(Exception):
            await reader.readuntil(b"\r\n\r\n")
            self.requests += 1
            mode = self.mode
            if mode == "slow":
                await asyncio.sleep(30)
            if mode == "drip":
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
                for _ in range(300):
                    writer.write(b" ")
                    await writer.drain()
                    await asyncio.sleep(0.1)
            status, kind, body = {
                "garbage": (200, "text/html", b"<html><h1>It works!</h1></html>"),
                "shape": (200, "application/json", b'{"items": [{"name": 7}], "total": "many"}'),
                "list": (200, "application/json", b"[1, 2, 3]"),
                "null": (200, "application/json", b"null"),
                "binary": (200, "application/json", bytes(range(256))),
                "500": (500, "application/json", b'{"error": {"code": "internal"}}'),
                "503": (503, "text/html", b"<html>Bad gateway</html>"),
                "404": (404, "text/html", b"<html>Not found</html>"),
                "401": (401, "application/json", b'{"error": {"code": "unauthorized"}}'),
                "redirect": (302, "text/html", b"elsewhere"),
                "empty": (200, "application/json", b""),
                "orders": (200, "application/json", b'{"bound": false, "items": []}'),
                "cut": (200, "application/json", b'{"items": ['),
            }.get(mode, (200, "application/json", b"{}"))
            length = len(body) + (1000 if mode == "cut" else 0)
            head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n"
            writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
            await writer.drain()
        writer.close()

    def stop(self) -> None:
        """Stop serving."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)


MODES = (
    "garbage", "shape", "list", "null", "binary", "500", "503", "404", "401", "redirect", "empty", "cut",
)  # fmt: skip

READS = (
    "action_search_products", "action_more_products", "action_product_details",
    "action_compare_products", "action_product_price", "action_browse_categories",
    "action_promotions", "action_coupons", "action_recommend", "action_order_status",
    "action_list_orders", "action_track_shipment", "action_refund_progress",
)  # fmt: skip
WRITES = (
    "action_cancel_order", "action_change_address", "action_request_return",
    "action_request_exchange", "action_request_invoice", "action_file_complaint",
)  # fmt: skip
KNOWN = {
    "order_number": "XD202611010001",
    "current_product": "PH-1001",
    "shown_products": ["PH-1001", "PH-1002"],
    "confirm": True,
    "new_address": "云州市南湖区一路1号",
    "return_reason": "坏了",
    "wanted_option": "L",
    "invoice_title": "云州小店",
    "invoice_email": "a@mail.example",
    "complaint_text": "太慢了",
}


@pytest.fixture(scope="module")
def backend(free_port):
    """A backend that misbehaves as its `mode` says."""
    server = Misbehaving(free_port())
    yield server
    server.stop()


@pytest.fixture(scope="module")
def patient(start_actions, backend):
    """An action server whose circuits practically never open."""
    more = {
        "XIAOER_BREAKER_FAILURES": "1000000",
        "XIAOER_BACKEND_TIMEOUT": "3",
        "XIAOER_LEVEL_TIMEOUT": "0.3",
        "XIAOER_HANDOFF_TIMEOUT": "2",
    }
    with start_actions(backend.url, **more) as server:
        yield server


@pytest.fixture
def ask(talk_to):
    """A function that runs an action with all it may need known; gives the reply and seconds."""

    def run(server, action):
        conversation = talk_to(server)
        conversation.slots.update(KNOWN)
        conversation.say("怎么样", "inform")
        started = time.monotonic()
        reply = conversation.run(action)
        return reply, time.monotonic() - started

    return run


@pytest.mark.parametrize("mode", MODES)
def test_rubbish_is_told_as_a_system_that_is_down(patient, backend, ask, mode):
    backend.mode = mode
    for action in ("action_search_products", "action_list_orders", "action_product_details"):
        reply, seconds = ask(patient, action)
        assert reply.responses == ["utter_backend_down"]
        assert "unavailable" in reply.slots.values()
        assert seconds < 5


@pytest.mark.parametrize("action", READS)
def test_every_question_is_answered_when_the_backend_is_broken(patient, backend, ask, action):
    backend.mode = "500"
    reply, seconds = ask(patient, action)
    assert reply.responses == ["utter_backend_down"]
    assert seconds < 5


@pytest.mark.parametrize("action", WRITES)
def test_a_write_is_sent_once_and_its_outcome_called_unknown(patient, backend, ask, action):
    backend.mode = "500"
    before = backend.requests
    reply, _ = ask(patient, action)
    assert backend.requests == before + 1
    assert reply.responses == ["utter_backend_unknown"]
    assert reply.slots["order_outcome"] == "unavailable"
    assert reply.slots.get("confirm") is None


def test_reads_are_tried_again(patient, backend, ask):
    backend.mode = "503"
    before = backend.requests
    ask(patient, "action_list_orders")
    assert backend.requests == before + 3


def test_a_person_can_be_had_without_the_backend(patient, backend, ask):
    backend.mode = "garbage"
    reply, _ = ask(patient, "action_talk_to_human")
    assert reply.responses == ["utter_human_contact"]


@pytest.mark.parametrize("form", ["order_status_form", "cancel_order_form", "return_form"])
def test_a_form_ends_and_says_why(patient, backend, talk_to, form):
    backend.mode = "garbage"
    conversation = talk_to(patient)
    conversation.say("XD202611010001", "inform", {"order_number": "XD202611010001"})
    reply = conversation.open_form(form, order_number="XD202611010001")
    assert reply.responses == ["utter_backend_down"]
    assert reply.requested is None
    assert reply.slots["order_outcome"] == "unavailable"
    assert conversation.run("action_order_status").responses == []


@pytest.mark.parametrize("mode", ["slow", "drip"])
def test_slow_is_answered_in_time_and_holds_up_nobody(patient, backend, ask, talk_to, mode):
    backend.mode = mode
    answers = []
    threads = [
        threading.Thread(target=lambda: answers.append(ask(patient, "action_list_orders")))
        for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    started = time.monotonic()
    quick = talk_to(patient).say("说英文", "switch_language", {"target_language": "en"})
    assert quick.run("action_switch_language").responses == ["utter_language_is_en"]
    assert time.monotonic() - started < 1.0
    for thread in threads:
        thread.join()
    assert [reply.responses for reply, _ in answers] == [["utter_backend_down"]] * 10
    assert max(seconds for _, seconds in answers) < 5


def test_nobody_there(start_actions, free_port, ask):
    with start_actions(f"http://127.0.0.1:{free_port()}") as server:
        for action in ("action_search_products", "action_cancel_order", "action_file_complaint"):
            reply, seconds = ask(server, action)
            assert reply.responses == ["utter_backend_down"]
            assert seconds < 5


def test_the_circuit_opens_and_closes(start_actions, backend, ask):
    backend.mode = "500"
    more = {"XIAOER_BREAKER_FAILURES": "3", "XIAOER_BREAKER_SECONDS": "1.5"}
    with start_actions(backend.url, **more) as server:
        for _ in range(3):
            ask(server, "action_list_orders")
        before = backend.requests
        reply, seconds = ask(server, "action_list_orders")
        assert reply.responses == ["utter_backend_down"]
        assert backend.requests == before, "an open circuit asks nothing of the backend"
        assert seconds < 0.5
        # Another backend's circuit is its own.
        ask(server, "action_browse_categories")
        assert backend.requests > before
        backend.mode = "orders"
        time.sleep(1.6)
        reply, _ = ask(server, "action_list_orders")
        assert reply.responses == ["utter_order_number_needed"]


def test_an_error_of_ours_is_answered_and_logged_without_what_was_said(patient, backend, talk_to):
    conversation = talk_to(patient)
    conversation.domain = {**conversation.domain, "responses": {}, "forms": {}}
    conversation.say("我叫林小满,电话19900001234", "order_status")
    conversation.form = "order_status_form"
    body = {
        "next_action": "validate_order_status_form",
        "sender_id": "x",
        "tracker": {
            "sender_id": "x",
            "slots": {},
            "latest_message": conversation.latest,
            "events": conversation.events,
        },
        "domain": conversation.domain,
        "version": "3.6.21",
    }
    answer = patient.call(body)
    assert answer.status_code == 200
    assert [m["response"] for m in answer.json()["responses"]] == ["utter_internal_error"]
    log = patient.log.read_text(encoding="utf-8")
    assert "KeyError" in log
    assert "19900001234" not in log
    assert "林小满" not in log


@pytest.mark.parametrize(
    "latest",
    [
        {},
        {"text": None, "intent": None, "entities": None, "intent_ranking": None},
        {"text": "", "intent": {"name": None, "confidence": None}, "entities": []},
        {"text": "x" * 10_000, "intent": {"name": "inform"}},
        {
            "text": "\u0000\u202e<script>' OR 1=1",
            "entities": [{"entity": "product", "value": "😀"}],
        },
        {"text": "?", "entities": [{"entity": "ordinal", "value": "x"}, {"entity": "sku"}]},
    ],
)
def test_odd_messages_reach_no_error(actions, domain, latest):
    names = actions.names()
    assert len(names) >= 30
    for name in names:
        answer = actions.call(
            {
                "next_action": name,
                "tracker": {
                    "sender_id": "用户 😀\n" * 100,
                    "slots": {"language": "zh"},
                    "latest_message": latest,
                    "events": [],
                },
                "domain": domain,
                "version": "3.6.21",
            }
        )
        assert answer.status_code == 200, name
        said = [message["response"] for message in answer.json()["responses"]]
        assert "utter_internal_error" not in said, name
