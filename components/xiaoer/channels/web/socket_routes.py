"""The routes of socket.io, which take no large bodies."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.socketio import SocketBlueprint
from sanic import Request, Sanic
from sanic.response import HTTPResponse

# Many times the longest message; more is not read.
MAX_BYTES = 256 * 1024


class SocketRoutes(SocketBlueprint):
    """Rasa's way to attach socket.io, with a bound before it.

    Engine.io keeps the connection of a body that is too large, and the body with it, until
    somebody polls for the answer, which whoever sends such bodies does not do.
    """

    def register(self, app: Sanic, options: dict[str, Any]) -> None:
        """Attach socket.io to the application, and the bound to its address."""
        super().register(app, options)

        @app.middleware("request")
        async def bound(request: Request) -> HTTPResponse | None:
            large = len(request.body) > MAX_BYTES
            if large and request.path.startswith(self.ctx.socketio_path):
                return HTTPResponse(status=413)
            return None
