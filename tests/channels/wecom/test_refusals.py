"""Forged, old, replayed, oversized and malformed callbacks: refused, and never an error of ours."""

from __future__ import annotations

import random
import time

import httpx
import pytest

from tests.channels.wecom.callbacks import Caller, xml
from tests.channels.wecom.conftest import World
from tests.channels.wecom.platform import AGENT_ID, CORP_ID
from tests.waiting import eventually

pytestmark = pytest.mark.slow


@pytest.fixture(params=["app", "kf"])
def caller(world: World, request: pytest.FixtureRequest) -> Caller:
    """What calls each of the connectors."""
    return getattr(world, request.param)


def message(user: str, words: str) -> str:
    """The plain message of a member."""
    return xml(
        {
            "ToUserName": CORP_ID,
            "FromUserName": user,
            "CreateTime": int(time.time()),
            "MsgType": "text",
            "Content": words,
            "MsgId": str(time.time_ns()),
            "AgentID": AGENT_ID,
        }
    )


def test_a_forged_signature(caller: Caller) -> None:
    query, body = caller.envelope(message("forger", "hi"))
    for forged in ("", "0" * 40, query["msg_signature"][::-1], "签名", "\ud83d"[:0] or "x"):
        answer = caller.post({**query, "msg_signature": forged}, body)
        assert answer.status_code in (400, 403)
    assert caller.post({**query, "nonce": "other"}, body).status_code == 403
    assert caller.post({**query, "timestamp": str(int(time.time()) + 1)}, body).status_code == 403
    assert caller.post({}, body).status_code == 400


def test_an_old_request(caller: Caller) -> None:
    _, body = caller.envelope(message("old", "hi"))
    encrypted = body.decode().split("<Encrypt><![CDATA[")[1].split("]]>")[0]
    for age in (-400, 400):
        assert caller.post(caller.query(encrypted, time.time() + age), body).status_code == 403
    assert caller.post(caller.query(encrypted), body).status_code == 200


def test_a_message_under_the_nonce_of_another(caller: Caller) -> None:
    def signed(plain: str, like: dict[str, str]) -> tuple[dict[str, str], bytes]:
        _, body = caller.envelope(plain)
        encrypted = body.decode().split("<Encrypt><![CDATA[")[1].split("]]>")[0]
        from wechatpy.utils import WeChatSigner

        from tests.channels.wecom.callbacks import TOKEN

        signer = WeChatSigner()
        signer.add_data(TOKEN, like["timestamp"], like["nonce"], encrypted)
        return {**like, "msg_signature": signer.signature}, body

    query, body = caller.envelope(message("first", "hi"))
    assert caller.post(query, body).status_code == 200
    assert caller.post(query, body).status_code == 200  # the platform's own repeat
    assert caller.post(*signed(message("second", "hi"), query)).status_code == 403


def test_a_replayed_message_is_not_handled_again(world: World, member: str) -> None:
    query, body = world.app.envelope(message(member, "once only"))
    for _ in range(5):
        assert world.app.post(query, body).status_code == 200
    assert len(world.calls(member)) == 1


def test_a_message_for_another_corporation(caller: Caller) -> None:
    from wechatpy.enterprise.crypto import PrpCrypto

    encrypted = PrpCrypto(caller._crypto.key).encrypt(message("x", "hi"), "wwother").decode()
    body = xml({"ToUserName": CORP_ID, "Encrypt": encrypted}).encode()
    assert caller.post(caller.query(encrypted), body).status_code == 403


def test_a_message_of_another_app_is_left_alone(world: World, member: str) -> None:
    plain = message(member, "hi").replace(f"<AgentID>{AGENT_ID}", "<AgentID>7")
    assert world.app.post(*world.app.envelope(plain)).status_code == 200
    time.sleep(0.3)
    assert not world.calls(member)


def test_bodies_that_no_platform_sends(caller: Caller) -> None:
    query, body = caller.envelope(message("x", "hi"))
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">'
        + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 or str()};" * 10}">' for n in range(1, 9))
        + "]><xml><Encrypt>&a8;</Encrypt></xml>"
    ).encode()
    external = (
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Encrypt>&e;</Encrypt></xml>'
    )
    bodies = [
        b"",
        b"{}",
        b"\xff\xfe\x00",
        body[: len(body) // 2],
        body.decode().encode("utf-16"),
        b'<?xml version="1.0" encoding="gbk"?>' + body,
        b"<xml></xml>",
        b"<xml><Encrypt></Encrypt></xml>",
        b"<xml><Encrypt><a>1</a></Encrypt></xml>",
        b"<xml><Encrypt>1</Encrypt><Encrypt>2</Encrypt></xml>",
        b"<xml><Encrypt>%%%</Encrypt></xml>",
        b"<xml>" + b"<a>" * 5000 + b"</a>" * 5000 + b"</xml>",
        bomb,
        external,
    ]
    for each in bodies:
        assert caller.post(query, each).status_code in (400, 403), each[:80]
    assert caller.post(query, b"<xml>" + b"a" * 2_000_000 + b"</xml>").status_code == 413


def test_signed_contents_that_cannot_be_read(caller: Caller) -> None:
    for plain in ("", "no xml", "<xml>", "<other/>", "<!DOCTYPE x><xml><a>1</a></xml>"):
        assert caller.post(*caller.envelope(plain)).status_code == 400
    # Readable, and nothing in it for us.
    for plain in (
        "<xml><a>1</a></xml>",
        "<xml><MsgType><x>1</x></MsgType><FromUserName>u</FromUserName></xml>",
        "<xml><FromUserName>sys</FromUserName><MsgType>event</MsgType><Event>x</Event></xml>",
        "<xml><MsgType>event</MsgType><Event>kf_msg_or_event</Event></xml>",
    ):
        assert caller.post(*caller.envelope(plain)).status_code == 200


def test_random_damage_is_never_accepted_and_never_an_error(caller: Caller, world: World) -> None:
    chance = random.Random(20)
    with httpx.Client(timeout=10) as client:
        for number in range(150):
            query, body = caller.envelope(message("damaged", f"n{number}"))
            damaged = bytearray(body)
            start = body.index(b"<Encrypt>") + 18
            for _ in range(chance.randint(1, 4)):
                # Anywhere in the ciphertext: every byte of it is signed.
                damaged[chance.randrange(start, len(body) - 28)] = chance.randrange(256)
            if bytes(damaged) == body:
                continue
            answer = client.post(caller._address, params=query, content=bytes(damaged))
            assert answer.status_code in (400, 403)
    assert not world.calls("damaged")


def test_the_handshake_refuses_as_well(caller: Caller) -> None:
    query = caller.query("AAAA")
    get = httpx.get
    assert get(caller._address, params=query).status_code == 400
    assert get(caller._address, params={**query, "echostr": "AAAA"}).status_code == 400
    forged = {**query, "echostr": "AAAA", "msg_signature": "0" * 40}
    assert get(caller._address, params=forged).status_code == 403
    eventually(lambda: caller.verify().status_code == 200)
