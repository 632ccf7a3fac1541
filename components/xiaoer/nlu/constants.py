"""Names under which components leave things on a message for their neighbours."""

from __future__ import annotations

from typing import NamedTuple

from xiaoer.lm.base import FloatArray

#: Attribute of a message: the encoder's mean vector of its text, (dim,) float32, not normalised.
#: It is not added to the output.
TEXT_VECTOR = "xiaoer_text_vector"

#: Attribute of a message: a `BaseVector` of its text. It is not added to the output.
BASE_VECTOR = "xiaoer_base_vector"

#: Attribute of a message: the language it is written in, `{"code", "confidence"}`, the code being
#: zh, en, mixed or unknown; a mixed one has `dominant` too, zh or en. It is in the output.
LANGUAGE = "language"

#: Attribute of a message: what its writer feels, `{"label", "confidence"}`, the label being
#: negative, neutral or positive. It is in the output.
SENTIMENT = "sentiment"


class BaseVector(NamedTuple):
    """The mean of a base model's states after one of its layers, whatever was trained above.

    Attributes:
        encoder: Fingerprint of the base model (`xiaoer.lm.Encoder.fingerprint`).
        layer: How many layers the text went through.
        values: (dim,) float32, the mean over all states, special subwords and prefix included;
            not normalised.
    """

    encoder: str
    layer: int
    values: FloatArray
