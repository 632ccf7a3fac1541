"""Files of dialogues and articles: what is read of them, and what is said of those that cannot be."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from xiaoer.generation.corpus import Article, Dialogue, Turn, corpus_files, read_corpus
from xiaoer.generation.corpus_files import CorpusError, digest_of

ROOT = Path(__file__).resolve().parents[2]
ARTICLES = """\
category: delivery
source: {zh: 《配送说明》, en: Delivery guide}
articles:
- id: delivery-time
  zh:
    question: 下单后多久能收到货？
    variants:
    - 几天能到
    answer: 现货 24 小时内发出，一般 2–4 天送到。
  en:
    question: How long does delivery take?
    answer: Items in stock leave within 24 hours.
- id: for-a-day
  valid_to: 2026-12-31
  en: {question: Is there a sale?, answer: Until the end of the year.}
"""
DIALOGUES = """\
dialogues:
- language: en
  turns:
  - customer: hi
    assistant: Hello! What can I do for you?
  - {customer: nothing, assistant: All right.}
"""


def read(folder: Path, seconds: float = 75.0):
    return read_corpus(
        corpus_files([str(folder / "dialogues")]),
        corpus_files(str(folder / "knowledge")),
        seconds,
        1,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("dialogues", DIALOGUES), ("knowledge", ARTICLES)):
        (tmp_path / name / "more").mkdir(parents=True)
        (tmp_path / name / "more" / "a.yml").write_text(text, "utf-8")
    return tmp_path


def test_articles_and_dialogues(folder: Path) -> None:
    corpus = read(folder)
    # What ends with a day is no matter for weights, which would go on saying it.
    assert corpus.articles == [
        Article(
            "delivery-time",
            "delivery",
            "zh",
            ("下单后多久能收到货？", "几天能到"),
            "现货 24 小时内发出，一般 2–4 天送到。",
        ),
        Article(
            "delivery-time",
            "delivery",
            "en",
            ("How long does delivery take?",),
            "Items in stock leave within 24 hours.",
        ),
    ]
    turns = (Turn("hi", "Hello! What can I do for you?"), Turn("nothing", "All right."))
    assert corpus.dialogues == [Dialogue("en", turns)]


def test_the_files_of_this_project_are_read() -> None:
    paths = [str(ROOT / "data" / name) for name in ("dialogues", "knowledge")]
    if not all(Path(path).is_dir() for path in paths):
        pytest.skip("there are none yet")
    corpus = read_corpus(corpus_files([paths[0]]), corpus_files([paths[1]]), 75, 1)
    assert corpus.articles
    assert corpus.dialogues


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "dialogues:\n", "dialogues: []\n"])
def test_an_empty_file_holds_nothing(folder: Path, text: str) -> None:
    (folder / "dialogues" / "more" / "a.yml").write_text(text, "utf-8")
    assert read(folder).dialogues == []


def test_what_does_not_exist_is_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert corpus_files([str(tmp_path / "nowhere")]) == []
    assert "nowhere: it does not exist" in caplog.text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("dialogues:\n- language: en\n  turns: [\n", "no valid YAML in line 4"),
        ("dialogues:\n- language: en\n  turns: a: b\n", "no valid YAML in line 3"),
        ("- hello\n", "a mapping with the list `dialogues`"),
        ("intents: []\n", "a mapping with the list `dialogues`"),
        ("dialogues: {a: b}\n", "a mapping with the list `dialogues`"),
        ("dialogues:\n- hello\n", "line 2, should be a mapping with `language: zh`"),
        ("dialogues:\n\n- language: fr\n  turns: []\n", "line 3, should be a mapping with"),
        ("dialogues:\n- language: en\n", "line 2, needs the list `turns`"),
        (
            "dialogues:\n- language: en\n  turns:\n  - customer: hi\n",
            "lacks the text of `assistant`",
        ),
        (
            "dialogues:\n- language: en\n  turns:\n  - {customer: hi, assistant: 7}\n",
            "line 2, is no text: put it in quotes",
        ),
    ],
)
def test_a_wrong_file_is_told_in_one_sentence(folder: Path, text: str, message: str) -> None:
    (folder / "dialogues" / "more" / "a.yml").write_text(text, "utf-8")
    with pytest.raises(CorpusError, match=message) as raised:
        read(folder)
    assert "a.yml" in str(raised.value)
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("article", "message"),
    [
        ("- zh: {question: a, answer: b}", "a mapping with an `id`"),
        ("- id: a", "neither `zh` nor `en`"),
        ("- {id: a, en: hello}", "needs `question` and `answer` under `en`"),
        ("- {id: a, en: {question: a}}", "lacks the text of `answer`"),
        ("- {id: a, en: {question: a, answer: b, variants: c}}", "`variants` .* should be a list"),
        ("- {id: a, en: {question: yes, answer: b}}", "`question` .* is no text"),
    ],
)
def test_a_wrong_article_is_told_in_one_sentence(folder: Path, article: str, message: str) -> None:
    (folder / "knowledge" / "more" / "a.yml").write_text(f"articles:\n{article}\n", "utf-8")
    with pytest.raises(CorpusError, match=message):
        read(folder)


@pytest.mark.parametrize("seconds", [75.0, 0.0])
def test_another_encoding_is_told(folder: Path, seconds: float) -> None:
    path = folder / "dialogues" / "more" / "a.yml"
    # So much that it is read in part where there is no time.
    lines = "- language: zh\n  turns: [{customer: 你好, assistant: 您好}]\n" * 40_000
    path.write_text("dialogues:\n" + (lines if not seconds else lines[:53]), "gb18030")
    with pytest.raises(CorpusError, match=r"a\.yml is not written in UTF-8"):
        read(folder, seconds)


def test_a_byte_order_mark_is_no_matter(folder: Path) -> None:
    (folder / "dialogues" / "more" / "a.yml").write_text(DIALOGUES, "utf-8-sig")
    assert len(read(folder).dialogues) == 1


def big(path: Path, megabytes: int) -> None:
    with path.open("w", encoding="utf-8") as stream:
        stream.write("# large\ndialogues:\n")
        count = 0
        while stream.tell() < megabytes * 1_000_000:
            for _ in range(1000):
                count += 1
                stream.write(
                    f"- language: zh\n  turns:\n  - customer: 第 {count} 位客人问：几天能到\n"
                    f"    assistant: 一般 2–4 天送到，这是第 {count} 次回答。\n"
                )


def test_fifty_megabytes_are_sampled_in_bounded_memory(folder: Path) -> None:
    big(folder / "dialogues" / "more" / "a.yml", 50)
    program = (
        "import logging, resource, sys, time\n"
        "from pathlib import Path\n"
        "from xiaoer.generation.corpus import corpus_files, read_corpus\n"
        "logging.basicConfig(level=logging.WARNING)\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "began = time.monotonic()\n"
        "read = lambda seed: read_corpus(corpus_files([sys.argv[1]]), [], 75, seed)\n"
        "corpus = read(1)\n"
        "took = time.monotonic() - began\n"
        "same = read(1).dialogues == corpus.dialogues != read(2).dialogues\n"
        "grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before\n"
        "print(len(corpus.dialogues), took, grown / 1024, same)\n"
        "print(corpus.dialogues[-1].turns[0].customer)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(folder / "dialogues")],
        env={"PYTHONPATH": str(ROOT / "components")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    figures, last = done.stdout.splitlines()
    count, took, grown, same = figures.split()
    assert 8_000 < int(count) < 25_000
    assert float(took) < 60
    assert float(grown) < 200, "megabytes"
    assert same == "True"
    # The end of the file has its chance as well.
    assert int(last.split()[1]) > 250_000
    assert "has 50" in done.stderr
    assert "drawn by chance" in done.stderr


def test_many_dialogues_leave_room_for_the_articles(folder: Path) -> None:
    big(folder / "dialogues" / "more" / "a.yml", 3)
    corpus = read(folder, 1.0)
    assert [article.language for article in corpus.articles] == ["zh", "en"]
    assert 3_000 < len(corpus.dialogues) < 12_000


def test_a_fault_in_a_part_of_a_large_file_is_found_by_its_line(folder: Path) -> None:
    path = folder / "dialogues" / "more" / "a.yml"
    big(path, 2)
    text = path.read_text("utf-8").replace("  turns:\n", "  turns: a: b\n")
    path.write_text(text, "utf-8")
    with pytest.raises(CorpusError, match=r"a\.yml is no valid YAML in line \d+") as raised:
        read(folder, 1.0)
    line = int(str(raised.value).split("in line ")[1].split(":")[0])
    assert text.splitlines()[line - 1] == "  turns: a: b"


@pytest.mark.parametrize("begin", ["", "  "])
def test_parts_of_a_large_file_are_whole_items(folder: Path, begin: str) -> None:
    path = folder / "knowledge" / "more" / "a.yml"
    item = (
        "- id: a{0}\n  en:\n    question: Q{0}\n    variants:\n    - V{0}\n"
        "    answer: |\n      - A\n      {1}\n"
    )
    items = "".join(item.format(at, "x" * 400) for at in range(4000))
    text = "category: c\narticles:\n" + "".join(f"{begin}{line}\n" for line in items.splitlines())
    path.write_text(text, "utf-8")
    articles = read(folder, 1.0).articles
    assert 1000 < len(articles) < 3000
    for article in articles:
        number = article.id[1:]
        assert article.questions == (f"Q{number}", f"V{number}")
        assert article.answer == f"- A\n{'x' * 400}"
        assert article.category == "c"


def test_an_item_that_is_far_too_long_is_left_out(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = folder / "dialogues" / "more" / "a.yml"
    turns = "  - {customer: hi, assistant: " + "x" * 100_000 + "}\n"
    small = "- language: en\n  turns:\n  - {customer: hi, assistant: hello}\n"
    path.write_text("dialogues:\n- language: en\n  turns:\n" + turns * 20 + small * 20, "utf-8")
    with caplog.at_level(logging.WARNING):
        for seed in range(8):
            found = read_corpus([path], [], 1.0, seed).dialogues
            assert all(len(dialogue.turns) == 1 for dialogue in found)
    assert "line 2, is too long and left out" in caplog.text


def test_the_digest_follows_names_and_contents(tmp_path: Path) -> None:
    first, second = tmp_path / "a.yml", tmp_path / "b.yml"
    first.write_text("1")
    second.write_text("1")
    assert digest_of([first]) == digest_of([first]) != digest_of([second])
    before = digest_of([first, second])
    second.write_text("2")
    assert digest_of([first, second]) != before
    second.unlink()
    with pytest.raises(CorpusError, match=r"b\.yml cannot be read"):
        digest_of([second])
