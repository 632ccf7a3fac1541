"""Two thousand hostile requests to each connector."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

from benchmarks.channels.bot import Bot, bot
from benchmarks.channels.hostile.request import Request
from benchmarks.channels.hostile.sending import Outcome, attack, send
from benchmarks.channels.hostile.targets import Target, targets
from benchmarks.channels.memory import MemoryWatch
from benchmarks.channels.own_process import own_process
from benchmarks.harness import Figure
from tests.waiting import eventually

CHANNELS = ("wechat", "wecom", "wecom_kf", "slack", "web", "outbound")
_GENUINE = 20
_WARM_UP = 0.2
_MARK = r"(?:evil|good)[0-9]{3}x[0-9]{6}"
_SERVER_ERROR = 500
_FLAT = 20


def measure(options: argparse.Namespace) -> list[Figure]:
    """Attack the connectors one after another, all of one server."""
    figures: list[Figure] = []
    with targets() as every:
        chosen = [one for one in every if options.channel in (one.name, "all")]
        credentials = {name: of for one in chosen for name, of in one.credentials.items()}
        with bot(credentials) as run:
            for number, target in enumerate(chosen):
                # Another seed for each: marks are made of it.
                figures += _attack(target, run, options.requests, options.seed + number)
    return figures


def _attack(target: Target, run: Bot, count: int, seed: int) -> list[Figure]:
    print(f"hostile requests to {target.name}", file=sys.stderr)
    taken = _taken(target, run)
    warm = int(_WARM_UP * count)
    with own_process() as start:
        given = seed, taken
        first = start(attack, run.url, target.attacker, range(count, count + warm), *given).result()
        with MemoryWatch(run.process) as memory:
            outcomes = start(attack, run.url, target.attacker, range(count), *given).result()
    marks = target.handled(run, _MARK)
    accepted = accepted_among([*first, *outcomes], marks, {request.mark for request in taken})
    errors = [each for each in [*first, *outcomes] if (each.status or 0) >= _SERVER_ERROR]
    _tell("accepted", accepted)
    _tell("answered with 500 or above", errors)
    waited = [each for each in [*first, *outcomes] if each.waited]
    _tell("left without an answer", waited)
    closed = sum(each.status is None and not each.waited for each in outcomes)
    of = f"{len(outcomes):,} hostile requests to {target.name}"
    return [
        Figure(f"{of}: accepted", len(accepted), "requests", target="<= 0"),
        Figure(f"{of}: answered with 500", len(errors), "requests", target="<= 0"),
        Figure(f"{of}: left waiting for 5 s", len(waited), "requests", target="<= 0"),
        Figure(f"{of}: closed without an answer", closed, "requests"),
        Figure(f"{of}: memory grew by", memory.end - memory.start, "MiB", target=f"<= {_FLAT}"),
        Figure(f"{of}: memory at most", memory.peak - memory.start, "MiB"),
    ]


def accepted_among(
    outcomes: Sequence[Outcome], marks: Counter[str], taken: set[str]
) -> list[Outcome]:
    """Return the outcomes of what was accepted.

    Accepted is what came as far as the assistant, once more than it should for a replayed one, and
    what was answered as if it had.

    Args:
        outcomes: of hostile requests.
        marks: how often each mark was seen behind the connector.
        taken: marks of genuine requests.
    """
    return [
        outcome
        for outcome in outcomes
        if marks[outcome.mark] > (outcome.mark in taken)
        or (not outcome.ambiguous and outcome.status is not None and outcome.status < 300)
    ]


def _taken(target: Target, run: Bot) -> list[Request]:
    """Send genuine requests, and see that they are taken: an attack on a dead end shows nothing."""
    requests = [target.genuine(number) for number in range(_GENUINE)]
    answers = Counter(outcome.status for outcome in send(run.url, requests))

    def all_handled() -> bool:
        marks = target.handled(run, _MARK)
        return all(marks[request.mark] == 1 for request in requests)

    try:
        eventually(all_handled)
    except AssertionError:
        raise RuntimeError(
            f"The connector {target.name} did not take {_GENUINE} genuine requests, each once; "
            f"it answered with {dict(answers)}.\n{run.server.tail()}"
        ) from None
    return requests


def _tell(what: str, outcomes: Sequence[Outcome]) -> None:
    of = Counter((one.kind, one.variant, one.status, one.text[:80]) for one in outcomes)
    for (kind, variant, status, text), count in of.most_common():
        print(f"  {what}: {count} × {kind}, {variant}: {status} {text!r}", file=sys.stderr)
