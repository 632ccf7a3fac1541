"""What we encrypt wechatpy decrypts, and the other way round; damage is noticed."""

import base64
import os
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException

from xiaoer.channels.tencent import CallbackCipher, MalformedMessage, RefusedRequest, parse_xml

KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP = "wx5823bf96d3bd56c7"
CIPHER = CallbackCipher("token", KEY, APP)
ORACLE = WeChatCrypto("token", KEY, APP)

WRITING = st.text(st.characters(blacklist_categories=("Cs",)), max_size=300)
WORDS = st.text(string.ascii_letters + string.digits, min_size=1, max_size=20)


@given(WRITING, WORDS)
def test_wechatpy_decrypts_our_envelope(text: str, nonce: str) -> None:
    envelope = CIPHER.envelope(text, "1700000000", nonce)
    fields = parse_xml(envelope.encode())
    assert fields["TimeStamp"], fields["Nonce"] == ("1700000000", nonce)
    plain = ORACLE.decrypt_message(envelope, fields["MsgSignature"], "1700000000", nonce)
    assert plain == text


@given(WRITING, WORDS)
def test_we_decrypt_what_wechatpy_encrypts(text: str, nonce: str) -> None:
    fields = parse_xml(ORACLE.encrypt_message(text, nonce, "1700000000").encode())
    CIPHER.verify(fields["MsgSignature"], "1700000000", nonce, fields["Encrypt"])
    assert CIPHER.decrypt(fields["Encrypt"]).decode() == text


@given(st.binary(max_size=200))
def test_every_length_is_padded_and_read(content: bytes) -> None:
    encrypted = CIPHER.encrypt(content)
    assert len(base64.b64decode(encrypted)) % 32 == 0
    assert CIPHER.decrypt(encrypted) == content
    assert CIPHER.encrypt(content) != encrypted


@given(st.text(max_size=80))
def test_any_other_signature_is_refused(signature: str) -> None:
    with pytest.raises(RefusedRequest):
        CIPHER.verify(signature, "1700000000", "nonce")


@given(st.binary(max_size=100) | st.integers(0, 95).map(lambda size: os.urandom(size)))
def test_garbage_is_no_ciphertext(garbage: bytes) -> None:
    for encrypted in (base64.b64encode(garbage).decode(), garbage.decode("latin-1")):
        with pytest.raises((MalformedMessage, RefusedRequest)):
            CIPHER.decrypt(encrypted)


@given(st.integers(0, 63), st.integers(1, 255))
def test_a_changed_byte_is_noticed_by_the_signature(place: int, change: int) -> None:
    encrypted = CIPHER.encrypt(b"<xml/>")
    signature = CIPHER.sign("1", "n", encrypted)
    data = bytearray(base64.b64decode(encrypted))
    data[place % len(data)] ^= change
    with pytest.raises(RefusedRequest):
        CIPHER.verify(signature, "1", "n", base64.b64encode(data).decode())
    with pytest.raises(InvalidSignatureException):
        ORACLE.decrypt_message({"Encrypt": base64.b64encode(data).decode()}, signature, "1", "n")


def test_a_message_for_another_receiver_is_refused() -> None:
    other = CallbackCipher("token", KEY, "wx-other")
    with pytest.raises(RefusedRequest):
        CIPHER.decrypt(other.encrypt(b"x"))


@pytest.mark.parametrize("key", ["", KEY[:-1], KEY + "=", KEY[:-1] + "!", "é" * 43])
def test_a_key_of_another_form_is_refused_and_not_quoted(key: str) -> None:
    with pytest.raises(ValueError, match="43 letters and digits") as caught:
        CallbackCipher("token", key, APP)
    assert not key or key not in str(caught.value)
