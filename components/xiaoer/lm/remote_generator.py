"""Text from an OpenAI-compatible chat-completions endpoint: a vLLM, an Ollama, a paid API."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import re
import time
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from typing import Any, NoReturn

import httpx

from xiaoer.lm.generator import Candidate, Generator, GeneratorError, Prompt

# At INFO httpx logs each URL.
logging.getLogger("httpx").setLevel(logging.WARNING)

_PATH = "/chat/completions"
_MAX_BYTES = 256 * 1024
#: Seconds that a second try must have left after the wait that the endpoint asks for.
_LEAST = 0.2


class RemoteGenerator(Generator):
    """Asks a chat-completions endpoint for candidates.

    The instructions are the system message. Passages, what else is known and the question are the
    user message, one JSON object: they are data, and no quotation mark in them ends it.

    Args:
        url: Base URL such as ``http://localhost:8000/v1``; with or without ``/chat/completions``.
        model: The model's name at the endpoint.
        instructions: The system message by language.
        key: Sent as a bearer token; it stands in no log, `repr` or error.
        temperature: 0 takes the likeliest token each time, 2 is wildest.
        top_p: Tokens are drawn from the likeliest that together have this probability.
        candidates: How many replies to ask for; some endpoints give one whatever they are asked.
        logprobs: Whether to ask for log-probabilities, which not every endpoint knows; without
            them the score of a candidate is nan.

    Raises:
        GeneratorError: The URL or a setting cannot be used.

    Source of the format: https://platform.openai.com/docs/api-reference/chat/create
    """

    def __init__(
        self,
        url: str,
        model: str,
        instructions: Mapping[str, str],
        key: str | None = None,
        temperature: float = 0.3,
        top_p: float = 0.9,
        candidates: int = 1,
        logprobs: bool = False,
    ) -> None:
        self._endpoint = _endpoint(url)
        self._where = f"{self._endpoint.host}:{self._endpoint.port or self._endpoint.scheme}"
        self._instructions = dict(instructions)
        if not 0 <= temperature <= 2 or not 0 < top_p <= 1 or candidates < 1:
            raise GeneratorError(
                "A remote generator wants a temperature from 0 to 2, a top_p above 0 and up to 1, "
                "and one candidate or more."
            )
        self._settings = {
            "model": model,
            "temperature": temperature,
            "top_p": top_p,
            "n": candidates,
            "stream": False,
            **({"logprobs": True} if logprobs else {}),
        }
        self._client = httpx.AsyncClient(
            # Compressed, a small answer could unfold into a huge one.
            headers={"Accept": "application/json", "Accept-Encoding": "identity", **_bearer(key)},
            follow_redirects=False,
        )

    def __repr__(self) -> str:
        return f"RemoteGenerator({self._where}, {self._settings['model']})"

    async def generate(
        self, prompt: Prompt, max_new_tokens: int, deadline: float
    ) -> list[Candidate]:
        """Return what the endpoint wrote, best first where it tells log-probabilities.

        When the caller is cancelled or the deadline passes, the connection is closed at once.
        An endpoint that is busy (429) is asked once more if the wait it asks for fits.

        Args:
            prompt: What to answer, and from what.
            max_new_tokens: Longest reply in tokens; one that reaches it is cut off and dropped.
            deadline: Seconds from now in which all must be done.

        Raises:
            GeneratorError: There is no usable answer in time.
        """
        body = self._body(prompt, max_new_tokens)
        if self._client.is_closed:
            raise GeneratorError("The remote generator has been closed.")
        try:
            answer = await asyncio.wait_for(self._ask(body, deadline), deadline)
        except (asyncio.TimeoutError, httpx.TimeoutException):
            self._fail(f"did not answer within {deadline:g} s")
        candidates = list(self._candidates(answer))
        if not candidates:
            self._fail(f"wrote no reply that is finished within {max_new_tokens} tokens")
        if any(math.isnan(one.score) for one in candidates):
            return candidates
        return sorted(candidates, key=lambda one: -one.score)

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _fail(self, what: str) -> NoReturn:
        raise GeneratorError(f"The language model at {self._where} {what}.") from None

    def _body(self, prompt: Prompt, max_new_tokens: int) -> bytes:
        instructions = self._instructions.get(prompt.language)
        if not instructions:
            raise GeneratorError(
                f"The remote generator has no instructions for the language '{prompt.language}'."
            )
        data = {
            "passages": list(prompt.passages),
            "known": list(prompt.known),
            "question": prompt.question,
        }
        messages = [
            {"role": "system", "content": instructions},
            {"role": "user", "content": json.dumps(data, ensure_ascii=False)},
        ]
        body = {**self._settings, "messages": messages, "max_tokens": max_new_tokens}
        # A lone surrogate, which a broken channel may send, is no UTF-8.
        return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")

    async def _ask(self, body: bytes, deadline: float) -> Any:
        ends = time.monotonic() + deadline
        status, wait, answer = await self._post(body, deadline)
        if status == 429 and wait is not None and time.monotonic() + wait + _LEAST < ends:
            await asyncio.sleep(wait)
            status, _, answer = await self._post(body, ends - time.monotonic())
        if status != 200:
            self._fail(_STATUSES.get(status) or f"answered with status {status}")
        return answer

    async def _post(self, body: bytes, seconds: float) -> tuple[int, float | None, Any]:
        """Return the status, the seconds of Retry-After, and the answer when the status is 200."""
        try:
            async with self._client.stream(
                "POST",
                self._endpoint,
                content=body,
                headers={"Content-Type": "application/json"},
                timeout=seconds,
            ) as response:
                if response.status_code != 200:
                    return response.status_code, _retry_after(response), None
                return 200, None, await self._read(response)
        except httpx.TimeoutException:
            raise
        except httpx.ConnectError:
            self._fail("cannot be reached")
        except (httpx.HTTPError, httpx.StreamError):
            self._fail("broke off its answer")

    async def _read(self, response: httpx.Response) -> Any:
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if kind != "application/json" or "Content-Encoding" in response.headers:
            self._fail("did not answer in plain JSON")
        received = bytearray()
        async for chunk in response.aiter_raw(16 * 1024):
            received += chunk
            if len(received) > _MAX_BYTES:
                self._fail(f"answered with more than {_MAX_BYTES // 1024} KB")
        try:
            return json.loads(received.decode("utf-8"))
        except (ValueError, RecursionError):
            self._fail("did not answer in valid JSON")

    def _candidates(self, answer: Any) -> Iterator[Candidate]:
        """Yield the replies that are finished, each once."""
        seen: set[str] = set()
        try:
            for choice in answer["choices"]:
                message, reason = choice["message"], choice.get("finish_reason")
                text = message.get("content")
                if not isinstance(text, str | None):
                    raise TypeError
                if reason not in ("stop", "eos", None) or not text or text.strip() in seen:
                    continue
                seen.add(text.strip())
                if text.strip():
                    yield Candidate(text.strip(), _mean_logprob(choice.get("logprobs")))
        except (AttributeError, KeyError, TypeError, ValueError):
            self._fail("answered in another form than a chat completion's")


_STATUSES = {
    401: "refused the key",
    403: "refused the key",
    404: "knows no such address or model",
    408: "gave up waiting",
    413: "found the request too long",
    429: "is busy or its quota is used up (status 429)",
}


def _endpoint(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, TypeError):
        parsed = httpx.URL("")
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise GeneratorError(
            "The URL of the remote generator should look like http://localhost:8000/v1."
        )
    if parsed.userinfo or parsed.query or parsed.fragment:
        raise GeneratorError(
            "The URL of the remote generator should be scheme, host and path alone; "
            "the key is a setting of its own."
        )
    path = parsed.path.rstrip("/").removesuffix(_PATH)
    return parsed.copy_with(path=path + _PATH)


def _bearer(key: str | None) -> dict[str, str]:
    if not key:
        return {}
    if not re.fullmatch("[!-~]+", key):
        raise GeneratorError(
            "The key of the remote generator holds blanks or characters beyond ASCII."
        )
    return {"Authorization": f"Bearer {key}"}


def _retry_after(response: httpx.Response) -> float | None:
    """Return the seconds to wait that the endpoint names, as a number or as a date."""
    written = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]{1,6})?", written):
        return float(written)
    try:
        return max(0.0, parsedate_to_datetime(written).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return None


def _mean_logprob(logprobs: Any) -> float:
    """Return the mean over the reply's tokens; nan when the endpoint does not tell."""
    tokens = logprobs.get("content") if isinstance(logprobs, dict) else None
    values = [float(token["logprob"]) for token in tokens or ()]
    return sum(values) / len(values) if values else math.nan
