"""What all errors of the connectors' own have in common."""


class ChannelError(Exception):
    """An error whose text may be shown to developers and staff.

    It says what is wrong in one sentence, names no customer and holds no secret.
    """
