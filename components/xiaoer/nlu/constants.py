"""Names under which components leave things on a message for their neighbours."""

#: Attribute of a message: the encoder's mean vector of its text, (dim,) float32, not normalised.
#: It is not added to the output.
TEXT_VECTOR = "xiaoer_text_vector"
