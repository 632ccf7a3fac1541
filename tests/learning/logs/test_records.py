"""Records of CSV and JSON Lines files: what a standard reader reads, and broken rows one by one."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiaoer.learning.errors import LearningError
from xiaoer.learning.logs.columns import Columns, find_columns
from xiaoer.learning.logs.records import Record, Source

# Without line breaks of a kind that only some programs know, and within the bounds of a field.
_TEXT = st.text(
    st.characters(
        blacklist_categories=("Cs", "Cc"),
        blacklist_characters="\u2028\u2029\x85",
        whitelist_characters="\n",
    ),
    max_size=30,
)


def _records(path: Path) -> list[Record]:
    return list(Source.look_at(path).records())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(_TEXT, _TEXT, _TEXT), max_size=8),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]),
)
def test_what_the_standard_writer_writes_is_read(
    rows: list[tuple[str, str, str]], delimiter: str, encoding: str
) -> None:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=delimiter, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["时间", "角色", "内容"])
    writer.writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(written.getvalue().encode(encoding))
        source = Source.look_at(path)
        found = list(source.records())
    assert source.delimiter == delimiter
    assert source.encoding == encoding
    assert [tuple((record.fields or {}).values()) for record in found] == rows


def test_a_broken_row_costs_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = [b"role,message"]
    lines += [f"customer,question {number}".encode() for number in range(2, 200)]
    lines[10] = b'customer,"a quotation mark that nobody closes'
    lines[20] = b"customer,\xff\xfe not text"
    lines[30] = b"customer,one,two,three"
    lines[40] = b'customer,a 27" screen'
    lines[50] = b'customer,"two\nlines"'
    lines[60] = b"customer,nul \x00 inside"
    path.write_bytes(b"\n".join(lines))
    found = _records(path)
    broken = {record.line: record.wrong for record in found if record.fields is None}
    assert broken.pop(11) == "a quotation mark is never closed"
    assert broken.pop(21) == "it is not in utf-8"
    assert broken.pop(31) == "it has 4 fields, the header has 2"
    # One row has two lines, so later ones stand a line further down.
    assert "NUL" in broken.pop(62, "NUL")
    assert broken == {}
    texts = {record.line: record.fields["message"] for record in found if record.fields}
    assert texts[41] == 'a 27" screen'
    assert texts[51] == "two\nlines"
    assert texts[12] == "question 12"
    assert texts[200] == "question 199"
    assert len(found) == 198


def test_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    good = [{"text": f"问题 {number}", "role": "user"} for number in range(5)]
    lines = [json.dumps(each, ensure_ascii=False) for each in good]
    lines.insert(2, '{"text": ')
    lines.insert(3, "[1, 2]")
    path.write_bytes("\n\n".join(lines).encode("gb18030"))
    found = _records(path)
    assert [record.fields for record in found if record.fields] == good
    assert [record.line for record in found if record.fields is None] == [5, 7]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n\n  \n", "is empty"),
        ("text\n你好".encode("utf-16"), "is in UTF-16"),
        (b"PK\x03\x04\x00\x00", "is no text file"),
        (b'[{"text": "a"}]', "is a JSON list"),
        (b'{"text": \n', "is no JSON object"),
        (b"text\n" + b"\xff\xff\xff\n" * 50, "neither UTF-8 nor GB18030"),
    ],
)
def test_what_is_no_transcript(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(LearningError, match=said):
        _records(path)


def test_megabytes_of_ascii_before_the_first_chinese(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    ascii_rows = b"customer,where is my parcel\n" * 60_000
    path.write_bytes(b"role,text\n" + ascii_rows + "客户,退货运费谁出\n".encode("gb18030") * 9000)
    assert Source.look_at(path).encoding == "gb18030"


def test_columns_by_usual_names_and_by_choice() -> None:
    path = Path("a.csv")
    found = find_columns(path, ["会话ID", "发送时间", "角色", "消息内容"], {})
    assert found == Columns("消息内容", "角色", "会话ID", "发送时间", "")
    assert find_columns(path, ["Question", "Answer"], {}) == Columns("Question", answer="Answer")
    assert find_columns(path, ["Body", "message"], {"text": "Body"}).text == "Body"
    with pytest.raises(LearningError, match="no column 'x'; it has 'a', 'b'"):
        find_columns(path, ["a", "b"], {"text": "x"})
    with pytest.raises(LearningError, match="name it with --text"):
        find_columns(path, ["a", "b"], {})
