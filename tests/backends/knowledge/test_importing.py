"""Articles from CSV, Markdown and JSON: what is good is kept, what is bad is told by line."""

import csv
import io
import json
import os
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backends.errors import SetupError
from backends.knowledge.importing import READERS, Defaults, import_file
from backends.knowledge.store import ArticleStore
from tests.backends.knowledge.conftest import ROOT

GOOD = {"question": "Do you sell tea?", "answer": "Yes."}


@pytest.fixture
def store(tmp_path):
    return ArticleStore(tmp_path / "articles")


@pytest.fixture
def bring(store, tmp_path):
    """A function that imports a file with some content and returns the outcome."""

    def run(name, content, encoding="utf-8", **defaults):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return import_file(store, path, Defaults(**defaults), encoding)

    return run


def articles(store):
    reading = store.read()
    assert reading.problems == []
    return reading.articles


def lines(outcome):
    return [(problem.line, problem.what) for problem in outcome.problems]


def only(store):
    (article,) = articles(store).values()
    return article


def test_a_csv_file_with_every_column(bring, store):
    outcome = bring(
        "faq.csv",
        "id,language,category,question,variants,answer,source,valid_from,valid_to\n"
        'tea,en,drinks,"Do you sell tea, or not?",any tea? | tea | ,"Yes:\n""green"" tea",Tea book,2026-01-01,2099-12-31\n',
    )
    assert (outcome.new, outcome.replaced, outcome.problems) == (1, 0, [])
    article = only(store)
    assert (article.id, article.category) == ("tea", "drinks")
    assert article.en.question == "Do you sell tea, or not?"
    assert article.en.variants == ["any tea?", "tea"]
    assert article.en.answer == 'Yes:\n"green" tea'
    assert article.source.dict() == {"zh": None, "en": "Tea book"}
    assert (article.valid_from, article.valid_to) == (date(2026, 1, 1), date(2099, 12, 31))
    assert (store.folder / "drinks.yml").exists()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_csv_as_programs_write_it(bring, store, delimiter, end, mark):
    rows = [["Question", " ANSWER "], ["有茶吗？", "有，绿茶；红茶\t都有"], [], ["Tea?", "Yes"]]
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=end).writerows(rows)
    outcome = bring(
        "faq.tsv" if delimiter == "\t" else "faq.csv", mark + stream.getvalue().encode()
    )
    assert lines(outcome) == []
    first, second = articles(store).values()
    assert first.zh.answer == "有，绿茶；红茶\t都有"
    assert first.en is None
    assert second.en.question == "Tea?"
    assert first.category == "imported"
    assert first.source_name("zh") in ("faq.csv", "faq.tsv")


def test_rows_that_do_not_say_it_have_what_the_command_says(bring, store):
    bring("faq.csv", "question,answer\n茶,tea\n", category="drinks", language="en", source="Book")
    article = only(store)
    assert (article.category, article.en.question, article.source.en) == ("drinks", "茶", "Book")


@pytest.mark.parametrize("encoding", ["gb18030", "GBK", "utf-16", "big5"])
def test_other_encodings_have_to_be_named(bring, store, encoding):
    content = "question,answer\nTea?,Yes\n茶怎樣？,好\n".encode(encoding)
    with pytest.raises(
        SetupError, match=r"faq.csv is not utf-8 text \(line \d\): name its encoding"
    ):
        bring("faq.csv", content)
    assert articles(store) == {}
    assert bring("faq.csv", content, encoding).new == 2
    assert {"Tea?", "茶怎樣？"} == {
        wording.question for one in articles(store).values() for _, wording in one.wordings()
    }


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", "utf8", "utf-8-sig", "gb18030"])
def test_a_byte_order_mark_is_no_part_of_the_header(bring, encoding):
    content = "\ufeffquestion,answer\nTea?,Yes\n".encode(
        "gb18030" if encoding == "gb18030" else "utf-8"
    )
    assert bring("faq.csv", content, encoding).new == 1


