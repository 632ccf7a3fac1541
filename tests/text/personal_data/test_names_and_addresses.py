"""Names and addresses are found in both languages, and nothing that only looks like them."""

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoer.text.personal_data import ADDRESS, ALL_KINDS, EMAIL, NAME, NUMBERS, find, mask

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("我叫李明，在吗", "我叫[name]，在吗"),
        ("收件人：欧阳若雪", "收件人：[name]"),
        ("张蔷，您好！7 天内可退。", "[name]，您好！7 天内可退。"),
        ("请问陈女士在吗", "请问[name]在吗"),
        ("我找王建国", "我找[name]"),
        ("张敏 13812345678", "[name] [phone]"),
        ("收货人Emily Johnson", "收货人[name]"),
        ("my name is john smith", "my name is [name]"),
        ("I'm May, hello", "I'm [name], hello"),
        ("Dear Mr. Thompson", "Dear [name]"),
        ("Zhang Wei ordered it", "[name] ordered it"),
        ("寄到杭州市西湖区文三路90号3幢502室", "寄到[address]"),
        ("改成幸福小区7栋2单元301", "改成[address]"),
        ("ship to 350 Fifth Avenue, Apt 12B, New York, NY 10118", "ship to [address]"),
        ("P.O. Box 1187, Austin, TX 78701", "[address]"),
        ("收：刘洋，１３８１２３４５６７８", "收：[name]，[phone]"),
    ],
)
def test_mask(text, masked):
    assert mask(text, kinds=ALL_KINDS) == masked


@pytest.mark.parametrize(
    "text",
    [
        "", "李宁的鞋", "康师傅一箱", "王者荣耀皮肤", "4S店能装吗", "XD202611010003", "适用于女士的包",
        "谢谢老板", "11月11号发货吗", "3号链接", "这条路由器线", "杭州市能送吗", "白色M码", "马上发",
        "Will it ship in May?", "Mark it as urgent", "Li Ning shoes", "Dr. Martens size 8",
        "My name is misspelled", "call me back", "2 way radio", "Hard drive 2 TB", "Black Friday",
    ],
)  # fmt: skip
def test_what_only_looks_like_one(text):
    assert find(text, kinds=ALL_KINDS) == []


def test_only_the_kinds_asked_for_are_found():
    text = "我叫李明，13812345678，a@b.cn，杭州市西湖区文三路90号"
    assert [span.kind for span in find(text)] == ["phone", "e-mail"]
    for kinds in (NUMBERS, {EMAIL}, {NAME}, {ADDRESS}, ALL_KINDS):
        assert {span.kind for span in find(text, kinds=frozenset(kinds))} == {
            kind for kind in kinds if kind in {"phone", "e-mail", "name", "address"}
        }


def test_the_shop_s_own_texts_hold_no_name():
    texts = []

    def walk(value):
        if isinstance(value, str):
            texts.append(value)
        for each in value.values() if isinstance(value, dict) else ():
            walk(each)
        for each in value if isinstance(value, list) else ():
            walk(each)

    files = [ROOT / "domain.yml", *(ROOT / "data" / "shop").rglob("*.yml")]
    files += (ROOT / "data" / "knowledge").rglob("*.yml")
    for path in files:
        content = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
        walk(content.get("responses", content) if isinstance(content, dict) else content)
    assert len(texts) > 2000
    worded = frozenset({NAME, ADDRESS})
    found = {text for text in texts if find(text, kinds=worded)}
    # But for examples of an address.
    assert found == {"云州市南湖区蒲公英路18号2栋301室", "7 Owl Lane, Dengta District, Langang"}


PIECES = [
    "我叫", "王建国", "13812345678", "杭州市西湖区", "文三路90号", "，", " ", "Mr. Brown", "my name is ",
    "12 Elm Street", "a@b.cn", "先生", "三栋", "好", "\u200b", "１２", "[name]", "🙂", "XD202611010003",
]  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=12).map("".join))
def test_spans_are_in_order_apart_and_inside(text):
    spans = find(text, kinds=ALL_KINDS)
    ends = [0, *(span.end for span in spans)]
    assert all(before <= span.start < span.end for before, span in zip(ends, spans, strict=False))
    assert ends[-1] <= len(text)
    masked = mask(text, kinds=ALL_KINDS)
    assert masked.count("[") >= len(spans)


@pytest.mark.parametrize(
    "piece",
    [
        "中", "路", "1号", "A ", "Aa ", "李伟", "1 Aa ", "小区1栋", "杭州市西湖区", "12", "我叫", "my name is ",
        "a", "1 a ", "省市区县", "I'm Tom ", "东西南北一二三四", "No. 9 ", "Zhang ", "(((", "1-", "三", "中城",
        " (", "+1", "a@b.", "一三八",
    ],
)  # fmt: skip
def test_no_text_takes_long(piece):
    """Patterns that go back and forth would take minutes on some of these."""
    find("我叫李明，住在文三路1号", kinds=ALL_KINDS)
    text = piece * (4000 // len(piece)) + "1"
    start = time.perf_counter()
    find(text, kinds=ALL_KINDS)
    assert time.perf_counter() - start < 2
