"""Encoders for Rasa components: one error kind, and the keys of their configuration."""

from typing import Any

from rasa.shared.exceptions import InvalidConfigException, RasaException

from xiaoer.lm import Encoder, LanguageModelError

MODEL = "model"
THREADS = "threads"


class BaseModelError(RasaException):
    """The base model of a component is missing, unreadable or not the one it was trained on."""


def load_encoder(config: dict[str, Any]) -> Encoder:
    """Load the encoder that a component's configuration names.

    Raises:
        BaseModelError: it cannot be found, fetched or read.
        InvalidConfigException: ``model`` is no name, or ``threads`` no positive number.
    """
    name, threads = config[MODEL], config[THREADS]
    if not isinstance(name, str) or not name.strip():
        raise InvalidConfigException(
            "`model` in config.yml must be `bundled`, the path of a folder or a Hugging Face id."
        )
    if not isinstance(threads, int) or isinstance(threads, bool) or threads < 1:
        raise InvalidConfigException("`threads` in config.yml must be a whole number from 1 on.")
    try:
        return Encoder.load(name, threads)
    except LanguageModelError as error:
        raise BaseModelError(str(error)) from error
