"""Rasa components that understand messages; named in config.yml as ``xiaoer.nlu.<Class>``.

Each class is imported when it is named, so that a project pays for what it uses.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from xiaoer.nlu.validator_warnings import drop_false_warnings

if TYPE_CHECKING:
    from xiaoer.nlu.bert_intent_entity_classifier import BertIntentEntityClassifier
    from xiaoer.nlu.bert_tokenizer import BertTokenizer
    from xiaoer.nlu.catalog_entity_extractor import CatalogEntityExtractor
    from xiaoer.nlu.exact_intent_classifier import ExactIntentClassifier
    from xiaoer.nlu.language_identifier import LanguageIdentifier
    from xiaoer.nlu.sentiment_analyzer import SentimentAnalyzer

__all__ = [
    "BertIntentEntityClassifier",
    "BertTokenizer",
    "CatalogEntityExtractor",
    "ExactIntentClassifier",
    "LanguageIdentifier",
    "SentimentAnalyzer",
]

_MODULES = {
    "BertIntentEntityClassifier": "bert_intent_entity_classifier",
    "BertTokenizer": "bert_tokenizer",
    "CatalogEntityExtractor": "catalog_entity_extractor",
    "ExactIntentClassifier": "exact_intent_classifier",
    "LanguageIdentifier": "language_identifier",
    "SentimentAnalyzer": "sentiment_analyzer",
}


def __getattr__(name: str) -> Any:
    """Import the class ``name`` from its module."""
    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "BertIntentEntityClassifier":
        drop_false_warnings()
    return getattr(import_module(f"{__name__}.{module}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