@pytest.mark.parametrize(
    ("name", "content", "encoding", "why"),
    [
        ("faq.csv", b"", "utf-8", "faq.csv is empty."),
        ("faq.csv", b"\xef\xbb\xbf \n\n", "utf-8", "faq.csv is empty."),
        ("faq.xlsx", b"PK", "utf-8", "faq.xlsx is of no kind that can be imported (.csv, .tsv,"),
        ("faq", b"question", "utf-8", "faq is of no kind"),
        ("faq.csv", b"q", "klingon", "There is no encoding called klingon."),
        ("faq.csv", b"q", "base64", "There is no encoding called base64."),
        ("faq.md", b"\xff", "utf-8", "faq.md is not utf-8 text (line 1)"),
        ("faq.json", b"\n\n\xe9", "utf-8", "faq.json is not utf-8 text (line 3)"),
    ],
)
def test_files_that_cannot_be_read_at_all(bring, store, name, content, encoding, why):
    with pytest.raises(SetupError) as refused:
        bring(name, content, encoding)
    assert str(refused.value).startswith(why)
    assert "\n" not in str(refused.value)
    assert articles(store) == {}


def test_a_file_that_is_not_there_and_a_folder(store, tmp_path):
    (tmp_path / "folder.csv").mkdir()
    for name, why in (("folder.csv", "Is a directory"), ("none.csv", "No such file")):
        with pytest.raises(SetupError, match=rf"{name} cannot be read \({why}"):
            import_file(store, tmp_path / name, Defaults())


def test_bad_rows_of_a_csv_file_are_told_by_line_and_the_rest_is_kept(bring, store):
    outcome = bring(
        "faq.csv",
        "question,answer,language,valid_from,valid_to,category,colour\n"  # 1
        "One?,yes\n"
        '"Two\nlines?",no\n'  # 3, 4: no question has two lines
        "Three?,,en\n"
        ",yes\n"
        "  ,yes\n"
        '"Four?","yes\n\nindeed",en\n'  # 8 to 10
        "Five?,yes,fr\n"
        "Six?,yes,en,soon\n"
        "Seven?,yes,en,20260101\n"
        "Eight?,yes,en,2026-02-01,2026-01-31\n"
        "Nine?,yes,en,2026-02-30\n"
        "Ten?,yes,en,,,Bad Name\n"  # 16
        "Eleven?,yes,en,,,ok,red,8,9\n"
        "ONE?,again\n"
        f"{'x' * 201},yes\n"
        f"Twelve?,{'y' * 1001}\n"  # 20
        "\n"
        "Thirteen?,yes\n",
    )
    assert [line for line, _ in outcome.problems and lines(outcome)] == [
        1, 3, 5, 6, 7, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
    ]  # fmt: skip
    told = dict(lines(outcome))
    assert "'colour' is not known" in told[1]
    assert "question has control characters" in told[3]
    assert told[5] == "answer is missing."
    assert told[6] == told[7] == "question is missing."
    assert told[11] == "language 'fr' is neither zh nor en."
    assert "valid_from must be a day" in told[12]
    assert "valid_from must be a day" in told[13]
    assert "valid_to is before valid_from" in told[14]
    assert "category" in told[16]
    assert told[17] == "it has 9 fields, the header has 7."
    assert "is there twice in en." in told[18]
    assert "more than 200" in told[19]
    assert "more than 1000" in told[20]
    assert {one.en.question for one in articles(store).values()} == {"One?", "Four?", "Thirteen?"}
    assert (outcome.new, len(outcome.problems)) == (3, 15)


@pytest.mark.parametrize(
    ("content", "problems", "new"),
    [
        ("Tea?,Yes\nCoffee?,No\n", [(1, "the header has no column question and no column answer.")], 0),
        ("question,reply\nTea?,Yes\n", [(1, "the header has no column answer.")], 0),
        ("question,answer\n", [], 0),
        ('question,answer\n"Tea?,Yes\nCoffee?,No\n', [(2, "the row cannot be read (unexpected end of data).")], 0),
        ('question,answer\n"Tea"?,Yes\nCoffee?,No\n', [(2, "the row cannot be read (',' expected after '\"').")], 1),
        ('"question\n', [(1, "the header cannot be read (unexpected end of data).")], 0),
        (f"question,answer\nTea?,{'y' * 140_000}\nCoffee?,No\n", [(2, "the row cannot be read (field larger than field limit (131072)).")], 1),
        ("question,answer\nTe\0a?,Yes\nCoffee?,No\n", [(2, "the row cannot be read (line contains NUL).")], 1),
    ],
    ids=range(8),
)  # fmt: skip
def test_csv_files_that_are_wrong_as_a_whole_or_in_form(bring, content, problems, new):
    outcome = bring("faq.csv", content)
    assert lines(outcome) == problems
    assert outcome.new == new


