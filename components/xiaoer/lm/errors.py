"""The one kind of error that loading or running a language model raises."""


class LanguageModelError(RuntimeError):
    """A model cannot be found, read or run; the message is one sentence saying what to do."""
