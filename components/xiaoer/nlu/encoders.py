"""Encoders for Rasa components: one error kind, and the keys of their configuration."""

from typing import Any

from rasa.shared.exceptions import InvalidConfigException, RasaException

from xiaoer.lm import Encoder, LanguageModelError
from xiaoer.lm.layers import INT8, PRECISIONS

MODEL = "model"
THREADS = "threads"
PRECISION = "precision"


class BaseModelError(RasaException):
    """The base model of a component is missing, unreadable or not the one it was trained on."""


def load_encoder(config: dict[str, Any]) -> Encoder:
    """Load the encoder that a component's configuration names.

    Raises:
        BaseModelError: it cannot be found, fetched or read.
        InvalidConfigException: ``model`` is no name, ``threads`` no positive number, or
            ``precision`` (``int8`` where the component has no such key) not known.
    """
    name, threads = config[MODEL], config[THREADS]
    if not isinstance(name, str) or not name.strip():
        raise InvalidConfigException(
            "`model` in config.yml must be `bundled`, the path of a folder or a Hugging Face id."
        )
    if not isinstance(threads, int) or isinstance(threads, bool) or threads < 1:
        raise InvalidConfigException("`threads` in config.yml must be a whole number from 1 on.")
    precision = config.get(PRECISION, INT8)
    if precision not in PRECISIONS:
        raise InvalidConfigException(
            f"`precision` in config.yml must be {' or '.join(PRECISIONS)}, not {precision!r}."
        )
    try:
        return Encoder.load(name, threads, precision)
    except LanguageModelError as error:
        raise BaseModelError(str(error)) from error
