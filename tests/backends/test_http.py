"""The form of every answer: JSON, no 500 and no page for bad input, nothing personal in logs."""

import json
import re
import socket

import httpx
import pytest


def error(answer):
    assert answer.headers["content-type"] == "application/json", answer.text
    body = answer.json()
    assert set(body) == {"error"}
    assert {"code", "message"} <= set(body["error"])
    return answer.status_code, body["error"]["code"]


def test_health_is_open_and_says_the_version(shop):
    answer = httpx.get(f"{shop.url}/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert re.fullmatch(r"\d+\.\d+.*", answer.json()["version"])


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer wrong", "Basic {token}", "{token}", "Bearer {token}x"]
)  # fmt: skip
def test_every_service_wants_the_token(shop, authorization):
    token = shop.client().headers["authorization"].split()[1]
    document = httpx.get(f"{shop.url}/docs/openapi.json").json()
    headers = {} if authorization is None else {"Authorization": authorization.format(token=token)}
    checked = 0
    for path, operations in document["paths"].items():
        if not path.startswith("/v1/"):
            continue
        for method in operations:
            url = shop.url + re.sub(r"\{.*?\}", "x", path)
            answer = httpx.request(method, url, headers=headers)
            assert error(answer) == (401, "unauthorized")
            assert answer.headers["www-authenticate"] == "Bearer"
            checked += 1
    assert checked >= 14


def test_what_is_not_there_and_what_cannot_be_done(shop):
    client = shop.client()
    assert error(client.get("/")) == (404, "not_found")
    assert error(client.get("/v1/nothing")) == (404, "not_found")
    assert error(client.get("/docs")) == (404, "not_found")
    wrong = client.request("PATCH", "/v1/orders")
    assert error(wrong) == (405, "method_not_allowed")
    assert wrong.headers["allow"] == "GET"
    assert error(client.get("/v1/orders?limit=3")) == (400, "invalid_request")
    assert error(client.get("/v1/orders/XD202611010001?a=1&a=2")) == (400, "invalid_request")


def test_a_large_body_and_large_headers_are_refused(shop):
    client = shop.client()
    large = client.post("/v1/verifications", content=b" " * 70_000)
    assert error(large) == (413, "too_large")
    assert error(client.get("/v1/orders", headers={"X-Filler": "x" * 20_000}))[0] == 413


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"[]",
        b'"text"',
        b"{",
        b"{'a': 1}",
        b'{"order_number": NaN}',
        b"\xff\xfe{}",
        b"[" * 30_000,
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"<html></html>",
        b"1" * 5000,
    ],
)
def test_a_body_that_is_no_json_object_is_refused(shop, content):
    headers = {"Content-Type": "application/json"}
    answer = shop.client().post("/v1/verifications", content=content, headers=headers)
    assert error(answer) == (400, "invalid_request")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_of_another_kind_is_refused(shop, kind):
    answer = shop.client().post(
        "/v1/verifications",
        content=b'{"order_number": "XD202611010001", "phone_last4": "0000"}',
        headers={"Content-Type": kind},
    )
    assert error(answer) == (400, "invalid_request")


def test_an_error_names_the_field_and_quotes_nothing(shop):
    secret = "XD-my-secret-text"
    body = {"order_number": secret, "phone_last4": secret, secret: 1}
    answer = shop.client().post("/v1/verifications", json=body)
    assert error(answer) == (400, "invalid_request")
    assert {field["name"] for field in answer.json()["error"]["fields"]} >= {"order_number"}
    assert secret not in answer.text


@pytest.mark.parametrize(
    "raw",
    [
        b"NONSENSE\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /health HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST /v1/verifications HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    ],
)
def test_what_is_not_http_does_no_harm(shop, raw):
    address = ("127.0.0.1", int(shop.url.rsplit(":", 1)[1]))
    with socket.create_connection(address, timeout=5) as connection:
        connection.sendall(raw)
        connection.settimeout(5)
        try:
            answer = connection.recv(4000)
        except TimeoutError:
            answer = b""
    assert b" 500 " not in answer
    assert b"<html" not in answer.lower()
    assert b"Traceback" not in answer
    assert httpx.get(f"{shop.url}/health").status_code == 200


def test_the_log_names_no_person_order_or_token(shop, take_order):
    order = take_order()
    client = shop.client("a-sender-of-my-own", "telegram")
    client.post("/v1/verifications", json=order.pair)
    client.get(f"/v1/orders/{order.number}")
    client.get(f"/v1/orders/{order.number}/nothing")
    client.put("/v1/identities/slack/another-of-mine", json={"customer_id": order.customer})
    log = shop.log.read_text()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert any(line.get("route") == "/v1/orders/<number:str>" for line in lines)
    token = client.headers["authorization"].split()[1]
    private = (order.number, order.phone, order.address, order.customer, token)
    for text in (*private, "a-sender-of-my-own", "another-of-mine"):
        assert text not in log
