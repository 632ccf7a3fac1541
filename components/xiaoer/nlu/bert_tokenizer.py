"""The subwords of the encoder as Rasa tokens."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message

from xiaoer.lm import Encoder
from xiaoer.nlu.encoders import MODEL, THREADS, load_encoder


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class BertTokenizer(Tokenizer):
    """Splits texts as the encoder does; each token's text stands at its offsets in the message.

    Example:
        >>> # config.yml
        >>> # pipeline:
        >>> # - name: xiaoer.nlu.BertTokenizer
        >>> #   model: bundled
    """

    def __init__(self, config: dict[str, Any], encoder: Encoder) -> None:
        super().__init__(config)
        self._encoder = encoder

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the keys of config.yml with their defaults."""
        return {
            MODEL: "bundled",
            THREADS: 1,
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
            "prefix_separator_symbol": None,
        }

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> BertTokenizer:
        """Load the encoder.

        Raises:
            BaseModelError: the model cannot be found, fetched or read.
        """
        return cls(config, load_encoder(config))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Return the fingerprint of the encoder: another base model makes other tokens."""
        return load_encoder({**cls.get_default_config(), **config}).fingerprint()

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """Split one text attribute of a message."""
        text = message.get(attribute)
        tokens = [Token(text[start:end], start, end) for start, end in self._encoder.subwords(text)]
        return self._apply_token_pattern(tokens)
