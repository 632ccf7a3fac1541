"""Slack's text format, both ways, and where long texts are cut."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from xiaoer.channels.slack.incoming import harmless, intent
from xiaoer.channels.slack.protocol.mrkdwn import escape, plain, unescape
from xiaoer.channels.slack.protocol.splitting import shorten, split


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<@UBOT> hello", "hello"),
        ("你好<@UBOT>在吗", "你好 在吗"),
        ("hello <@UBOT>", "hello"),
        ("<@UBOT|xiaoer> hi", "hi"),
        ("ask <@U7> or <@U8|lin>", "ask @U7 or @lin"),
        ("in <#C1|general>, <!here>, <!subteam^S1|@staff>", "in #general, @here, @staff"),
        ("<https://shop.example/a?b=1&amp;c=2>", "https://shop.example/a?b=1&c=2"),
        ("<https://shop.example|shop.example>", "shop.example"),
        ("<mailto:a@b.example|a@b.example>", "a@b.example"),
        ("<tel:+8613800000000|138>", "138"),
        ("size &lt; 42 &amp; price &gt; 5", "size < 42 & price > 5"),
        ("&amp;lt; stays", "&lt; stays"),
        ("one\ntwo", "one\ntwo"),
        ("<>", "<>"),
    ],
)
def test_what_was_written_becomes_plain(written: str, read: str) -> None:
    assert plain(written, without=["UBOT"]) == read


@given(st.text())
def test_escaping_is_undone(text: str) -> None:
    assert unescape(escape(text)) == text
    assert "<" not in escape(text)


@given(st.text(alphabet="/ ／ab你\n"))
def test_no_text_of_a_customer_names_an_intent(text: str) -> None:
    assert not harmless(text).strip().startswith("/")


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("/restart", "restart"),
        ('  //order_status{"a": 1}', 'order_status{"a": 1}'),
        ("/ / x", "x"),
        ("/", "／"),
        ("a/b", "a/b"),
    ],
)
def test_slashes_at_the_beginning_go(text: str, heard: str) -> None:
    assert harmless(text) == heard


@example("a&&\u0301", 11)
@example("&\u200d" * 9, 8)
@given(st.text(alphabet="ab &<>。\n你😀e\u0301\u200d👩🏽", max_size=400), st.integers(8, 60))
def test_parts_are_short_and_together_the_text(text: str, limit: int) -> None:
    escaped = escape(text)
    parts = split(escaped, limit)
    assert all(0 < len(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(escaped.split())
    # Each part is well escaped by itself.
    assert all(escape(unescape(part)) == part for part in parts)


def test_cuts_are_where_a_reader_would_cut() -> None:
    assert split("第一句话在这里。第二句也在这里。", 12) == ["第一句话在这里。", "第二句也在这里。"]
    assert split("one two three", 9) == ["one two", "three"]
    assert split("  ", 5) == []
    family = "👩\u200d👩\u200d👧"
    assert split("abcdef" + family, 8) == ["abcdef", family]
    assert shorten("abcdefgh", 5) == "abcd…"


def test_payloads_survive_rasas_pattern() -> None:
    from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
    from rasa.shared.nlu.training_data.message import Message

    entities = {"file_name": 'a {b} "c" \\ 鞋}.png', "file_type": "image/png"}
    payload = intent("slack_file", entities)
    read = YAMLStoryReader.unpack_regex_message(Message.build(payload))
    assert read.get("intent")["name"] == "slack_file"
    assert {each["entity"]: each["value"] for each in read.get("entities")} == entities
    assert intent("slack_mention", {}) == "/slack_mention"
