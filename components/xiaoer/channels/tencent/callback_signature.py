"""The signature of a callback."""

from __future__ import annotations

import hashlib
import hmac

from xiaoer.channels.tencent.errors import RefusedRequest


class CallbackSignature:
    """Signs and checks callbacks: SHA-1 over the sorted, joined token and parts, in hex.

    Args:
        token: The token that stands in the platform's settings and in ours.

    Source: https://developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption.html
    """

    def __init__(self, token: str) -> None:
        self._token = token

    def sign(self, *parts: str) -> str:
        """Return the signature of the parts (timestamp, nonce and, encrypted, the ciphertext)."""
        joined = "".join(sorted((self._token, *parts)))
        # The protocol's choice; SHA-1 of a secret's concatenation, compared in constant time.
        return hashlib.sha1(joined.encode("utf-8", "surrogatepass")).hexdigest()  # noqa: S324

    def verify(self, signature: str, *parts: str) -> None:
        """Compare in constant time.

        Raises:
            RefusedRequest: It is not the signature of these parts.
        """
        given = signature.encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(self.sign(*parts).encode(), given):
            raise RefusedRequest("The signature does not fit.")
