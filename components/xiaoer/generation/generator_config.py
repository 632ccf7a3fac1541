"""The keys of ``Gpt2FallbackGenerator`` in config.yml."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from rasa.shared.exceptions import InvalidConfigException

from xiaoer.lm.decoding import Decoding
from xiaoer.lm.generator import GeneratorError

COMPONENT = "Gpt2FallbackGenerator"

MODEL = "model"
DIALOGUES = "dialogues"
KNOWLEDGE = "knowledge"
MAX_TRAINING_TIME = "max_training_time"
EPOCHS = "epochs"
VOCABULARY_SIZE = "vocabulary_size"
LAYERS = "layers"
WIDTH = "width"
HEADS = "heads"
CONTEXT = "context"
LEARNING_RATE = "learning_rate"
LORA = "lora"
LORA_R = "lora_r"
LORA_ALPHA = "lora_alpha"
RANDOM_SEED = "random_seed"

#: What ``model`` says to train from nothing.
SCRATCH = "scratch"

_DECODING = {field.name: field.default for field in fields(Decoding) if field.name != "seed"}
#: Least and most of each number.
_WHOLE = {
    EPOCHS: (1, 100_000),
    VOCABULARY_SIZE: (300, 200_000),
    LAYERS: (1, 48),
    WIDTH: (16, 4096),
    HEADS: (1, 64),
    CONTEXT: (64, 2048),
    LORA_R: (1, 1024),
    LORA_ALPHA: (1, 4096),
    RANDOM_SEED: (0, 2**63 - 1),
}
_REAL = {MAX_TRAINING_TIME: (1.0, 7 * 86_400.0), LEARNING_RATE: (0.0, 1.0)}


def defaults() -> dict[str, Any]:
    """Return the keys with their defaults."""
    return {
        # `scratch`, the folder of a causal language model or its Hugging Face id.
        MODEL: SCRATCH,
        # Files and folders with YAML lists `dialogues`, and `articles`.
        DIALOGUES: ["data/dialogues"],
        KNOWLEDGE: ["data/knowledge"],
        # Seconds; training ends when they, or the epochs, are over.
        MAX_TRAINING_TIME: 75,
        EPOCHS: 20,
        # The shape of a model that is trained from scratch.
        VOCABULARY_SIZE: 3000,
        LAYERS: 3,
        WIDTH: 256,
        HEADS: 4,
        # Most tokens, prompt and reply together.
        CONTEXT: 512,
        # The highest; 0 chooses by the kind of training.
        LEARNING_RATE: 0,
        # Train low-rank updates of a pretrained model instead of all its weights.
        LORA: False,
        LORA_R: 8,
        LORA_ALPHA: 16,
        RANDOM_SEED: 42,
        **_DECODING,
    }


def check(config: dict[str, Any]) -> None:
    """Check the values of all keys.

    Raises:
        InvalidConfigException: one is wrong; the message says which.
    """
    for key, (least, most) in _WHOLE.items():
        value = config[key]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise _wrong(key, f"a whole number from {least} to {most}", value)
    for key, (low, high) in _REAL.items():
        value = config[key]
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not low <= value <= high:
            raise _wrong(key, f"a number from {low:g} to {high:g}", value)
    if not isinstance(config[MODEL], str) or not config[MODEL].strip():
        raise _wrong(
            MODEL, f"`{SCRATCH}`, the path of a folder or a Hugging Face id", config[MODEL]
        )
    if not isinstance(config[LORA], bool):
        raise _wrong(LORA, "true or false", config[LORA])
    if config[LORA] and config[MODEL] == SCRATCH:
        raise InvalidConfigException(
            f"`{LORA}` of {COMPONENT} needs a pretrained model: name one as `{MODEL}`."
        )
    if config[WIDTH] % config[HEADS]:
        raise InvalidConfigException(f"`{WIDTH}` of {COMPONENT} must be divisible by `{HEADS}`.")
    for key in (DIALOGUES, KNOWLEDGE):
        value = [config[key]] if isinstance(config[key], str) else config[key]
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise _wrong(key, "a list of files and folders", config[key])
    decoding(config)


def decoding(config: dict[str, Any]) -> Decoding:
    """Return the options of decoding.

    Raises:
        InvalidConfigException: one is out of its range.
    """
    try:
        return Decoding.read({**config, "seed": config[RANDOM_SEED]})
    except GeneratorError as error:
        raise InvalidConfigException(f"In {COMPONENT}, {error}") from error


def _wrong(key: str, what: str, value: Any) -> InvalidConfigException:
    return InvalidConfigException(f"`{key}` of {COMPONENT} must be {what}, not {value!r}.")
