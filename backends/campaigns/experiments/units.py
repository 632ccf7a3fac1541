"""What an experiment knows a customer by."""

from __future__ import annotations

import hashlib


def unit_of_sender(channel: str, sender: str) -> str:
    """The unit of somebody who is known only as a sender: a hash, so that no log shows the id.

    Args:
        channel: the channel's name in lower case.
        sender: the sender id there.

    Returns:
        "s:" and 64 hexadecimal digits.
    """
    return "s:" + hashlib.sha256(f"{channel}\n{sender}".encode()).hexdigest()
