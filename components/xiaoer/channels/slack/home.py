"""The greeting in the app's Home tab."""

from __future__ import annotations

import hashlib
import json
import logging
from typing import Any

from xiaoer.channels.slack.blocks import sections
from xiaoer.channels.slack.protocol.client import SlackClient
from xiaoer.channels.slack.protocol.errors import NotDelivered
from xiaoer.channels.slack.protocol.fields import word
from xiaoer.channels.slack.protocol.mrkdwn import escape
from xiaoer.channels.slack.protocol.splitting import shorten
from xiaoer.channels.slack.texts import Texts
from xiaoer.channels.storage import Store

logger = logging.getLogger(__name__)

_KEEP_SECONDS = 180 * 86_400
_MAX_HEADER = 150


class HomeGreeting:
    """Greets each user once in each version of the greeting, in the user's language.

    The language is that of the user's Slack (`users.info`, scope `users:read`); without the scope
    it is the connector's own. Source: https://docs.slack.dev/surfaces/app-home/
    """

    def __init__(self, client: SlackClient, texts: Texts, store: Store) -> None:
        self._client = client
        self._texts = texts
        self._store = store

    async def show(self, user: str) -> None:
        """Publish the greeting, unless the user has it."""
        views = {language: self._view(language) for language in ("zh", "en")}
        version = hashlib.sha256(json.dumps(views).encode()).hexdigest()[:12]
        key = f"slack:home:{version}:{user}"
        if not await self._store.add(key, "", _KEEP_SECONDS):
            return
        try:
            view = views[self._texts.language_for(await self._locale(user))]
            await self._client.call("views_publish", user_id=user, view=view)
        except NotDelivered as error:
            await self._store.delete(key)
            logger.error("The greeting in Slack's Home tab was not shown: %s", error)

    async def _locale(self, user: str) -> str:
        try:
            answer = await self._client.call("users_info", user=user, include_locale=True)
        except NotDelivered as error:
            logger.info("Slack does not tell the user's language: %s", error)
            return ""
        return word(answer, "user", "locale")

    def _view(self, language: str) -> dict[str, Any]:
        title = shorten(self._texts.say("home_title", language), _MAX_HEADER)
        text = escape(self._texts.say("home_text", language))
        return {
            "type": "home",
            "blocks": [
                {"type": "header", "text": {"type": "plain_text", "text": title, "emoji": True}},
                *sections(text),
            ],
        }
