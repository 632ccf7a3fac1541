"""The hostile requests are what they say: right but for one thing, and the same for the same seed."""

from __future__ import annotations

import json
import time
from collections import Counter
from urllib.parse import parse_qs, urlsplit

import pytest
import xmltodict
from slack_sdk.signature import SignatureVerifier
from wechatpy.crypto import WeChatCrypto

from benchmarks.channels.callbacks import Callbacks
from benchmarks.channels.hostile.measure import accepted_among
from benchmarks.channels.hostile.outbound import OutboundAttacker
from benchmarks.channels.hostile.request import BIG, KINDS, Attacker, Request
from benchmarks.channels.hostile.sending import Outcome
from benchmarks.channels.hostile.slack import SlackAttacker
from benchmarks.channels.hostile.tencent import TencentAttacker
from benchmarks.channels.hostile.web import WebAttacker

TOKEN, KEY, RECEIVER = (
    "some-token",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "wx0123456789abcdef",
)
SECRET = "signing-secret"
CALLBACKS = Callbacks(TOKEN, KEY, RECEIVER, "gh_1", plain_signature=True)
ATTACKERS: dict[str, Attacker] = {
    "wechat": TencentAttacker("/w", CALLBACKS),
    "wecom_kf": TencentAttacker("/k", CALLBACKS, account="wk1"),
    "slack": SlackAttacker("/s", SECRET),
    "web": WebAttacker("/socket.io/"),
    "outbound": OutboundAttacker("/o", "service-token-0123456789", "slack"),
}
SEED = 20261123


@pytest.fixture(params=ATTACKERS)
def attacker(request: pytest.FixtureRequest) -> Attacker:
    return ATTACKERS[request.param]


def _hostile(attacker: Attacker, count: int) -> list[Request]:
    taken = [attacker.genuine(f"good000x{number:06}") for number in range(3)]
    return [attacker.hostile(number, SEED, taken) for number in range(count)]


