"""A language model that scores products, well and badly, for the tests of `Scorer`.

Run as ``python -m tests.backends.recommendations.scoring.scoring_server PORT``. It serves as
`tests.lm.fake_openai` does, whose misbehaviour it has too; the model asked for names the behaviour.
"""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable

from tests.lm.fake_openai import BEHAVIOURS, REQUESTS, Exchange, completion, serve


def right(exchange: Exchange) -> str:
    """Return what is asked for: each product gets the score that its text names last."""
    passages = json.loads(exchange.request["body"]["messages"][1]["content"])["passages"]
    scores = {text.partition(".")[0]: float(text.split()[-1]) for text in passages}
    return json.dumps(scores)


def says(change: Callable[[str], str]) -> Callable[[Exchange], Awaitable[None]]:
    """Return a behaviour: the right answer, changed."""
    return lambda exchange: exchange.send(completion(change(right(exchange))))


async def fails_twice(exchange: Exchange) -> None:
    """Fail twice, then answer."""
    model = exchange.request["body"]["model"]
    if sum(one["body"]["model"] == model for one in REQUESTS) <= 2:
        await exchange.send(b"", "500 Internal Server Error")
    else:
        await says(str)(exchange)


BEHAVIOURS.update(
    {
        "right": says(str),
        "one is missing": says(lambda text: text.replace('"1"', '"0"')),
        "one is no number": says(lambda text: text.replace('"1": 0.', '"1": NaN, "0": 0.')),
        "text around": says(lambda text: f"Here you are: {text}"),
        "code block": says(lambda text: f"```json\n{text}\n```"),
        "very long": says(lambda text: text + " " * 300_000),
        "fails twice": fails_twice,
    }
)

if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
