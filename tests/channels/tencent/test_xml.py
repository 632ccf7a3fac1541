"""XML is read as other readers do, and what is no message is refused."""

import contextlib
import tracemalloc

import pytest
import xmltodict
from hypothesis import given
from hypothesis import strategies as st

from xiaoer.channels.tencent import MalformedMessage, parse_xml

BOMB = (
    '<!DOCTYPE xml [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + "]><xml><Content>&a9;</Content></xml>"
)


@given(
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFFFD, blacklist_categories=["Cs"]))
)
def test_text_is_read_as_xmltodict_reads_it(text: str) -> None:
    escaped = text.replace("]]>", "]] >")
    body = f"<xml><Content><![CDATA[{escaped}]]></Content><Id>1</Id></xml>".encode()
    assert parse_xml(body) == {"Content": escaped, "Id": "1"}
    if escaped.strip():
        assert xmltodict.parse(body)["xml"]["Content"].strip() == escaped.strip()


def test_nested_and_repeated_elements() -> None:
    body = "<xml><A><B>1</B><B>2</B><B>3</B></A><C>文字</C><D/></xml>"
    assert parse_xml(body.encode()) == {"A": {"B": ["1", "2", "3"]}, "C": "文字", "D": ""}
    assert parse_xml(b"\xef\xbb\xbf" + body.encode())["C"] == "文字"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<xml>",
        b"<xml></xml>",
        b"<xml><A>1</A>",
        b"<xml><A>1</B></xml>",
        b"<html><A>1</A></html>",
        b"<xml><A>&unknown;</A></xml>",
        b"<xml><A>\x00</A></xml>",
        b"<xml><A>1</A></xml>more",
        "<xml><A>中文</A></xml>".encode("gbk"),
        "<xml><A>中文</A></xml>".encode("utf-16"),
        b'<?xml version="1.0" encoding="gbk"?><xml><A>1</A></xml>',
        b'<?xml version="1.0" encoding="utf-7"?><xml><A>1</A></xml>',
        BOMB.encode(),
        b'<!DOCTYPE xml SYSTEM "http://127.0.0.1/x.dtd"><xml><A>1</A></xml>',
        b'<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><A>&a;</A></xml>',
        b"<xml>" + b"<a>" * 100_000,
        b"<xml>" + b"<a/>" * 100_000 + b"</xml>",
        b"\xff" * 1000,
    ],
)
def test_what_is_no_message_is_refused_in_little_memory(body: bytes) -> None:
    tracemalloc.start()
    with pytest.raises(MalformedMessage):
        parse_xml(body)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3_000_000


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(body: bytes) -> None:
    for content in (body, b"<xml><A>" + body + b"</A></xml>"):
        with contextlib.suppress(MalformedMessage):
            assert isinstance(parse_xml(content), dict)
