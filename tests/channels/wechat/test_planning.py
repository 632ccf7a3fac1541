"""Which messages an answer becomes: as few as can be, within the limits, losing nothing."""

import re

from hypothesis import given
from hypothesis import strategies as st

from xiaoer.channels.tencent.splitting import TEXT_BYTES
from xiaoer.channels.wechat.parts import Card, Choices, Image, Text, from_json, pack, to_json
from xiaoer.channels.wechat.planning import plan
from xiaoer.channels.wechat.texts import Texts

TEXTS = Texts({}, "zh")


def test_texts_merge_as_long_as_they_fit() -> None:
    bubbles = [Text("a" * 900), Text("b" * 900), Text("c" * 900)]
    assert pack(bubbles) == [Text("a" * 900 + "\n\n" + "b" * 900), Text("c" * 900)]
    with_image = [Text("a"), Text("b"), Image("u"), Text("c")]
    assert pack(with_image) == [Text("a\n\nb"), Image("u"), Text("c")]


PARTS = st.lists(
    st.builds(Text, st.text("店小二。 a", min_size=1, max_size=900))
    | st.builds(Card, st.text("标题", min_size=1, max_size=9), url=st.just("https://a.example"))
    | st.builds(Image, st.just("https://a.example/a.png"))
    | st.builds(
        Choices,
        st.text("选择", max_size=9),
        st.lists(st.text("查订单", min_size=1, max_size=9), max_size=12).map(tuple),
        st.just(1),
        st.just("g"),
        st.just("hint"),
    ),
    max_size=12,
)


@given(PARTS, st.integers(0, 4), st.booleans())
def test_a_plan_fits_its_slots_and_loses_nothing(parts, slots: int, menus: bool) -> None:
    now, later = plan(parts, slots, menus, TEXTS, "zh")
    assert len(now) <= slots
    for message in now:
        if isinstance(message, Text):
            assert len(message.text.encode()) <= TEXT_BYTES
    said = "".join(one.text for one in (*now, *later) if isinstance(one, Text))
    if later:
        assert all(isinstance(one, Text) for one in (*now, *later))
        for part in parts:
            word = {Text: "text", Card: "title", Image: "url"}.get(type(part))
            if word and word != "text":
                assert getattr(part, word) in said
    for part in parts:
        if isinstance(part, Text):
            letters = re.sub(r"\s", "", part.text)
            assert letters in re.sub(r"\s|(回复任意内容查看余下内容)", "", said)
    if slots and later:
        assert isinstance(now[-1], Text)
        assert now[-1].text.endswith("(回复任意内容查看余下内容)")


@given(PARTS)
def test_parts_survive_the_store(parts) -> None:
    assert from_json(to_json(parts)) == parts
