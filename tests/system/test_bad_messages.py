"""Whatever a customer types, a reply comes, and no inside of the machine shows."""

import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

MESSAGES = {
    "empty": "",
    "white space": "   \n\t ",
    "one character": "a",
    "one Chinese character": "啊",
    "10,000 characters": "我想买手机" * 2000,
    "10,000 characters without a space": "x" * 10_000,
    "emoji only": "😀😀👍🏽🎉",
    "control characters": "\x00\x01\x07\x1b[31mred\x1b[0m",
    "Russian": "Где мой заказ?",
    "Arabic": "أين طلبي",
    "HTML": "<script>alert(1)</script><b>hi</b>",
    "SQL": "'; DROP TABLE orders; --",
    "template": "{order_number} {{7*7}} ${jndi:ldap://x}",
    "unknown intent": "/no_such_intent",
    "broken payload": '/inform{"order_number": ',
    "almost an order number": "XD2026100500",
    "another almost": "XD20261005001234",
    "right-to-left marks": "\u202e\u200f\u200b你好",
    "near an intent that only programs set off": "handof",
    "lone surrogate pair halves": "\U0001f600\ufe0f\u20e3",
}
INSIDES = ("Traceback", "Exception", "sqlalchemy", "NoneType", "{order_number}", "http://127")


@pytest.mark.slow
@pytest.mark.parametrize("name", MESSAGES)
def test_a_reply_comes(assistant, name: str) -> None:
    heard = assistant.hear(f"bad-{name}", MESSAGES[name])

    assert heard.strip(), f"silence after {name}"
    assert not [inside for inside in INSIDES if inside in heard]


@pytest.mark.slow
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(st.text(max_size=200))
def test_any_text_gets_a_reply(assistant, text: str) -> None:
    # Each from somebody else: after two that are not understood a person is called, and the
    # assistant is silent.
    heard = assistant.hear(f"fuzz-{uuid.uuid4().hex}", text.encode("utf-8", "ignore").decode())

    assert heard.strip()
    assert not [inside for inside in INSIDES if inside in heard]
