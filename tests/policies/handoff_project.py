"""A small project with HandoffPolicy, and a conversation played on its model in a process.

No action server is needed: what an action would do is written into the tracker.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from rasa.core.agent import Agent
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    Event,
    SlotSet,
    UserUttered,
)

DOMAIN = """
version: "3.1"
intents: [greet, insult, complain, inform, back_to_bot, handoff_joined]
slots:
  handoff: {type: text, influence_conversation: false, mappings: [{type: custom}]}
  handoff_reason: {type: text, influence_conversation: false, mappings: [{type: custom}]}
  survey: {type: any, mappings: [{type: custom}]}
  number: {type: text, influence_conversation: false, mappings: [{type: custom}]}
actions: [action_forward_to_staff, action_talk_to_human, action_survey]
forms: {order_form: {required_slots: [number]}}
responses: {utter_greet: [{text: hi}]}
"""
CONFIG = """
recipe: default.v1
language: en
assistant_id: handoff
pipeline:
- name: WhitespaceTokenizer
- name: KeywordIntentClassifier
policies:
- name: RulePolicy
- name: MemoizationPolicy
- name: xiaoer.policies.CompactPolicy
  epochs: 5
- name: xiaoer.policies.HandoffPolicy
- name: xiaoer.policies.ForwardingPolicy
  slot: survey
  forward_action: action_survey
"""
DATA = """
version: "3.1"
nlu:
- {intent: greet, examples: "- hello\\n- hi\\n"}
- {intent: insult, examples: "- stupid\\n- dumb\\n"}
- {intent: complain, examples: "- order\\n- orders\\n"}
- {intent: inform, examples: "- one\\n- two\\n"}
- {intent: back_to_bot, examples: "- back\\n- bot\\n"}
rules:
- {rule: greet, steps: [{intent: greet}, {action: utter_greet}]}
- {rule: insult, steps: [{intent: insult}, {action: utter_greet}]}
- {rule: back, steps: [{intent: back_to_bot}, {action: utter_greet}]}
- {rule: form, steps: [{intent: complain}, {action: order_form}, {active_loop: order_form}]}
- {rule: a person, steps: [{action: action_talk_to_human}]}
stories:
- {story: more, steps: [{intent: greet}, {action: utter_greet}, {intent: inform}, {action: utter_greet}]}
"""
FORM = "order_form"
EFFECTS: dict[str, list[Event]] = {
    FORM: [ActiveLoop(FORM), SlotSet("requested_slot", "number")],
    "action_talk_to_human": [SlotSet("handoff", "T-1")],
}


def write_project(folder: Path) -> None:
    """Write what `rasa train` reads."""
    (folder / "data").mkdir()
    for name, text in (("config.yml", CONFIG), ("domain.yml", DOMAIN), ("data/all.yml", DATA)):
        (folder / name).write_text(text, encoding="utf-8")


class Played:
    """A conversation on the trained model."""

    def __init__(self, folder: Path) -> None:
        self._agent = Agent.load(str(folder / "models"))

    async def play(self) -> list[list[str]]:
        """Return each message with the actions that answered it."""
        self._tracker = await self._agent.processor.fetch_tracker_with_initial_session("somebody")
        played = [await self.says("hello"), await self.says("order")]
        # The form says that these are no answers.
        played += [await self.says("stupid", rejects=True), await self.says("dumb", rejects=True)]
        assert self._tracker.get_slot("handoff_reason") == "anger"
        assert self._tracker.active_loop_name == FORM
        played.append(await self.says("one"))
        self._apply([ActiveLoop(None)])
        return [*played, await self.says("hello"), await self.says("bot")]

    async def says(self, text: str, rejects: bool = False) -> list[str]:
        """Let the customer write, and predict until the assistant listens."""
        processor = self._agent.processor
        parsed = dict(await processor.parse_message(UserMessage(text)))
        self._apply([UserUttered(text, parsed["intent"], parsed["entities"], parsed)])
        said = [text]
        while True:
            action, prediction = processor.predict_next_with_tracker_if_should(self._tracker)
            name = action.name()
            if rejects and name == FORM:
                rejects = False
                self._apply([ActionExecutionRejected(FORM)])
                continue
            hidden = prediction.hide_rule_turn
            ran = ActionExecuted(name, prediction.policy_name, 1.0, hide_rule_turn=hidden)
            self._apply([*prediction.events, ran, *EFFECTS.get(name, [])])
            if name == "action_listen":
                return said
            said.append(name)

    def _apply(self, events: list[Event]) -> None:
        self._tracker.update_with_events(events, self._agent.domain)


if __name__ == "__main__":
    print(json.dumps(asyncio.run(Played(Path(sys.argv[1])).play())))