def _opened(request: Request) -> dict[str, str]:
    """Return the message of a callback as wechatpy reads it, its signature checked."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
    plain = WeChatCrypto(TOKEN, KEY, RECEIVER).decrypt_message(
        request.body.decode(), query["msg_signature"], query["timestamp"], query["nonce"]
    )
    return dict(xmltodict.parse(plain)["xml"])


def test_all_kinds_and_variants_take_turns(attacker: Attacker) -> None:
    requests = _hostile(attacker, 300)
    kinds = Counter(request.kind for request in requests)
    expected = {*attacker.variants(), "replayed"}
    assert set(kinds) == expected <= set(KINDS)
    assert max(kinds.values()) - min(kinds.values()) <= 1
    for kind, variants in attacker.variants().items():
        assert {one.variant for one in requests if one.kind == kind} == set(variants)


def test_the_marks_of_new_messages_differ_and_replays_have_those_of_the_taken(attacker) -> None:
    marks = Counter(one.mark for one in _hostile(attacker, 100) if not one.mark.startswith("good"))
    assert max(marks.values()) == 1
    assert any(one.mark.startswith("good") for one in _hostile(attacker, 100))


def test_the_oversized_are_two_megabytes(attacker: Attacker) -> None:
    sizes = {
        one.variant: len(one.body) for one in _hostile(attacker, 300) if one.kind == "oversized"
    }
    sizes.pop("longer than messages are", None)
    assert min(sizes.values()) >= 0.98 * BIG


def test_the_same_seed_makes_the_same_choices() -> None:
    attacker = ATTACKERS["outbound"]
    assert _hostile(attacker, 60) == _hostile(attacker, 60)
    taken = [attacker.genuine("good000x000001")]
    assert [attacker.hostile(n, 1, taken) for n in range(60)] != _hostile(attacker, 60)


def test_wechatpy_reads_the_genuine_callback() -> None:
    assert "good000x000001" in _opened(ATTACKERS["wechat"].genuine("good000x000001"))["Content"]
    assert _opened(ATTACKERS["wecom_kf"].genuine("good000x000001"))["Token"] == "good000x000001"


def test_wechatpy_refuses_what_is_forged_or_truncated() -> None:
    for request in _hostile(ATTACKERS["wechat"], 300):
        if request.kind in ("forged", "truncated"):
            with pytest.raises(Exception):  # noqa: B017  # of many kinds
                assert _opened(request)["MsgId"]


def test_old_callbacks_are_signed_rightly_for_their_time() -> None:
    ages = []
    for request in _hostile(ATTACKERS["wechat"], 300):
        if request.kind == "old" and request.variant != "no time":
            assert request.mark in _opened(request)["Content"]
            query = parse_qs(urlsplit(request.path).query)
            ages.append(time.time() - int(query["timestamp"][0]))
    assert min(map(abs, ages)) > 300
    assert min(ages) < 0 < max(ages)


def test_bombs_that_are_signed_reach_the_parser_with_their_doctype() -> None:
    bombs = [
        one
        for one in _hostile(ATTACKERS["wechat"], 300)
        if one.kind == "entity bomb" and one.variant.endswith(", signed")
    ]
    crypto = WeChatCrypto(TOKEN, KEY, RECEIVER)
    for request in bombs:
        query = parse_qs(urlsplit(request.path).query)
        given = (query[name][0] for name in ("msg_signature", "timestamp", "nonce"))
        assert "<!DOCTYPE" in str(crypto.decrypt_message(request.body.decode(), *given))
    assert len({one.variant for one in bombs}) == 4


def test_slack_own_library_agrees_on_who_is_forged() -> None:
    verifier = SignatureVerifier(SECRET)
    for request in _hostile(ATTACKERS["slack"], 300):
        if request.kind not in ("forged", "old", "replayed", "truncated", "entity bomb"):
            continue
        headers = {name.lower(): value for name, value in request.headers.items()}
        signature = headers.get("x-slack-signature", "")
        timestamp = headers.get("x-slack-request-timestamp", "")
        if not (timestamp.isdigit() and signature.isascii()):
            assert request.kind in ("forged", "old")
            continue  # the library fails on them
        valid = verifier.is_valid(request.body, timestamp, signature)
        unsigned = request.kind == "truncated" and request.variant == "body"
        assert valid is (request.kind not in ("forged", "old") and not unsigned), request.variant


def test_a_replay_is_the_same_to_the_last_byte() -> None:
    attacker = ATTACKERS["outbound"]
    taken = [attacker.genuine(f"good000x{number:06}") for number in range(3)]
    replays = [one for one in _hostile(attacker, 60) if one.kind == "replayed"]
    assert {one.body for one in replays} <= {one.body for one in taken}
    assert all(one.ambiguous for one in replays)


def test_an_event_of_the_web_is_a_packet_of_socket_io() -> None:
    packet = ATTACKERS["web"].genuine("good000x000001").body
    assert packet.startswith(b"42")
    assert json.loads(packet[2:])[1]["message"] == "good000x000001"


def _outcome(mark: str, status: int | None, ambiguous: bool = False) -> Outcome:
    return Outcome("forged", "any", mark, ambiguous, status, "")


@pytest.mark.parametrize(
    ("outcome", "seen", "accepted"),
    [
        (_outcome("evil", 403), 0, False),
        (_outcome("evil", None), 0, False),
        (_outcome("evil", 200), 0, True),
        (_outcome("evil", 403), 1, True),
        (_outcome("evil", 200, ambiguous=True), 0, False),
        (_outcome("evil", 200, ambiguous=True), 1, True),
        (_outcome("good", 200, ambiguous=True), 1, False),
        (_outcome("good", 200, ambiguous=True), 2, True),
    ],
)
def test_accepted_is_what_came_through_or_was_answered_as_if_it_had(
    outcome, seen, accepted
) -> None:
    marks = Counter({outcome.mark: seen})
    assert (accepted_among([outcome], marks, {"good"}) == [outcome]) is accepted
