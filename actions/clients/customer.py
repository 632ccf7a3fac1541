"""On whose behalf a call is made."""

import hashlib
import re
from dataclasses import dataclass
from urllib.parse import quote

_MAX_SENDER = 200
_VISIBLE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) != "%")


@dataclass(frozen=True)
class Customer:
    """A channel's name and the sender's id there."""

    channel: str
    sender: str

    def headers(self) -> dict[str, str]:
        """Return the headers that name the customer.

        The sender is percent-encoded UTF-8 (headers carry ASCII); an id of more than 200
        characters, or one with control characters, goes as its SHA-256.
        """
        sender = self.sender
        if len(sender) > _MAX_SENDER or not sender.isprintable() or not sender.strip():
            sender = "sha256-" + hashlib.sha256(sender.encode("utf-8", "replace")).hexdigest()
        return {
            "X-Xiaoer-Channel": _channel(self.channel),
            "X-Xiaoer-Sender": quote(sender, safe=_VISIBLE),
        }


def _channel(name: str) -> str:
    cleaned = re.sub(r"[^a-z0-9_]+", "_", name.lower())[:32]
    return cleaned if cleaned[:1].isalpha() else f"c_{cleaned}"[:32]
