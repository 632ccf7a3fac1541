"""The error that commands of learning show."""


class LearningError(Exception):
    """Bad input; the message is one clear sentence that says what to do."""