def test_rows_of_one_id_in_both_languages_become_one_article(bring, store):
    rows = (
        "id,language,question,answer,source\n"
        "tea,zh,有茶吗？,有。,《茶经》\n"
        "tea,en,Do you sell tea?,Yes.,Tea book\n"
    )
    outcome = bring("faq.csv", rows)
    assert (outcome.new, outcome.problems) == (1, [])
    assert only(store).source.dict() == {"zh": "《茶经》", "en": "Tea book"}
    assert {language for language, _ in only(store).wordings()} == {"zh", "en"}

    again = bring("faq.csv", rows.replace("有。", "有的。").replace("Yes.", "Sure."))
    assert (again.new, again.replaced, again.problems) == (0, 1, [])
    assert (only(store).zh.answer, only(store).en.answer) == ("有的。", "Sure.")

    third = bring("faq.csv", rows + "tea,en,Is there tea?,No.\n")
    assert lines(third) == [(4, "article tea is there twice in en.")]
    assert only(store).en.answer == "Yes."


def test_a_language_is_added_to_an_article_that_is_there(bring, store):
    bring("zh.csv", "id,question,answer,category\ntea,有茶吗？,有。,drinks\n")
    outcome = bring("en.csv", "id,question,answer\ntea,Tea?,Yes.\n")
    assert (outcome.new, outcome.replaced) == (0, 1)
    assert (only(store).zh.answer, only(store).en.answer) == ("有。", "Yes.")
    assert only(store).category == "drinks"


def test_importing_again_replaces_what_it_brought(bring, store):
    first = bring("faq.csv", "question,answer\nTea?,Yes\nCoffee?,No\n")
    again = bring("faq.csv", "question,answer\nTEA?,Of course\nCocoa?,Maybe\n")
    assert (first.new, first.replaced) == (2, 0)
    assert (again.new, again.replaced) == (1, 1)
    assert {one.en.answer for one in articles(store).values()} == {"Of course", "No", "Maybe"}
    moved = bring("faq.csv", "question,answer,category\nTea?,Yes,drinks\n")
    assert (moved.new, moved.replaced) == (0, 1)
    assert len(articles(store)) == 3


def test_a_question_that_another_article_has_is_refused(bring, store):
    bring("faq.csv", "id,question,variants,answer\ntea,Tea?,any tea|leaves,Yes\n")
    outcome = bring(
        "more.csv", "id,question,answer\nother,TEA？,No\nthird,Leaves,No\nfourth,New?,No\n"
    )
    assert lines(outcome) == [
        (2, "article tea has that question already."),
        (3, "article tea has that question already."),
    ]
    assert set(articles(store)) == {"tea", "fourth"}


def test_markdown(bring, store):
    outcome = bring(
        "guide.md",
        "Intro that belongs to nothing.\n"
        "# Tea book\n"
        "More intro.\n"
        "## Do you sell tea? ##\n"
        "> any tea?\n"
        "> tea\n"
        "\n"
        "Yes:\n"
        "\n"
        "- green\n"
        "- **black**\n"
        "\n"
        "### How is it brewed?\n"
        "```sh\n"
        "# not a heading\n"
        "> not a variant\n"
        "```\n"
        "## Nothing here\n"
        "\n"
        "> only a variant\n"
        "# 《咖啡》\n"
        "###### 有咖啡吗？\n"
        "没有 # 真的。\n"
        "#hash is no heading\n",
    )
    assert lines(outcome) == [(18, "the question has no answer below it.")]
    tea, brewed, coffee = articles(store).values()
    assert tea.en.dict() == {
        "question": "Do you sell tea?",
        "variants": ["any tea?", "tea"],
        "answer": "Yes:\n- green\n- **black**",
    }
    assert tea.source_name("en") == "Tea book"
    assert brewed.en.answer == "```sh\n# not a heading\n> not a variant\n```"
    assert coffee.zh.answer == "没有 # 真的。\n#hash is no heading"
    assert coffee.source_name("zh") == "《咖啡》"


def test_markdown_without_questions_brings_nothing(bring):
    outcome = bring("guide.markdown", "# Title\n\nWords.\n")
    assert (outcome.new, outcome.problems) == (0, [])


