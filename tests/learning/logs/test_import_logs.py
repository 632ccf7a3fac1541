"""`xiaoer import-logs` from a transcript in GB18030 to files that Rasa and the knowledge base read."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest
from rasa.shared.nlu.training_data.loading import load_data

from backends.knowledge.formats.qa_json import read_json
from backends.knowledge.importing import Defaults, import_file
from backends.knowledge.store import ArticleStore
from backends.rows import Row
from tests.channels.rasa_project import environment
from xiaoer.learning.logs.writing import NLU, PAIRS, REPORT

_TOPICS = {
    "return": (
        [
            "退货运费谁出",
            "退回去的运费是谁付",
            "退货邮费谁承担",
            "退货要我自己出运费吗",
            "退货的快递费算谁的",
        ],
        "质量问题由我们承担退货运费,其他原因由您承担。",
    ),
    "parcel": (
        [
            "我的快递到哪了",
            "包裹到哪里了",
            "快递怎么还没到",
            "物流到哪一步了",
            "我买的东西寄到哪了",
        ],
        "您可以在订单页面查看物流,一般两到四天送到。",
    ),
    "invoice": (
        ["可以开发票吗", "怎么开发票", "发票怎么申请", "能开电子发票不", "我要开一张发票"],
        "在订单详情里点申请发票,电子发票当天发到邮箱。",
    ),
    "pay": (
        [
            "how can I pay",
            "which payment methods do you take",
            "can I pay by card",
            "is paypal accepted",
            "what cards do you accept",
        ],
        "We take cards, WeChat Pay and Alipay.",
    ),
}
_KNOWN = """
version: "3.1"
nlu:
- intent: ask_invoice
  examples: |
    - 怎么开[发票](document)
    - 发票能开吗
    - 想要一张发票
    - 给我开个电子发票
"""


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a transcript of four topics was imported into."""
    folder = tmp_path_factory.mktemp("logs")
    (folder / "data").mkdir()
    (folder / "data" / "nlu.yml").write_text(_KNOWN, encoding="utf-8")
    chance = random.Random(7)
    lines = ["会话,角色,内容"]
    for number in range(200):
        asked, answer = chance.choice(list(_TOPICS.values()))
        lines.append(f"{number},客户,你好")
        lines.append(f"{number},客户,{chance.choice(asked)}")
        lines.append(f'{number},客服,"{answer}"')
    lines.insert(100, '7,客户,"没有闭合的引号')
    (folder / "log.csv").write_bytes("\n".join(lines).encode("gb18030"))
    command = [sys.executable, "-m", "xiaoer.cli", "import-logs", "log.csv", "--out", "out"]
    done = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        "log.csv: gb18030, text in '内容', role in '角色', conversation in '会话'." in done.stdout
    )
    assert "601 rows read: 400 used, 201 skipped." in done.stdout
    assert "log.csv, line 101: a quotation mark is never closed" in done.stdout
    return folder / "out"


def test_topics_become_intents_that_rasa_reads(imported: Path) -> None:
    data = load_data(str(imported / NLU))
    by_intent: dict[str, set[str]] = {}
    for message in data.intent_examples:
        by_intent.setdefault(message.get("intent"), set()).add(message.get("text"))
    found = set(map(frozenset, by_intent.values()))
    assert found == {frozenset(asked) for asked, _ in _TOPICS.values()}
    # A group near an intent of the project has its name.
    assert by_intent["ask_invoice"] == set(_TOPICS["invoice"][0])
    assert not data.entity_examples


def test_answers_become_articles_that_the_knowledge_base_reads(imported: Path) -> None:
    rows = list(read_json((imported / PAIRS).read_text(encoding="utf-8")))
    assert all(isinstance(row, Row) for row in rows)
    answers = {row.fields["answer"]: row.fields for row in rows if isinstance(row, Row)}
    assert set(answers) == {answer for _, answer in _TOPICS.values()}
    for asked, answer in _TOPICS.values():
        fields = answers[answer]
        assert {fields["question"], *fields["variants"]} == set(asked)
        support, of = fields["source"].removeprefix("log.csv: ").split(" answers")[0].split(" of ")
        assert support == of
    assert answers["We take cards, WeChat Pay and Alipay."]["language"] == "en"


def test_the_report_adds_up(imported: Path) -> None:
    text = (imported / REPORT).read_text(encoding="utf-8")
    assert "601 rows read: 400 used, 201 skipped." in text
    assert "| greeting only | 200 |" in text
    assert "| ask_invoice | known |" in text
    # Nothing goes into data/ by itself.
    assert [path.name for path in (imported.parent / "data").iterdir()] == ["nlu.yml"]


def test_the_knowledge_base_takes_the_file(imported: Path, tmp_path: Path) -> None:
    store = ArticleStore(tmp_path / "articles")
    done = import_file(store, imported / PAIRS, Defaults())
    assert done.problems == []
    assert done.new == len(_TOPICS)
