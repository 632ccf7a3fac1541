"""Training a language model on approved copy. Needs torch: never a part of the server."""
