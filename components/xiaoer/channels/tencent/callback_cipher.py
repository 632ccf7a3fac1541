"""The encryption of callbacks and of the replies to them."""

from __future__ import annotations

import base64
import binascii
import hmac
import os
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from xiaoer.channels.tencent.callback_signature import CallbackSignature
from xiaoer.channels.tencent.errors import MalformedMessage, RefusedRequest

#: Bytes that padding fills up; the cipher's own block is half of it.
_BLOCK = 32
_AES_BLOCK = 16
_RANDOM = 16


class CallbackCipher(CallbackSignature):
    """Signs, encrypts and decrypts as the platform does.

    AES-256-CBC; the key is base64 of `encoding_aes_key` and "=", the IV its first 16 bytes. The
    plaintext is 16 random bytes, the content's length (4 bytes, big-endian), the content and the
    receiver's id, padded by PKCS#7 to a multiple of 32 bytes.

    Args:
        token: The token that stands in the platform's settings and in ours.
        encoding_aes_key: 43 characters of base64.
        receive_id: The app id, corp id or suite id that messages are for.

    Raises:
        ValueError: `encoding_aes_key` has another form.

    Source: https://developers.weixin.qq.com/doc/subscription/guide/dev/push/encryption.html
    """

    def __init__(self, token: str, encoding_aes_key: str, receive_id: str) -> None:
        super().__init__(token)
        try:
            self._key = base64.b64decode(encoding_aes_key + "=", validate=True)
        except (ValueError, TypeError):
            self._key = b""
        if len(encoding_aes_key) != 43 or len(self._key) != 32:
            raise ValueError(
                "The encoding_aes_key should be the 43 letters and digits that the platform shows."
            )
        self._receive_id = receive_id.encode()

    def encrypt(self, plain: bytes) -> str:
        """Return the ciphertext in base64."""
        content = os.urandom(_RANDOM) + struct.pack(">I", len(plain)) + plain + self._receive_id
        padding = _BLOCK - len(content) % _BLOCK
        encryptor = self._cipher().encryptor()
        encrypted = encryptor.update(content + bytes([padding]) * padding) + encryptor.finalize()
        return base64.b64encode(encrypted).decode()

    def decrypt(self, encrypted: str) -> bytes:
        """Return the content. Verify the signature before.

        Raises:
            MalformedMessage: This is no ciphertext of ours.
            RefusedRequest: The content is for another receiver.
        """
        try:
            data = base64.b64decode(encrypted, validate=True)
        except (binascii.Error, ValueError):
            raise MalformedMessage("The ciphertext is not base64.") from None
        if not data or len(data) % _AES_BLOCK:
            raise MalformedMessage("The ciphertext is cut off.")
        decryptor = self._cipher().decryptor()
        padded = decryptor.update(data) + decryptor.finalize()
        padding = padded[-1]
        if not 1 <= padding <= _BLOCK or padded[-padding:] != bytes([padding]) * padding:
            raise MalformedMessage("The ciphertext was made with another key.")
        content = padded[_RANDOM:-padding]
        if len(content) < 4:
            raise MalformedMessage("The ciphertext is too short.")
        (length,) = struct.unpack(">I", content[:4])
        plain, receiver = content[4 : 4 + length], content[4 + length :]
        if len(plain) != length or not hmac.compare_digest(receiver, self._receive_id):
            raise RefusedRequest("The message is for another receiver.")
        return plain

    def envelope(self, plain_xml: str, timestamp: str, nonce: str) -> str:
        """Return the reply `plain_xml`, encrypted and signed, as the XML to answer with."""
        encrypted = self.encrypt(plain_xml.encode())
        signature = self.sign(timestamp, nonce, encrypted)
        return (
            f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt>"
            f"<MsgSignature><![CDATA[{signature}]]></MsgSignature>"
            f"<TimeStamp>{timestamp}</TimeStamp>"
            f"<Nonce><![CDATA[{nonce.replace(']]>', '')}]]></Nonce></xml>"
        )

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))
