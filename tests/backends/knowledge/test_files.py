"""Files that people edit: what is wrong is told and left out, and all else goes on answering."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import yaml
from filelock import FileLock

from backends.clock import SHOP_TIME
from tests.backends.knowledge.conftest import DELIVERY, SMALL, article

BROKEN = "category: shop\narticles:\n- id: broken\n  en: {question: 'What\n"


def day(offset):
    """A day from today in the shop, as it is written."""
    return (datetime.now(SHOP_TIME) + timedelta(days=offset)).date().isoformat()


def test_a_changed_file_is_searched_at_once(kb):
    assert kb.found("umbrella") == []
    kb.write({"delivery.yml": DELIVERY.replace("what does postage cost", "umbrella")})
    assert kb.found("umbrella")[0] == "delivery-fee"
    (kb.folder / "delivery.yml").unlink()
    assert kb.found("umbrella") == []
    assert kb.get("delivery-fee").status_code == 404


def test_files_lie_in_folders_too_and_other_files_are_left_alone(kb):
    new = "category: shop\narticles:\n- id: {0}\n  en: {{question: '{0}?', answer: 'Yes.'}}\n"
    kb.write(
        {
            "a/b/deep.yaml": new.format("deep"),
            "notes.txt": new.format("notes"),
            "old.yml.html": new.format("page"),
            "old.yml~": new.format("backup"),
            ".delivery.yml.draftxml": new.format("draft"),
            "._shop.yml": b"\x00\x05\x16\x07",
        }
    )
    assert "deep" in kb.ids()
    assert not {"notes", "page", "backup", "draft"} & set(kb.ids())
    assert "_shop" not in kb.log


def test_an_emptied_and_a_missing_folder_find_nothing_and_take_articles_again(kb):
    kb.write({"delivery.yml": "", "contact.yml": "articles:\ncategory: contact\n"})
    (kb.folder / "after-sales" / "returns.yml").unlink()
    assert kb.ids() == []
    assert kb.search("运费") == {"trust": "none", "items": []}
    kb.empty()
    assert kb.search("运费") == {"trust": "none", "items": []}
    assert kb.delete("tea").status_code == 404
    assert kb.put("tea", article(category="contact")).status_code == 201
    assert [item["id"] for item in kb.search("do you sell tea", "en")["items"]] == ["tea"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (BROKEN, "shop.yml is no valid YAML in line 5."),
        ("category: [\n", "shop.yml is no valid YAML in line 2."),
        ("category: shop\narticles:\n- id: caf\xe9\n".encode("latin-1"), "shop.yml is not UTF-8"),
        (b"\x00\x01\x02", "shop.yml is no valid YAML"),
        ("just words", "shop.yml: it must have the keys category and articles"),
        ("- id: x\n", "shop.yml: it must have the keys category and articles"),
        ("category: shop\narticles: {id: x}\n", "shop.yml: it must have the keys category"),
        ("articles: []\n", "shop.yml: the head of the file: category field required."),
        ("category: no\narticles: []\n", "the head of the file: category must be a string."),
        ("category: shop\ncolour: red\narticles: []\n", "the head of the file: colour extra fields"),
        ("category: shop\narticles:\n- words\n", "shop.yml: article 1 is not a mapping."),
        ("category: shop\narticles:\n- id: Tea\n", "article Tea: id does not have the right form."),
        ("category: shop\narticles:\n- id: 12\n  en: {question: a, answer: b}\n", "article 1: id must be a string."),
        ("category: shop\narticles:\n- id: tea\n", "article tea has neither zh nor en."),
        ("category: shop\narticles:\n- id: tea\n  en: {question: a}\n", "article tea: en.answer field required."),
        ("category: shop\narticles:\n- id: tea\n  en: {question: yes, answer: b}\n", "article tea: en.question must be a string."),
        ("category: shop\narticles:\n- id: tea\n  valid_to: 31.12.2026\n  en: {question: a, answer: b}\n", "article tea: valid_to must be a day such as"),
        ("category: shop\narticles:\n- id: opening-hours\n  en: {question: a, answer: b}\n", "article opening-hours is there twice, first in contact.yml"),
    ],
)  # fmt: skip
def test_a_mistake_is_logged_once_and_the_others_answer(kb, content, told):
    kb.ids()
    start = len(kb.log)
    kb.write({"shop.yml": content})
    for _ in range(2):
        assert kb.found("邮费多少钱", "zh")[0] == "delivery-fee"
    lines = [line for line in kb.log[start:].splitlines() if "an article is left out" in line]
    assert len(lines) == 1
    assert told in lines[0].replace('\\"', '"')


def test_of_a_file_only_the_wrong_articles_are_left_out(kb):
    kb.write(
        {"delivery.yml": DELIVERY.replace("question: How much is the shipping fee?", "topic: fee")}
    )
    assert {"delivery-time", "delivery-gifts"} <= set(kb.ids())
    assert "delivery-fee" not in kb.ids()
    assert kb.found("when will it arrive")[0] == "delivery-time"


@pytest.mark.parametrize(
    "content",
    [
        BROKEN, b"\xff\xfe\x00", "- a\n", "words", "category: shop\narticles: {}\n",
        "category: garden\narticles:\n- id: spade\n  en: {question: a, answer: b}\n",
        "category: shop\ncolour: red\narticles: []\n",
        "category: shop\ncategory: shop\narticles: []\n",
    ],
)  # fmt: skip
def test_a_file_that_cannot_take_an_article_stays_as_it_is(kb, content):
    kb.write({"shop.yml": content})
    before = (kb.folder / "shop.yml").read_bytes()
    answer = kb.put("tea", article())
    assert answer.status_code == 409, answer.text
    assert answer.json()["error"]["reason"] == "files"
    assert answer.json()["error"]["message"].startswith("shop.yml ")
    assert (kb.folder / "shop.yml").read_bytes() == before
    assert sorted(path.name for path in kb.folder.iterdir()) == sorted(
        [".lock", "after-sales", "contact.yml", "delivery.yml", "shop.yml"]
    )
    assert kb.put("vase", article(category="home")).status_code == 201


def test_a_wrong_article_among_others_does_not_hinder_changes_of_those(kb):
    kb.write({"shop.yml": "category: shop\narticles:\n- words\n- id: 5\n- id: tea\n"})
    assert kb.put("tea", article()).status_code == 201
    assert kb.put("5", article("Five?")).status_code == 201
    assert kb.get("5").json()["en"]["question"] == "Five?"
    assert kb.delete("tea").status_code == 204
    assert yaml.safe_load(kb.read("shop.yml"))["articles"][:2] == ["words", {"id": 5}]


@pytest.mark.parametrize(
    "content", ["category: shop\narticles: []\n", "category: shop\narticles:\n", "\n# later\n"]
)
def test_a_file_without_articles_takes_one(kb, content):
    kb.write({"shop.yml": content})
    body = article("Tea?", "Yes:\n- green")
    assert kb.put("tea", body).status_code == 201
    assert kb.content("tea")["en"]["answer"] == "Yes:\n- green"


def test_quotes_lists_and_long_lines_that_people_wrote_survive(kb):
    text = (
        "category: shop\n"
        "articles:\n"
        '- id: "no"\n'
        "  en:\n"
        '    question: "yes"\n'
        "    variants: ['12:30', \"on\"]\n"
        "    answer: |\n"
        "      # not a comment\n"
        "      two lines\n"
        "\n"
        "# about tea\n"
        "- id: tea\n"
        f"  en: {{question: 'Tea?', answer: '{'long ' * 100}'}}   # flows\n"
    )
    kb.write({"shop.yml": text})
    assert kb.put("tea", article("Tea?", "New.")).status_code == 200
    assert kb.read("shop.yml").splitlines()[:12] == text.splitlines()[:12]
    assert kb.content("no")["en"] == {
        "question": "yes", "variants": ["12:30", "on"], "answer": "# not a comment\ntwo lines",
    }  # fmt: skip
    for answer in ("yes", "a\n\n b: c\t\n# d", " ", "x"):
        status = kb.put("no", {"category": "shop", "en": {"question": "q", "answer": answer}})
        assert status.status_code == (200 if answer.strip() else 400)
        assert kb.content("no")["en"]["answer"] == (answer.strip() or "a\n\n b: c\t\n# d")
        assert "# about tea" in kb.read("shop.yml")


def test_a_file_keeps_its_rights(kb):
    path = kb.folder / "delivery.yml"
    path.chmod(0o640)
    assert kb.put("delivery-new", article(category="delivery")).status_code == 201
    assert path.stat().st_mode & 0o777 == 0o640


def test_where_no_folder_can_be_changes_are_refused_and_nothing_is_found(kb):
    kb.empty()
    kb.folder.write_text("a file in its place")
    try:
        assert kb.search("tea") == {"trust": "none", "items": []}
        answer = kb.put("tea", article())
        assert answer.status_code == 409
        assert answer.json()["error"]["message"].startswith("The articles cannot be written (")
    finally:
        kb.folder.unlink()
    assert "Traceback" not in kb.log


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_read_only_folder_refuses_changes_and_answers_on(kb):
    kb.folder.chmod(0o555)
    try:
        assert kb.put("delivery-new", article(category="delivery")).status_code == 409
        assert kb.found("邮费多少钱", "zh")[0] == "delivery-fee"
    finally:
        kb.folder.chmod(0o755)


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "holds"),
    [
        (None, -1, False), (None, 0, True), (0, None, True), (1, None, False), (0, 0, True),
        (-9, 9, True), (-9, -1, False), (1, 9, False),
    ],
)  # fmt: skip
def test_an_article_answers_within_its_days_alone(kb, valid_from, valid_to, holds):
    days = {"valid_from": valid_from, "valid_to": valid_to}
    days = {name: day(offset) for name, offset in days.items() if offset is not None}
    question = "Is there a lantern sale?"
    assert kb.put("sale", article(question, "Yes.", **days)).json()["holds"] is holds
    assert (kb.found(question)[:1] == ["sale"]) is holds
    assert all(
        item["id"] != "sale" or holds for item in kb.search(question, "en", limit=20)["items"]
    )
    # It is there to be edited all the same, and answers as soon as its days allow.
    assert kb.get("sale").json()["holds"] is holds
    assert kb.put("sale", article(question, "Yes.")).json()["holds"] is True
    assert kb.found(question)[0] == "sale"
    kb.write({"shop.yml": kb.read("shop.yml") + f"  valid_to: {day(-1)}\n"})
    assert kb.found(question) == []


def test_articles_that_ended_give_way_to_the_next_best(kb):
    first = article("How much is postage this week?", "Nothing.", valid_to=day(0))
    kb.put("postage-free", first)
    assert kb.found("postage this week")[0] == "postage-free"
    kb.put("postage-free", {**first, "valid_to": day(-1)})
    assert kb.search("postage", "en")["items"][0]["id"] == "delivery-fee"


def test_changes_wait_for_each_other_and_searches_do_not(kb):
    clients = [kb.server.client() for _ in range(6)]
    with ThreadPoolExecutor(6) as pool, FileLock(kb.folder / ".lock") as lock:
        changes = [
            pool.submit(one.put, f"/v1/knowledge/articles/new-{at}", json=article())
            for at, one in enumerate(clients)
        ]
        time.sleep(0.3)
        assert kb.found("邮费多少钱", "zh")[0] == "delivery-fee"
        assert not any(change.done() for change in changes)
        lock.release()
        assert {change.result().status_code for change in changes} == {201}


def test_a_change_by_somebody_else_that_takes_long_is_told(kb):
    with FileLock(kb.folder / ".lock"):
        answer = kb.put("tea", article())
    assert answer.status_code == 409
    assert "somebody else" in answer.json()["error"]["message"]
    assert kb.put("tea", article()).status_code == 201


def test_two_processes_see_each_others_changes(kb, serve):
    other = serve(kb.folder)
    assert other.ids() == kb.ids() != []
    body = article("Do you sell umbrellas?", "Yes.")
    assert kb.put("umbrellas", body).status_code == 201
    assert other.found("umbrellas")[0] == "umbrellas"
    assert other.delete("umbrellas").status_code == 204
    assert kb.found("umbrellas") == []

    both = [kb.server.client(), other.server.client()] * 6
    with ThreadPoolExecutor(len(both)) as pool:
        answers = pool.map(
            lambda at: both[at].put(f"/v1/knowledge/articles/both-{at}", json=article()), range(12)
        )
        assert {answer.status_code for answer in answers} == {201}
    assert kb.ids() == other.ids()
    assert {f"both-{at}" for at in range(12)} <= set(kb.ids())
    assert set(SMALL) <= {str(path.relative_to(kb.folder)) for path in kb.folder.rglob("*.yml")}