def test_json(bring, store):
    rows = [
        {**GOOD, "id": "tea", "variants": ["any tea"], "valid_to": "2099-01-01", "source": None},
        {"question": "有咖啡吗？", "answer": "没有。"},
    ]
    for text in (
        json.dumps(rows),
        json.dumps(rows, indent=2),
        "\ufeff[]",
        "\n".join(map(json.dumps, rows)),
    ):
        assert lines(bring("faq.json", text)) == []
    tea, coffee = articles(store).values()
    assert (tea.id, tea.en.variants, tea.valid_to) == ("tea", ["any tea"], date(2099, 1, 1))
    assert coffee.zh.answer == "没有。"


def test_bad_objects_of_a_json_list_are_told_by_line(bring, store):
    outcome = bring(
        "faq.json",
        '[\n{"question": "One?", "answer": "yes"},\n'  # 1, 2
        '"words",\n'
        '{"question": "Two?",\n "answer": 5},\n'  # 4
        '{"question": "Three?", "answer": "yes", "colour": "red"},\n'
        '{"question": "Four?", "answer": "yes", "variants": "x"},\n'
        '{"question": "Five?", "answer": "yes", "variants": [5]},\n'  # 8
        '{"question": "Six?", "answer": "yes", "valid_from": 20260101},\n'
        '{"question": "Seven?", "answer": "yes", "id": "Bad Id"},\n'
        '{"question": "Eight?", "answer": "yes", "language": ["en"]},\n'
        '{"question": "Nine \\ud800?", "answer": "yes"},\n'  # 12
        '{"question": "Ten?", "answer": "yes"}, null\n]\n',
    )
    assert [line for line, _ in lines(outcome)] == [3, 4, 6, 7, 8, 9, 10, 11, 12, 13]
    assert {one.en.question for one in articles(store).values()} == {"One?", "Ten?"}


@pytest.mark.parametrize(
    ("text", "line", "new"),
    [
        (
            '[{"question": "One?", "answer": "yes"},\n\n{"question": "Two?" "answer": "no"},\n{}]',
            3,
            1,
        ),
        ('[{"question": "One?", "answer": "yes"}\n{"question": "Two?", "answer": "no"}]', 2, 1),
        ('[{"question": "One?", "answer": "yes"},\n', 2, 1),
        ('[{"question": "One?", "answer": "yes"}', 1, 1),
        ("[" * 100_000, 1, 0),
        ("[\n{'question': 'x'}]", 2, 0),
    ],
    ids=range(6),
)
def test_a_mistake_in_json_itself_ends_the_list(bring, text, line, new):
    outcome = bring("faq.json", text)
    assert outcome.new == new
    ((told, what),) = lines(outcome)
    assert told == line
    assert what.endswith("what follows is left out.")


def test_bad_lines_of_json_lines_are_left_out(bring, store):
    outcome = bring(
        "faq.jsonl",
        '{"question": "One?", "answer": "yes"}\n\nnonsense\n[1]\n{"question": "Two?"\n' + "[" * 99_999
        + '\n{"question": "Three?", "answer": "yes"}\n',
    )  # fmt: skip
    assert [line for line, _ in lines(outcome)] == [3, 4, 5, 6]
    assert {one.en.question for one in articles(store).values()} == {"One?", "Three?"}


def test_a_file_of_articles_that_is_broken_hinders_the_import_alone(bring, store):
    store.folder.mkdir()
    (store.folder / "imported.yml").write_text("category: [\n")
    with pytest.raises(SetupError, match=r"Nothing was imported: imported.yml is no YAML"):
        bring("faq.csv", "question,answer\nTea?,Yes\n")
    assert (store.folder / "imported.yml").read_text() == "category: [\n"
    assert bring("faq.csv", "question,answer\nTea?,Yes\n", category="drinks").new == 1


def test_a_folder_that_cannot_be_written(tmp_path):
    path = tmp_path / "faq.csv"
    path.write_text("question,answer\nTea?,Yes\n")
    with pytest.raises(
        SetupError, match=r"^Nothing was imported: The articles cannot be written \("
    ):
        import_file(ArticleStore(path), path, Defaults())


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_folder(tmp_path):
    path = tmp_path / "faq.csv"
    path.write_text("question,answer\nTea?,Yes\n")
    folder = tmp_path / "articles"
    folder.mkdir(mode=0o555)
    with pytest.raises(SetupError, match="Permission denied"):
        import_file(ArticleStore(folder), path, Defaults())


