"""How long a reply takes over REST, with one customer and with twenty at once.

The three processes run as `xiaoer up` starts them, from the project's own folder and model, on free
ports. The project that `rasa init` makes stands beside them, asked its own questions, in the same run.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from benchmarks.harness import ROOT, Figure, parser, report
from benchmarks.processes import RASA, free_port, rasa_init_project, resident_mib, running

#: One customer's visit: small talk, search, details, questions and an order that is asked for.
OURS = (
    "你好",
    "有没有2000以下的手机",
    "第一个多少钱",
    "有货吗",
    "运费多少",
    "hello",
    "show me wireless headphones",
    "tell me about the second one",
    "how long does delivery take",
    "what can you do",
    "有什么优惠活动",
    "谢谢",
)
PEER = ("hello", "I am sad", "yes", "are you a bot?", "I'm great", "bye")
USERS = 20


@dataclass
class Load:
    """What a run of conversations gave: seconds of each reply, and the number without one."""

    seconds: list[float] = field(default_factory=list)
    errors: int = 0

    def percentile(self, percent: int) -> float:
        """Return a percentile of the replies, in milliseconds."""
        return statistics.quantiles(self.seconds, n=100)[percent - 1] * 1000


async def converse(url: str, messages: tuple[str, ...], users: int, rounds: int) -> Load:
    """Let `users` customers talk at once, each `rounds` times through `messages`."""
    load = Load()
    limits = httpx.Limits(max_connections=users)
    async with httpx.AsyncClient(timeout=60, limits=limits, trust_env=False) as client:

        async def customer(number: int) -> None:
            for turn in range(rounds):
                for message in messages:
                    body = {"sender": f"bench-{users}-{number}-{turn}", "message": message}
                    start = time.perf_counter()
                    try:
                        response = await client.post(f"{url}/webhooks/rest/webhook", json=body)
                        answered = response.status_code == 200 and bool(response.json())
                    except (httpx.HTTPError, ValueError):
                        answered = False
                    load.seconds.append(time.perf_counter() - start)
                    load.errors += not answered

        await asyncio.gather(*(customer(number) for number in range(users)))
    return load


def measure(url: str, messages: tuple[str, ...], rounds: int) -> tuple[Load, Load]:
    """Return the load of one customer (after a warm-up) and of twenty at once."""
    asyncio.run(converse(url, messages, users=1, rounds=1))
    one = asyncio.run(converse(url, messages, users=1, rounds=rounds))
    many = asyncio.run(converse(url, messages, users=USERS, rounds=1))
    return one, many


def memory(process: psutil.Process) -> dict[str, float]:
    """Return the resident MiB of the processes below `xiaoer up`, by what they are."""
    sizes: dict[str, float] = {}
    for child in process.children():
        line = " ".join(child.cmdline())
        name = "backends" if "backends" in line else "actions" if "run actions" in line else "rasa"
        sizes[name] = sizes.get(name, 0.0) + resident_mib(child)
    return sizes


def main() -> int:
    """Measure and report."""
    options = parser(__doc__)
    options.add_argument("--rounds", type=int, default=10, help="visits of the single customer")
    options.add_argument("--no-peer", action="store_true", help="leave the rasa init project out")
    arguments = options.parse_args()
    ports = [free_port() for _ in range(3)]
    names = ("--rasa-port", "--actions-port", "--backends-port")
    command = [sys.executable, "-m", "xiaoer.cli", "up"]
    for name, port in zip(names, ports, strict=True):
        command += [name, str(port)]
    url = f"http://127.0.0.1:{ports[0]}"
    with running(command, ROOT, f"{url}/webhooks/rest/", seconds=900) as process:
        one, many = measure(url, OURS, arguments.rounds)
        sizes = memory(process)
    peer_one = peer_many = None
    peer_size = None
    if not arguments.no_peer:
        peer_one, peer_many, peer_size = measure_peer(arguments.rounds)

    def peer(load: Load | None, percent: int) -> float | None:
        return load.percentile(percent) if load else None

    figures = [
        Figure("reply p50, one user", one.percentile(50), "ms", peer(peer_one, 50), "<= 150"),
        Figure("reply p95, one user", one.percentile(95), "ms", peer(peer_one, 95), "<= 400"),
        Figure("no reply, one user", one.errors, "messages", target="<= 0"),
        Figure(f"reply p50, {USERS} users", many.percentile(50), "ms", peer(peer_many, 50)),
        Figure(f"reply p95, {USERS} users", many.percentile(95), "ms", peer(peer_many, 95)),
        Figure(
            f"no reply, {USERS} users",
            many.errors,
            "messages",
            peer_many.errors if peer_many else None,
            "<= 0",
        ),
        Figure("memory of the Rasa server", sizes.get("rasa"), "MiB", peer_size),
        Figure("memory of the action server", sizes.get("actions"), "MiB"),
        Figure("memory of the backends", sizes.get("backends"), "MiB"),
    ]
    return report("conversation", figures, arguments)


def measure_peer(rounds: int) -> tuple[Load, Load, float]:
    """Return both loads and the memory of the `rasa init` project."""
    with tempfile.TemporaryDirectory(prefix="xiaoer-peer-") as name:
        folder = rasa_init_project(Path(name))
        (folder / "credentials.yml").write_text("rest:\n")
        port = free_port()
        url = f"http://127.0.0.1:{port}"
        with running(
            [*RASA, "run", "--port", str(port)], folder, f"{url}/webhooks/rest/"
        ) as process:
            one, many = measure(url, PEER, rounds)
            return one, many, resident_mib(process)


if __name__ == "__main__":
    sys.exit(main())
