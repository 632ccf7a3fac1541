"""The keys of ``BertIntentEntityClassifier`` in config.yml."""

from __future__ import annotations

from typing import Any

from rasa.shared.exceptions import InvalidConfigException

from xiaoer.nlu.encoders import MODEL, PRECISION, THREADS

MAX_TOKENS = "max_tokens"
INTENT_CLASSIFICATION = "intent_classification"
ENTITY_RECOGNITION = "entity_recognition"
CHARACTER_NGRAMS = "character_ngrams"
INTENT_NAMES = "intent_names"
TRAINABLE_LAYERS = "trainable_layers"
EPOCHS = "epochs"
LEARNING_RATE = "learning_rate"
MAX_TRAINING_TIME = "max_training_time"
ENTITY_EPOCHS = "entity_epochs"
REGULARIZATION = "regularization"
RANKING_LENGTH = "ranking_length"
RANDOM_SEED = "random_seed"
#: Value of `trainable_layers` that leaves their number to the amount of data.
AUTO = "auto"
#: Written by Rasa itself for `--finetune --epoch-fraction`.
EPOCH_FRACTION = "finetuning_epoch_fraction"

_SWITCHES = (INTENT_CLASSIFICATION, ENTITY_RECOGNITION, CHARACTER_NGRAMS)
_NUMBERS: dict[str, tuple[type, float]] = {
    MAX_TOKENS: (int, 8),
    INTENT_NAMES: (int, 0),
    TRAINABLE_LAYERS: (int, 0),
    EPOCHS: (int, 0),
    LEARNING_RATE: (float, 0),
    MAX_TRAINING_TIME: (float, 0),
    ENTITY_EPOCHS: (int, 1),
    REGULARIZATION: (float, 0),
    RANKING_LENGTH: (int, 0),
    RANDOM_SEED: (int, 0),
}


def defaults() -> dict[str, Any]:
    """Return the keys with their defaults."""
    return {
        # `bundled`, a folder or a Hugging Face id.
        MODEL: "bundled",
        # Processor threads for one message.
        THREADS: 1,
        # `int8`, or `fp32` for a model that quantisation hurts: slower and four times as large.
        PRECISION: "int8",
        # A longer message is cut.
        MAX_TOKENS: 256,
        INTENT_CLASSIFICATION: True,
        ENTITY_RECOGNITION: True,
        # Intents are told apart by runs of characters too.
        CHARACTER_NGRAMS: True,
        # The name of an intent with fewer examples than this is one more; 0 for never.
        INTENT_NAMES: 20,
        # Upper layers that may learn with the heads (all, if the model has fewer); 0 trains the
        # heads alone, `auto` chooses by the amount of data.
        TRAINABLE_LAYERS: AUTO,
        # Passes over the examples when layers learn; 0 chooses by their number (10 to 1).
        EPOCHS: 0,
        LEARNING_RATE: 2e-4,
        # Seconds for these passes; 0 for as long as they take.
        MAX_TRAINING_TIME: 0,
        # Passes over the subwords when the entity head is fitted on frozen states.
        ENTITY_EPOCHS: 8,
        # Of the intent head: more is smoother.
        REGULARIZATION: 0.01,
        # Intents in the ranking; 0 for all.
        RANKING_LENGTH: 10,
        RANDOM_SEED: 42,
    }


def check(config: dict[str, Any]) -> None:
    """Check the values of all keys.

    Raises:
        InvalidConfigException: one is wrong; the message says which.
    """
    for key, (kind, least) in _NUMBERS.items():
        value = config[key]
        if key == TRAINABLE_LAYERS and value == AUTO:
            continue
        allowed = (int, float) if kind is float else int
        if isinstance(value, bool) or not isinstance(value, allowed) or value < least:
            what = "a whole number" if kind is int else "a number"
            if key == TRAINABLE_LAYERS:
                what = f"`{AUTO}` or {what}"
            raise InvalidConfigException(
                f"`{key}` of BertIntentEntityClassifier must be {what} from {least:g} on, "
                f"not {value!r}."
            )
    for key in _SWITCHES:
        if not isinstance(config[key], bool):
            raise InvalidConfigException(
                f"`{key}` of BertIntentEntityClassifier must be true or false, not {config[key]!r}."
            )
