"""Language models: encoders that turn text into vectors, without Rasa and without a shop."""

from xiaoer.lm.encoder import Encoded, Encoder, Prepared
from xiaoer.lm.errors import LanguageModelError

__all__ = ["Encoded", "Encoder", "LanguageModelError", "Prepared"]
