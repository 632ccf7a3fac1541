"""The line of `credentials.yml` that lets a running Rasa follow its folder of models."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, Request
from sanic.response import HTTPResponse, json

from xiaoer.learning.switching.follower import Follower

logger = logging.getLogger(__name__)


class ModelSwitch(InputChannel):
    """Changes the model of a running server when a newer one is put into its folder.

    It takes no messages: a connector is the place where Rasa lets others into its process. Rasa's
    own ways to change a model, `models:` in `endpoints.yml` and `PUT /model`, load it in the event
    loop, so that nobody is answered for that long; here it is loaded and tried in a thread, then
    put in place between two messages. `GET /webhooks/models/` tells which model answers.

    With several workers (`SANIC_WORKERS`) each follows by itself.

    Args:
        seconds: Between two looks at the folder.
    """

    def __init__(self, seconds: float = 5.0) -> None:
        self._seconds = seconds
        self._since = time.time()
        self._follower: Follower | None = None
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def name(cls) -> str:
        """Return `models`."""
        return "models"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        """Create it from `credentials.yml`.

        Raises:
            RasaException: `seconds` is no number above 0.
        """
        given = (credentials or {}).get("seconds", 5.0)
        try:
            seconds = float(given)
        except (TypeError, ValueError):
            seconds = 0.0
        if not 0 < seconds < float("inf"):
            raise RasaException(
                f"`seconds` of xiaoer.learning.ModelSwitch is a number above 0, not {given!r}."
            )
        return cls(seconds)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the address that tells the model, and what starts and ends the following."""
        routes = Blueprint("models_webhook")

        @routes.get("/")
        async def model(_: Request) -> HTTPResponse:
            follower = self._follower
            processor = follower.agent.processor if follower else None
            if follower is None or processor is None:
                return json({"status": "no model"}, status=503)
            return json(
                {
                    "status": "ok",
                    "model": processor.model_filename,
                    "id": processor.model_metadata.model_id,
                    "loading": follower.loading,
                    "refused": follower.refused,
                }
            )

        @routes.listener("after_server_start")
        async def start(app: Any, loop: Any) -> None:
            agent = getattr(app.ctx, "agent", None)
            if agent is None or not agent.is_ready():
                logger.warning("No model is loaded, so none can be changed: start again with one.")
                return
            self._follower = Follower(agent, self._seconds, self._since)
            self._task = asyncio.get_running_loop().create_task(self._follower.run())

        @routes.listener("before_server_stop")
        async def stop(app: Any, loop: Any) -> None:
            if self._task is not None:
                self._task.cancel()
                with suppress(asyncio.CancelledError):
                    await self._task

        return routes
