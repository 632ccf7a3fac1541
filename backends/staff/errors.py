"""Why an account cannot be made or changed."""

from __future__ import annotations


class StaffError(Exception):
    """A refusal.

    Args:
        code: a stable word; the console's texts and the command line have a sentence for each.
        **details: what the sentence names.
    """

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details
