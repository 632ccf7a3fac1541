"""The one error that a command shows: a sentence that says what to do."""


class CommandError(Exception):
    """Bad input or a state that a command cannot go on from; shown without a traceback."""
