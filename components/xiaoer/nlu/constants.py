"""Names under which components leave things on a message for their neighbours."""

#: Attribute of a message: the encoder's mean vector of its text, (dim,) float32, not normalised.
#: It is not added to the output.
TEXT_VECTOR = "xiaoer_text_vector"

#: Attribute of a message: the language it is written in, `{"code": "zh" | "en", "confidence"}`.
#: It is in the output; absent when the language cannot be told.
LANGUAGE = "language"
