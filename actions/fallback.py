"""The reply when no story fits.

In this order: the knowledge base word for word, a reply written from its passages that the guard
lets pass, buttons to choose from, and after two of these in a row a person.
"""

import asyncio
import logging

from rasa_sdk.events import SlotSet

from actions.answering import knowing, recording
from actions.answering.generation import generation
from actions.answering.writing import Written, write
from actions.base import ShopAction
from actions.clarification import clarify, failures_before
from actions.clients.errors import BackendError
from actions.clients.knowledge import KnowledgeAnswer, KnowledgeHit
from actions.handoff.opening import hand_over
from actions.handoff.reasons import Why
from actions.turn import Button, Event, Turn
from xiaoer.generation.guard import Guard
from xiaoer.generation.guard.injection import looks_like_instruction

logger = logging.getLogger(__name__)

#: From this probability on that the best article answers, a reply is written from it.
WRITE_FROM = 0.4
#: From this probability on an article's question is offered as a button.
_OFFER_FROM = 0.05
_MOST_OFFERS = 3
_LONGEST_TITLE = 40


class ActionFallbackReply(ShopAction):
    """Answers what no story covers, or says that it cannot."""

    action_name = recording.ACTION

    def __init__(self) -> None:
        self._guard = Guard()

    async def perform(self, turn: Turn) -> list[Event]:
        """Answer, ask back or hand over, and write down what came of it."""
        clock = asyncio.get_running_loop().time
        start = clock()
        if article := turn.message.value("article"):
            return await self._say_article(turn, article)
        found = await self._find(turn)
        written = Written()
        if found and found.items and found.trust == "sure":
            outcome, said, events = self._answer(turn, found.items[0])
        else:
            written = await self._write(turn, found, start + generation().settings.deadline)
            if written.reply and found:
                outcome, said, events = self._say_written(turn, found, written.reply)
            else:
                outcome, said, events = await self._ask_back(turn, found)
        milliseconds = round(1000 * (clock() - start))
        told = await recording.record(turn, outcome, said, found, written, milliseconds)
        return [*events, *told]

    async def _find(self, turn: Turn) -> KnowledgeAnswer | None:
        """Return what the knowledge base has, without passages that give orders; None when down."""
        if not turn.message.words:
            return None
        try:
            found = await turn.backends.knowledge.search(turn.message.words, turn.language)
        except BackendError as error:
            logger.warning("The knowledge base was not asked: %s", error)
            return None
        kept = [hit for hit in found.items if not _gives_orders(hit)]
        if len(kept) < len(found.items):
            logger.warning("An article that gives orders to a language model is left out.")
        first_is_there = bool(kept) and kept[0].id == found.items[0].id
        trust = found.trust if first_is_there or found.trust == "none" else "near"
        return KnowledgeAnswer(trust=trust, items=kept)

    async def _write(self, turn: Turn, found: KnowledgeAnswer | None, until: float) -> Written:
        passages = [
            hit.answer
            for hit in (found.items if found else [])
            if hit.language == turn.language and hit.score >= _OFFER_FROM
        ]
        if not found or not passages or found.items[0].score < WRITE_FROM:
            return Written()
        known = [knowing.name_of(turn), await knowing.last_product(turn)]
        return await write(
            generation(),
            self._guard,
            turn.message.words,
            passages,
            turn.language,
            [fact for fact in known if fact],
            until,
        )

    def _answer(self, turn: Turn, hit: KnowledgeHit) -> tuple[str, str, list[Event]]:
        """Say an article word for word."""
        own = hit.language == turn.language
        response = "utter_knowledge_answer" if own else "utter_knowledge_in_other_language"
        turn.say(
            response,
            greeting=_greeting(turn),
            answer=hit.answer,
            source=turn.text("utter_source", source=hit.source) if hit.source else "",
        )
        return "answered", hit.answer, [SlotSet("failures", 0.0)]

    def _say_written(
        self, turn: Turn, found: KnowledgeAnswer, reply: str
    ) -> tuple[str, str, list[Event]]:
        """Say a reply that was written, and offer the articles it may have missed."""
        first = found.items[0]
        turn.say(
            "utter_generated_answer",
            _offers(turn, found.items[1:]),
            greeting=_greeting(turn),
            answer=reply,
            source=turn.text("utter_source", source=first.source) if first.source else "",
        )
        return "generated", reply, [SlotSet("failures", 0.0)]

    async def _ask_back(
        self, turn: Turn, found: KnowledgeAnswer | None
    ) -> tuple[str, str, list[Event]]:
        if turn.message.intent == "out_of_scope":
            turn.say("utter_out_of_scope")
            return "clarified", "utter_out_of_scope", []
        if failures_before(turn) >= generation().settings.patience:
            turn.say("utter_handing_over")
            return "handed_over", "utter_handing_over", await hand_over(turn, Why("failures"))
        near = found.items if found and found.trust != "none" else []
        offers = _offers(turn, near)
        return "clarified", "utter_clarify", clarify(turn, offers)

    async def _say_article(self, turn: Turn, article_id: str) -> list[Event]:
        """Say the article whose button was pressed."""
        try:
            article = await turn.backends.knowledge.article(article_id)
        except BackendError as error:
            logger.warning("An article was not found: %s", error)
            article = None
        hit = article.hit(turn.language) if article and article.holds else None
        if hit is None or _gives_orders(hit):
            turn.say("utter_article_gone")
            return []
        return self._answer(turn, hit)[2]


def _offers(turn: Turn, hits: list[KnowledgeHit]) -> list[Button]:
    """Return a button for each article that may be meant; it asks the article's question."""
    return [
        turn.button(hit.question[:_LONGEST_TITLE], "ask_faq", article=hit.id)
        for hit in hits[:_MOST_OFFERS]
        if hit.language == turn.language and hit.score >= _OFFER_FROM
    ]


def _greeting(turn: Turn) -> str:
    """Return the customer's name as it is said once in a conversation, else nothing."""
    name = knowing.name_of(turn)
    spoken = any(
        event.get("event") == "action" and event.get("name") == recording.ACTION
        for event in turn.tracker.events
    )
    return turn.text("utter_addressed", name=name) if name and not spoken else ""


def _gives_orders(hit: KnowledgeHit) -> bool:
    return looks_like_instruction(hit.question) or looks_like_instruction(hit.answer)
