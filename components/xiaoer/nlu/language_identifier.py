"""Which language a customer writes in: Chinese, English, or not to be told."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, NamedTuple

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from xiaoer.nlu.constants import LANGUAGE

MAX_CHARACTERS = 1000
# A function word tells the writer's language; a noun may be borrowed ("有 wireless earbuds 吗").
FUNCTION_WEIGHT = 2.0
CONTENT_WEIGHT = 0.5

_CJK = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
_CHINESE_FUNCTION = frozenset(
    "的了吗呢吧啊呀么嘛我你您他她它们这那哪什怎是不没有要想能会请给把被在和跟还就都很"
)
# Kana and Hangul: Chinese characters among them are not Chinese.
_OTHER = re.compile(r"[぀-ヿㇰ-ㇿㄱ-ㆎ가-힣]")
_WORD = re.compile(r"[A-Za-z]+(?:'[A-Za-z]+)?")
_CODE = re.compile(r"\S*\d\S*")
_EDGES = " \t\r\n.,;:!?~。、"
_SIZE_OR_NAME = re.compile(r"[A-Z]{1,3}")
# What both write: "ok的", "XL", "USB".
_BOTH = frozenset(
    ["ok", "emm", "emmm", "hmm", "lol", "vip", "app", "xs", "xl", "xxl", "xxxl", "usb"]
)
_ENGLISH_FUNCTION = frozenset(
    [
        "a",
        "about",
        "again",
        "all",
        "also",
        "am",
        "an",
        "and",
        "another",
        "any",
        "anything",
        "are",
        "as",
        "at",
        "be",
        "been",
        "but",
        "by",
        "bye",
        "can",
        "can't",
        "cant",
        "could",
        "did",
        "didn't",
        "do",
        "does",
        "doesn't",
        "don't",
        "dont",
        "else",
        "for",
        "from",
        "get",
        "give",
        "go",
        "got",
        "had",
        "has",
        "have",
        "hello",
        "help",
        "hey",
        "hi",
        "how",
        "how's",
        "i",
        "i'd",
        "i'll",
        "i'm",
        "i've",
        "if",
        "im",
        "in",
        "into",
        "is",
        "isn't",
        "it",
        "it's",
        "its",
        "just",
        "let's",
        "like",
        "looking",
        "me",
        "more",
        "much",
        "my",
        "need",
        "no",
        "not",
        "of",
        "off",
        "on",
        "one",
        "or",
        "order",
        "other",
        "our",
        "out",
        "please",
        "pls",
        "really",
        "show",
        "so",
        "some",
        "something",
        "tell",
        "than",
        "thank",
        "thanks",
        "that",
        "that's",
        "the",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "too",
        "u",
        "under",
        "up",
        "ur",
        "us",
        "want",
        "was",
        "we",
        "were",
        "what",
        "what's",
        "whats",
        "when",
        "where",
        "where's",
        "which",
        "who",
        "why",
        "will",
        "with",
        "won't",
        "would",
        "yes",
        "you",
        "you're",
        "your",
    ]
)


class Language(NamedTuple):
    """A language's code (`zh` or `en`) and the share of the evidence that speaks for it (0..1)."""

    code: str
    confidence: float


def identify(text: str) -> Language | None:
    """Return the language of `text`, or `None` for digits, codes, emoji and other scripts.

    Chinese characters and English words are weighed, function words four times as much as the
    others, so that a borrowed noun does not turn the sentence. Words with digits in them (codes,
    model names) count for nothing, nor does a lone XL or OK.
    """
    text = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS]).replace("’", "'")
    if _SIZE_OR_NAME.fullmatch(text.strip(_EDGES)):
        return None
    characters = _CJK.findall(text)
    words = [
        word.lower()
        for word in _WORD.findall(_CODE.sub(" ", text))
        if (len(word) > 1 or word in "aIiu") and word.lower() not in _BOTH
    ]
    if len(_OTHER.findall(text)) * 2 > len(characters) + len(words):
        return None
    chinese = sum(_weight(character in _CHINESE_FUNCTION) for character in characters)
    english = sum(_weight(word in _ENGLISH_FUNCTION) for word in words)
    if not chinese and not english:
        return None
    if chinese >= english:
        return Language("zh", chinese / (chinese + english))
    return Language("en", english / (chinese + english))


def _weight(is_function_word: bool) -> float:
    return FUNCTION_WEIGHT if is_function_word else CONTENT_WEIGHT


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class LanguageIdentifier(GraphComponent, EntityExtractorMixin):
    """Puts the language of each message into the parse result.

    The result stands under `language` (`{"code", "confidence"}`), where
    `xiaoer.policies.LanguagePolicy` takes it to fill the slot `language`. With `as_entity` it is
    given out as an entity over the whole message too, for projects that fill the slot by
    `from_entity`; `rasa test` then expects that entity in each test message.

    Config:
        as_entity: Whether to give out the entity `language` (default true).
        min_confidence: Below it nothing is given out, and the slot keeps its value.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the config's defaults."""
        return {"as_entity": True, "min_confidence": 0.55}

    def __init__(self, config: dict[str, Any]) -> None:
        self._config = config

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageIdentifier:
        """Create the identifier."""
        return cls(config)

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the language of each message."""
        for message in messages:
            self._add(message, message.get(TEXT))
        return messages

    def _add(self, message: Message, text: str | None) -> None:
        language = identify(text) if text else None
        if text is None or language is None or language.confidence < self._config["min_confidence"]:
            return
        result = {"code": language.code, "confidence": language.confidence}
        message.set(LANGUAGE, result, add_to_output=True)
        if self._config["as_entity"]:
            entity = {
                "entity": LANGUAGE,
                "start": 0,
                "end": len(text),
                "value": language.code,
                "confidence_entity": language.confidence,
            }
            entities = message.get(ENTITIES, []) + self.add_extractor_name([entity])
            message.set(ENTITIES, entities, add_to_output=True)
