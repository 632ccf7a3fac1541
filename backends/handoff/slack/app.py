"""Joining the Slack console to the backends' app."""

from __future__ import annotations

from typing import Any

from sanic import Sanic

from backends.handoff.slack.settings import read_settings


def install(app: Sanic) -> None:
    """Serve ``/slack/handoff`` and post tickets, if the environment names a Slack app.

    To be called after `backends.handoff.background.install`.

    Raises:
        SetupError: the environment names it in part.
    """
    settings = read_settings()
    if settings is None:
        return

    # A shop without it does not load Slack's library.
    from backends.handoff.slack.console import SlackConsole
    from backends.handoff.slack.poster import Poster
    from backends.handoff.slack.routes import blueprint
    from backends.handoff.slack.texts import texts
    from xiaoer.channels.slack.protocol.client import SlackClient

    client = SlackClient(settings.token, settings.api_url)
    console = SlackConsole(settings.channel, settings.language, settings.signing_secret, client)
    app.ctx.slack_console = console
    app.blueprint(blueprint)

    @app.after_server_start
    async def _start(app: Sanic, loop: Any) -> None:
        app.ctx.slack_poster = Poster(
            app.ctx.db, app.ctx.changes, client, console.channel, texts(settings.language)
        )
        app.ctx.slack_poster.start()

    @app.before_server_stop
    async def _stop(app: Sanic, loop: Any) -> None:
        await app.ctx.slack_poster.stop()
        await console.close()
