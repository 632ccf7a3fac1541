"""What is not the platform's is refused in four hundreds, unanswered, in little memory."""

import asyncio
import random
import time
from typing import Any

import aiohttp
import psutil
import pytest
import xmltodict
from wechatpy.crypto import WeChatCrypto

from tests.channels.rasa_project import calls
from tests.channels.wechat.conftest import Assistant
from tests.channels.wechat.platform import AES_KEY, APP_ID, TOKEN, sign, to_xml

pytestmark = pytest.mark.slow

BOMB = (
    '<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{"&a" + (str(n - 1) if n > 1 else "") + ";"}">' for n in range(1, 9))
    + "]><xml><ToUserName>g</ToUserName><Content>&a8;</Content></xml>"
)


def body(sender: str, text: str, **fields: Any) -> str:
    given = {"ToUserName": "gh_1", "FromUserName": sender, "CreateTime": int(time.time())}
    message_id = random.randrange(10**15)
    return to_xml({**given, "MsgType": "text", "Content": text, "MsgId": message_id, **fields})


def ask(assistant: Assistant, params: dict[str, str]) -> tuple[int, bytes]:
    return assistant.wechat.run(assistant.wechat.platform.get(assistant.webhook, params))


def post(assistant: Assistant, url: str, content: bytes) -> tuple[int, bytes]:
    return assistant.wechat.run(assistant.wechat.platform.post(url, content))


@pytest.fixture(params=["safe", "plain"])
def assistant(request: pytest.FixtureRequest) -> Assistant:
    return request.getfixturevalue(request.param)


def test_the_handshake(assistant: Assistant) -> None:
    platform = assistant.wechat.platform
    stamp, nonce = platform.now(), platform.nonce()
    params = {"timestamp": stamp, "nonce": nonce, "echostr": "5927782489442352469"}
    good = {**params, "signature": sign(stamp, nonce)}
    assert ask(assistant, good) == (200, b"5927782489442352469")
    assert ask(assistant, {**params, "signature": "0" * 40})[0] == 403
    assert ask(assistant, {**params, "signature": ""})[0] == 403
    assert ask(assistant, {**good, "echostr": "<script>"})[0] == 400
    assert ask(assistant, {**good, "echostr": "other"})[0] == 403
    assert ask(assistant, {})[0] == 403
    old = str(int(stamp) - 400)
    stale = {**params, "timestamp": old, "signature": sign(old, nonce)}
    assert ask(assistant, stale)[0] == 403


def test_a_replayed_request_with_another_message_is_refused(plain: Assistant) -> None:
    platform = plain.wechat.platform
    stamp, nonce = platform.now(), platform.nonce()
    url, content = platform.request(body("o-replay", "第一条"), stamp, nonce)
    assert post(plain, url, content)[0] == 200
    forged = body("o-replay", "伪造").encode()
    assert post(plain, url, forged)[0] == 403
    # The very same message is answered once more, and handled once.
    assert post(plain, url, content)[0] == 200
    heard = [one["text"] for one in calls(plain.actions.url) if one["sender"] == "o-replay"]
    assert heard == ["第一条"]


def test_safe_mode_takes_no_plain_message(safe: Assistant) -> None:
    platform = safe.wechat.platform
    stamp, nonce = platform.now(), platform.nonce()
    query = f"?signature={sign(stamp, nonce)}&timestamp={stamp}&nonce={nonce}"
    content = body("o-plain", "x").encode()
    assert post(safe, safe.webhook + query, content)[0] == 403
    # Nor one that only claims to be encrypted, or is for another account.
    aes = f"{query}&encrypt_type=aes&msg_signature={sign(stamp, nonce)}"
    assert post(safe, safe.webhook + aes, content)[0] == 400
    other = WeChatCrypto(TOKEN, AES_KEY, "wx-another")
    assert post(safe, *encrypted(safe, other, body("o-plain", "x")))[0] == 403
    other_key = WeChatCrypto(TOKEN, "A" * 43, APP_ID)
    assert post(safe, *encrypted(safe, other_key, body("o-plain", "x")))[0] == 400
    other_token = WeChatCrypto("another", AES_KEY, APP_ID)
    assert post(safe, *encrypted(safe, other_token, body("o-plain", "x")))[0] == 403
    assert "o-plain" not in {one["sender"] for one in calls(safe.actions.url)}


