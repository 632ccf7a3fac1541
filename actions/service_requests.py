"""What all requests to the shop's people have in common."""

#: Characters of a request's text that are kept.
MAX_TEXT = 1000