def test_a_large_file_is_imported_in_reasonable_time(bring, store):
    rows = "".join(f"Question number {at}?,Answer {at}\n" for at in range(1000))
    assert bring("faq.csv", "question,answer\n" + rows).new == 1000
    assert len(articles(store)) == 1000


_LINE = st.text(
    st.characters(blacklist_categories=("Cc", "Cs"), blacklist_characters="|‪‫‬‭‮⁦⁧⁨⁩"),
    min_size=1,
    max_size=40,
).filter(lambda text: text == text.strip())
_PAIRS = st.lists(
    st.tuples(
        _LINE,
        st.lists(_LINE, max_size=2),
        st.lists(_LINE | st.just(""), min_size=1, max_size=4)
        .map("\n".join)
        .filter(lambda text: text and text == text.strip()),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda pair: "".join(filter(str.isalnum, pair[0])).casefold() or pair[0],
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(_PAIRS, st.sampled_from(["zh", "en"]))
def test_any_good_pairs_survive_the_way_through_csv_and_files(pairs, language):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "faq.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["id", "language", "question", "variants", "answer"])
            for at, (question, variants, answer) in enumerate(pairs):
                rows.writerow([f"a{at}", language, question, "|".join(variants), answer])
        store = ArticleStore(Path(folder) / "articles")
        for _ in range(2):
            outcome = import_file(store, path, Defaults())
            taken = {problem.line for problem in outcome.problems}
            # The same question in another form may be there twice; nothing else is a mistake.
            assert all("has that question already" in one.what for one in outcome.problems)
        kept = articles(store)
        assert len(kept) == len(pairs) - len(taken)
        for at, (question, variants, answer) in enumerate(pairs):
            if f"a{at}" in kept:
                wording = getattr(kept[f"a{at}"], language)
                assert (wording.question, wording.variants, wording.answer) == (
                    question, variants, answer,
                )  # fmt: skip


def test_every_kind_of_file_has_a_reader():
    assert set(READERS) == {".csv", ".tsv", ".md", ".markdown", ".json", ".jsonl"}


def test_the_command_tells_what_it_did(run_backends, tmp_path):
    env = {"XIAOER_KNOWLEDGE_DATA": str(tmp_path / "articles")}
    path = tmp_path / "常见问题.csv"
    path.write_bytes("question,answer\n有茶吗？,有\n坏,\n".encode("gb18030"))
    refused = run_backends("knowledge", "import", str(path), env=env)
    assert refused.returncode == 1
    assert refused.stderr.count("\n") == 1
    assert "--encoding" in refused.stderr
    done = run_backends(
        "knowledge", "import", str(path), "--encoding", "gb18030", "--category", "drinks", env=env
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == "常见问题.csv line 3: answer is missing.\n"
    assert done.stdout == f"Imported into {tmp_path / 'articles'}: 1 new, 0 replaced, 1 left out.\n"
    path.write_text("question,answer\n坏,\n")
    nothing = run_backends("knowledge", "import", str(path), env=env)
    assert nothing.returncode == 1
    assert "0 new, 0 replaced, 1 left out." in nothing.stdout
    (tmp_path / "articles" / "wrong.yml").write_text("category: wrong\narticles: [5]\n")
    checked = run_backends("knowledge", "check", env=env)
    assert checked.returncode == 1
    assert checked.stderr == "wrong.yml: article 1 is not a mapping.\n"
    assert checked.stdout == f"{tmp_path / 'articles'}: 1 articles in 1 categories.\n"


def test_xiaoer_brings_a_file_named_as_from_here_into_the_project(tmp_path):
    (tmp_path / "faq.md").write_text("## Do you sell tea?\nYes.\n")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "xiaoer.cli",
            "knowledge",
            "--project",
            str(ROOT),
            "import",
            "faq.md",
        ],
        cwd=tmp_path,
        env={**os.environ, "XIAOER_KNOWLEDGE_DATA": str(tmp_path / "articles")},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "1 new, 0 replaced, 0 left out." in done.stdout
    assert "Do you sell tea?" in (tmp_path / "articles" / "imported.yml").read_text()
