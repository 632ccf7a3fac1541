"""A trained classifier over the mean vector of a base model, in a file of its own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from safetensors import SafetensorError  # type: ignore[attr-defined]
from safetensors.numpy import load, save

from xiaoer.lm import Encoder
from xiaoer.lm.base import FloatArray
from xiaoer.nlu.constants import BASE_VECTOR, BaseVector
from xiaoer.nlu.heads import IntentHead, from_arrays, to_arrays

#: Value of the configuration key `head`: the head that the package brings.
SHIPPED = "bundled"
#: How to make a head, for the errors.
HOW_TO_TRAIN = "train one by `python -m xiaoer.nlu.train_head` and name its file as `head`"


class SentenceHeadError(RasaException):
    """A head is missing, unreadable or not of the kind or the encoder that is asked for."""


@dataclass
class SentenceHead:
    """Multinomial logistic regression over a `BaseVector`.

    Attributes:
        encoder: Fingerprint of the base model it was trained on.
        layer: How many of its layers a text goes through.
        regression: The classifier; its labels are in alphabetical order.
    """

    encoder: str
    layer: int
    regression: IntentHead

    def probabilities(self, vector: FloatArray) -> dict[str, float]:
        """Return the probability of each label for a vector (dim,)."""
        found = self.regression.probabilities(vector[None])[0]
        return dict(zip(self.regression.labels, map(float, found), strict=True))

    def reads(self, vector: BaseVector | None) -> bool:
        """Whether it was trained on vectors of that base model and layer."""
        return vector is not None and (vector.encoder, vector.layer) == (self.encoder, self.layer)

    def vectors(
        self, encoder: Encoder, messages: list[Message], max_tokens: int
    ) -> list[FloatArray | None]:
        """Return the vector (dim,) of each message's text that it reads.

        One that a neighbour left on the message is taken; the other texts are encoded together. A
        text without a single subword has None.
        """
        found: list[FloatArray | None] = [None] * len(messages)
        asked, prepared = [], []
        for at, message in enumerate(messages):
            left: BaseVector | None = message.get(BASE_VECTOR)
            if left is not None and self.reads(left):
                found[at] = left.values
                continue
            text = encoder.prepare(message.get(TEXT) or "", "query", max_tokens)
            if len(text.content):
                asked.append(at)
                prepared.append(text)
        if prepared:
            for at, states in zip(asked, encoder.run(prepared, self.layer), strict=True):
                found[at] = states.mean(0)
        return found

    def to_bytes(self) -> bytes:
        """Return the content of a head's file: safetensors, with the rest as its metadata."""
        arrays, rest = to_arrays(self.regression, None)
        about = {"encoder": self.encoder, "layer": self.layer, "head": rest}
        return save(arrays, {"about": json.dumps(about, ensure_ascii=False)})

    @classmethod
    def from_bytes(cls, content: bytes, name: str, labels: tuple[str, ...]) -> SentenceHead:
        """Undo `to_bytes`.

        Args:
            content: Of the file.
            name: Of the file, for the errors.
            labels: Those it has to have, in alphabetical order.

        Raises:
            SentenceHeadError: If the content is no head, or one with other labels.
        """
        try:
            arrays = load(content)
            size = int.from_bytes(content[:8], "little")
            about = json.loads(json.loads(content[8 : 8 + size])["__metadata__"]["about"])
            regression, _ = from_arrays(arrays, about["head"])
            head = cls(about["encoder"], about["layer"], regression)  # type: ignore[arg-type]
        except (SafetensorError, ValueError, KeyError, TypeError) as error:
            raise SentenceHeadError(f"{name} is no head: {HOW_TO_TRAIN}.") from error
        if regression is None or tuple(regression.labels) != labels:
            raise SentenceHeadError(
                f"The head {name} does not tell {', '.join(labels)} apart: {HOW_TO_TRAIN}."
            )
        return head


def read_head(head: str, kind: str) -> bytes:
    """Return the content of the file that the configuration key `head` names.

    Args:
        head: `bundled` or the path of a file.
        kind: `sentiment` or `language`, which the package brings a head for.

    Raises:
        SentenceHeadError: If there is no such file.
    """
    if head == SHIPPED:
        return resources.read_binary("xiaoer.nlu.assets", f"{kind}.safetensors")
    try:
        return Path(head).read_bytes()
    except OSError as error:
        raise SentenceHeadError(
            f"The head {head} cannot be read ({error.strerror}): {HOW_TO_TRAIN}, or write "
            f"`head: {SHIPPED}`."
        ) from error