def encrypted(assistant: Assistant, crypto: WeChatCrypto, plain_xml: str) -> tuple[str, bytes]:
    """Return address and body of a message that this crypto made."""
    stamp, nonce = assistant.wechat.platform.now(), assistant.wechat.platform.nonce()
    fields = xmltodict.parse(crypto.encrypt_message(plain_xml, nonce, stamp))["xml"]
    query = f"?timestamp={stamp}&nonce={nonce}&encrypt_type=aes"
    query += f"&msg_signature={fields['MsgSignature']}"
    content = f"<xml><Encrypt>{fields['Encrypt']}</Encrypt></xml>"
    return assistant.webhook + query, content.encode()


def bad_request(assistant: Assistant, chance: random.Random, number: int) -> tuple[str, Any]:
    """Return address and body of a request that must not be taken."""
    platform = assistant.wechat.platform
    stamp, nonce = platform.now(), platform.nonce()
    good = body(f"o-bad-{number}", "x")
    url, content = platform.request(good, stamp, nonce)
    kind = number % 9
    if kind == 0:  # forged
        return url.replace("signature=", "signature=0"), content
    if kind == 1:  # too old
        return platform.request(good, str(int(stamp) - 301 - number), nonce)
    if kind == 2:  # cut off
        return url, content[: chance.randrange(1, len(content) - 1)]
    if kind == 3:  # too large
        return url, content + b" " * 2_000_000
    if kind == 4:  # an entity bomb, signed
        return platform.request(BOMB, stamp, nonce)
    if kind == 5:  # a bomb around it
        return url, BOMB.encode()
    if kind == 6:  # another encoding
        return url, content.decode().encode("utf-16")
    if kind == 7:  # no signature
        return assistant.webhook, content
    return url, bytes(chance.randrange(256) for _ in range(300))  # noise


def test_bad_requests_are_refused_and_memory_stays_flat(assistant: Assistant) -> None:
    chance = random.Random(11)
    process = psutil.Process(assistant.rasa.process.pid)
    statuses: list[int] = []

    async def flood(first: int, many: int) -> None:
        limit = asyncio.Semaphore(20)

        async def one(number: int) -> None:
            url, content = bad_request(assistant, chance, number)
            async with limit:
                try:
                    statuses.append((await assistant.wechat.platform.post(url, content))[0])
                except (aiohttp.ClientError, ConnectionError):
                    # The server closes the connection before all of 2 MB has been sent.
                    statuses.append(413)

        await asyncio.gather(*(one(first + number) for number in range(many)))

    assistant.wechat.run(flood(0, 180), 60)
    before = process.memory_info().rss
    assistant.wechat.run(flood(180, 360), 60)
    assert set(statuses) <= {400, 403, 413}
    assert {400, 403, 413} == set(statuses)
    assert process.memory_info().rss - before < 15_000_000
    heard = {one["sender"] for one in calls(assistant.actions.url)}
    assert not {sender for sender in heard if sender.startswith("o-bad")}
    assert assistant.wechat.say("o-after-bad", "还在吗").answer is not None


def test_a_body_is_refused_by_its_declared_length(safe: Assistant) -> None:
    async def declare() -> bytes:
        host, port = safe.rasa.url.removeprefix("http://").split(":")
        platform = safe.wechat.platform
        url, _ = platform.request(body("o", "x"), platform.now(), platform.nonce())
        reader, writer = await asyncio.open_connection(host, int(port))
        path = url.removeprefix(safe.rasa.url)
        head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n"
        writer.write(head.encode())
        await writer.drain()
        answer = await asyncio.wait_for(reader.readline(), 5)
        writer.close()
        return answer

    assert b"413" in safe.wechat.run(declare())


def test_chunks_without_a_length_are_counted(safe: Assistant) -> None:
    async def chunks():
        for _ in range(40):
            yield b" " * 50_000

    async def send() -> int:
        platform = safe.wechat.platform
        url, _ = platform.request(body("o", "x"), platform.now(), platform.nonce())
        try:
            return (await platform.post(url, chunks()))[0]
        except (aiohttp.ClientError, ConnectionError):
            return 413

    assert safe.wechat.run(send()) == 413


def test_no_secret_is_in_the_log(safe: Assistant) -> None:
    log = safe.rasa.log.read_text(errors="replace")
    token = safe.wechat.platform._token
    assert all(secret not in log for secret in (TOKEN, AES_KEY, "an-app-secret"))
    assert not token or token not in log
