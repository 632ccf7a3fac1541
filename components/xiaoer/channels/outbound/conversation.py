"""Speaking in a conversation without the customer having written."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, OutputChannel
from rasa.core.processor import MessageProcessor
from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker

from xiaoer.channels.errors import ChannelError
from xiaoer.channels.outbound.requests import Trigger, Words

# Of the private use area: they stand in no response and are written by nobody.
_STAFF, _TEXT = "\ue000", "\ue001"


class NotDelivered(Exception):
    """The channel did not take a message; the text says why, in one sentence for developers.

    Attributes:
        happened: Whether the turn is in the tracker all the same and must not be repeated.
    """

    happened = False


class UnknownIntent(Exception):
    """The domain has no such intent."""


class _Collecting(CollectingOutputChannel):
    """Keeps the answers of a turn; responses made for a channel are chosen by its name."""

    def __init__(self, channel: str) -> None:
        super().__init__()
        self.name = lambda: channel  # type: ignore[method-assign]

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        self.messages.append(dict(message))


@dataclass
class Conversation:
    """One customer's conversation, with the way to them.

    Attributes:
        agent: Rasa's agent, its model loaded.
        sender: The sender id.
        channel: The name of the channel.
        output: What sends on that channel.
        response: The response of the domain that a person's words are said in, with the
            placeholders `{staff}` and `{text}`; a domain without it has them said as they are.
        seconds: How long the channel may take for one message.
    """

    agent: Agent
    sender: str
    channel: str
    output: OutputChannel
    response: str
    seconds: float

    async def say(self, words: Words) -> None:
        """Send words and note them in the tracker, where they are part of the conversation.

        Raises:
            NotDelivered: The channel did not take them; the tracker is as it was.
        """
        processor = self._processor
        tracker = await processor.fetch_tracker_with_initial_session(self.sender)
        message = await self._worded(tracker, words)
        noted = {"staff": words.staff, "outbound_id": words.id}
        await self._send({**message, "metadata": noted})
        data = {key: value for key, value in message.items() if key != "text"}
        tracker.update(BotUttered(message.get("text"), data, metadata=noted), self.agent.domain)
        await processor.save_tracker(tracker)

    async def trigger(self, trigger: Trigger) -> None:
        """Set off an intent; what the assistant answers is sent once the tracker is saved.

        Raises:
            UnknownIntent: The domain does not have it.
            NotDelivered: The channel did not take an answer; the turn stays in the tracker.
        """
        domain = self.agent.domain
        if domain is None or trigger.intent not in domain.intents:
            raise UnknownIntent(f"The domain has no intent {trigger.intent}.")
        tracker = await self._processor.fetch_tracker_and_update_session(self.sender)
        said = _Collecting(self.channel)
        entities = [{"entity": name, "value": value} for name, value in trigger.entities.items()]
        await self.agent.trigger_intent(trigger.intent, entities, said, tracker)
        for message in said.messages:
            try:
                await self._send(message)
            except NotDelivered as error:
                error.happened = True
                raise

    @property
    def _processor(self) -> MessageProcessor:
        assert self.agent.processor is not None, "only agents that are ready are used"
        return self.agent.processor

    async def _worded(self, tracker: DialogueStateTracker, words: Words) -> dict[str, Any]:
        domain = self.agent.domain
        if words.staff and domain is not None and self.response in domain.responses:
            # Rasa looks for placeholders in what it has filled in, and gives up on some of what
            # people write: the words go in afterwards.
            worded = await self._processor.nlg.generate(
                self.response, tracker, self.channel, staff=_STAFF, text=_TEXT
            )
            if worded and worded.get("text"):
                sentence = worded["text"].replace(_STAFF, words.staff)
                return {"text": sentence.replace(_TEXT, words.text)}
        return {"text": words.text}

    async def _send(self, message: dict[str, Any]) -> None:
        try:
            # `send_response` takes the fields out of what it is given.
            sent = self.output.send_response(self.sender, dict(message))
            await asyncio.wait_for(sent, self.seconds)
        except asyncio.TimeoutError:
            raise NotDelivered(f"The channel did not take it within {self.seconds:g} s.") from None
        except ChannelError as error:
            raise NotDelivered(str(error)) from error
        except Exception as error:
            # Its text may hold personal data or a token.
            raise NotDelivered(f"The channel failed with {type(error).__name__}.") from error
