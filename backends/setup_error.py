"""The error of commands, apart from the others since it needs neither Sanic nor SQLAlchemy."""


class SetupError(Exception):
    """The services cannot start or a command cannot run; the text is one sentence for people."""
