"""Loading a model beside the one that serves, trying it, and putting it in its place."""

from __future__ import annotations

import asyncio
from pathlib import Path

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.core.nlg import NaturalLanguageGenerator, TemplatedNaturalLanguageGenerator
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.data import TrainingType


def load(agent: Agent, archive: Path) -> MessageProcessor:
    """Return the processor of a model, loaded and warm; takes seconds: call it in a thread.

    Nothing of the agent is changed. The processor has responses of its own, so that a message
    which the former model is still answering finds those of its own domain.

    Args:
        agent: Whose stores and action server the processor uses.
        archive: The model.

    Raises:
        Exception: Whatever Rasa raises for a model that it cannot load or that cannot answer.
    """
    processor = MessageProcessor(
        model_path=archive,
        tracker_store=agent.tracker_store,
        lock_store=agent.lock_store,
        action_endpoint=agent.action_endpoint,
        generator=agent.nlg,
        http_interpreter=agent.http_interpreter,
    )
    processor.nlg = _responses(agent, processor)
    asyncio.run(_try(processor))
    return processor


def put_in_place(agent: Agent, processor: MessageProcessor) -> None:
    """Let the agent answer by this processor from the next message on; call it in the event loop.

    What is being answered goes on with the former one. Trackers, locks and channels stay.
    """
    agent.processor = processor
    agent.domain = processor.domain
    agent.nlg = processor.nlg
    agent.tracker_store.domain = processor.domain
    agent._set_fingerprint(None)


def _responses(agent: Agent, processor: MessageProcessor) -> NaturalLanguageGenerator:
    if isinstance(agent.nlg, TemplatedNaturalLanguageGenerator):
        return TemplatedNaturalLanguageGenerator(processor.domain.responses)
    return agent.nlg


async def _try(processor: MessageProcessor) -> None:
    """Understand a message and predict what follows: a model that cannot is refused.

    It also does what a first message does (memory, compiled graphs), so that no customer waits.
    """
    message = UserMessage("你好 hello", sender_id="model-switch")
    # A message reader elsewhere (`nlu:` in endpoints.yml) is no part of the model.
    processor.http_interpreter, reader = None, processor.http_interpreter
    if processor.model_metadata.training_type != TrainingType.CORE:
        parsed = await processor.parse_message(message)
    else:
        parsed = {"intent": {"name": next(iter(processor.domain.intents), None)}, "entities": []}
    processor.http_interpreter = reader
    if processor.model_metadata.training_type == TrainingType.NLU:
        return
    said = UserUttered(message.text, parsed["intent"], parsed["entities"], parsed)
    tracker = DialogueStateTracker.from_events(
        message.sender_id, [ActionExecuted(ACTION_LISTEN_NAME), said], processor.domain.slots
    )
    processor.predict_next_with_tracker(tracker)
