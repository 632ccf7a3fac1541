"""The HTTP client under all backend clients: deadline, retries, circuit breaker, typed errors."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

import httpx
from purgatory import AsyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState
from pydantic import BaseModel, ValidationError
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_random_exponential

from actions.clients.customer import Customer
from actions.clients.errors import (
    BackendError,
    BackendUnavailable,
    InvalidRequest,
    Locked,
    NotAllowed,
    NotFound,
    NotVerified,
)
from actions.clients.settings import Settings
from actions.clients.token import service_token

# At INFO httpx logs each URL, and order numbers are in some.
logging.getLogger("httpx").setLevel(logging.WARNING)

Answer = TypeVar("Answer", bound=BaseModel)
Params = Mapping[str, str | int | float | bool | None]


class _Failure(Exception):
    """The backend failed to give a usable answer."""


class _Transient(_Failure):
    """Worth another try when nothing is changed by it."""


class _NoConnection(_Transient):
    """Nothing was sent."""


class BackendClient:
    """Calls one backend.

    Args:
        name: The backend's name, in logs and for its circuit.
        base_url: Where it is.
        settings: Time-outs, retries and the service token.
    """

    def __init__(self, name: str, base_url: str, settings: Settings) -> None:
        self.name = name
        self._settings = settings
        self._http = httpx.AsyncClient(
            base_url=base_url,
            timeout=settings.timeout,
            limits=httpx.Limits(max_connections=50, max_keepalive_connections=10),
        )
        self._breakers = AsyncCircuitBreakerFactory(
            default_threshold=settings.breaker_failures, default_ttl=settings.breaker_seconds
        )
        self._token: str | None = None

    async def read(
        self,
        kind: type[Answer],
        path: str,
        params: Params | None = None,
        customer: Customer | None = None,
    ) -> Answer:
        """GET `path` and return the answer as `kind`; tried again when the backend fails.

        Raises:
            BackendUnavailable: No usable answer within the time-out.
            BackendError: Another error of `actions.clients.errors`, as the backend answered.
        """
        given = {key: value for key, value in (params or {}).items() if value is not None}

        async def attempt() -> Answer | BackendError:
            return await self._request(kind, "GET", path, customer, params=given)

        async def attempts() -> Answer | BackendError:
            retrying = AsyncRetrying(
                stop=stop_after_attempt(self._settings.attempts),
                wait=wait_random_exponential(multiplier=0.1, max=0.6),
                retry=retry_if_exception_type(_Transient),
                reraise=True,
            )
            return await retrying(attempt)

        return await self._guarded(attempts)

    async def write(
        self,
        kind: type[Answer],
        path: str,
        body: Mapping[str, Any],
        customer: Customer,
        key: str | None = None,
    ) -> Answer:
        """POST `body` to `path` and return the answer as `kind`; never tried again by itself.

        Args:
            key: The Idempotency-Key: the same key is carried out once.

        Raises:
            BackendUnavailable: No usable answer; `outcome_unknown` says that it was sent.
            BackendError: Another error of `actions.clients.errors`, as the backend answered.
        """
        headers = {"Idempotency-Key": key} if key else {}

        async def attempt() -> Answer | BackendError:
            return await self._request(kind, "POST", path, customer, headers, json=dict(body))

        return await self._guarded(attempt, outcome_unknown=True)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _guarded(
        self,
        call: Callable[[], Awaitable[Answer | BackendError]],
        outcome_unknown: bool = False,
    ) -> Answer:
        breaker = await self._breakers.get_breaker(self.name)
        try:
            async with breaker:
                answer = await asyncio.wait_for(call(), self._settings.timeout)
        except OpenedState:
            raise BackendUnavailable(
                self.name, "it failed repeatedly, its circuit is open"
            ) from None
        except asyncio.TimeoutError:
            why = f"no answer in {self._settings.timeout:g} s"
            raise BackendUnavailable(self.name, why, outcome_unknown) from None
        except _Failure as failure:
            unknown = outcome_unknown and not isinstance(failure, _NoConnection)
            raise BackendUnavailable(self.name, str(failure), unknown) from None
        if isinstance(answer, BackendError):
            raise answer
        return answer

    async def _request(
        self,
        kind: type[Answer],
        method: str,
        path: str,
        customer: Customer | None,
        headers: Mapping[str, str] | None = None,
        **content: Any,
    ) -> Answer | BackendError:
        """Send one request; refusals are returned, for they are no failures of the backend."""
        response = await self._send(method, path, customer, headers, **content)
        if response.status_code == 401:
            self._token = None  # the token file may have been made anew
            response = await self._send(method, path, customer, headers, **content)
        if response.status_code >= 500 or response.status_code == 408:
            raise _Transient(f"status {response.status_code}")
        try:
            data = response.json()
            if response.is_success:
                return kind.parse_obj(data)
            return _refusal(response.status_code, data["error"])
        except (ValidationError, ValueError, KeyError, TypeError) as error:
            raise _Failure(f"an answer of another form ({type(error).__name__})") from None

    async def _send(
        self,
        method: str,
        path: str,
        customer: Customer | None,
        headers: Mapping[str, str] | None,
        **content: Any,
    ) -> httpx.Response:
        if self._token is None:
            self._token = await asyncio.to_thread(service_token, self._settings)
        sent = {"Authorization": f"Bearer {self._token}", **(headers or {})}
        if customer:
            sent.update(customer.headers())
        try:
            return await self._http.request(method, path, headers=sent, **content)
        except httpx.ConnectError:
            raise _NoConnection("no connection") from None
        except httpx.HTTPError as error:
            raise _Transient(type(error).__name__) from None


def _refusal(status: int, error: Mapping[str, Any]) -> BackendError:
    """Return the typed error for a 4xx answer.

    Raises:
        KeyError, TypeError: If the answer has another form.
        _Failure: If it is none that a client can act on.
    """
    code = str(error["code"])
    if status == 403 and code == "not_verified":
        return NotVerified("The order is not shown to this customer.")
    if status == 429 and code == "locked":
        return Locked(int(error["retry_after"]))
    if status == 409 and code == "not_allowed":
        return NotAllowed(str(error["reason"]))
    if status == 404:
        return NotFound("There is no such thing.")
    if status in (400, 413, 422):
        return InvalidRequest(f"The backend refused the request: {code}.")
    raise _Failure(f"status {status}, code {code}")
