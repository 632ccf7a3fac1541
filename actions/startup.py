"""What the action server does when it starts and stops serving."""

from typing import Any

import pluggy
from rasa_sdk.plugin import plugin_manager
from sanic import Sanic

from actions.answering.generation import generation

hook = pluggy.HookimplMarker("rasa_sdk")


class _Extensions:
    @hook
    def attach_sanic_app_extensions(self, app: Sanic) -> None:
        """Open the generator after the fork, and close it at the end."""

        @app.after_server_start
        async def _start(app: Sanic, loop: Any) -> None:
            generation().start()

        @app.before_server_stop
        async def _stop(app: Sanic, loop: Any) -> None:
            await generation().close()


# rasa_sdk imports each module of this package before it asks its plug-ins.
if not plugin_manager().has_plugin(__name__):
    plugin_manager().register(_Extensions(), __name__)
