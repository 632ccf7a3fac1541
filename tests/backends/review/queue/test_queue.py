"""From what customers said to files that Rasa can be trained on, over commands and HTTP."""

import json
import subprocess

import pytest
import yaml
from rasa.shared.importers.rasa import RasaFileImporter

from tests.backends.review.queue.project import NLU, Project, fallback, rating, talk


@pytest.fixture
def queue(running, run_backends):
    return Queue(*running, run_backends)


class Queue:
    """Scripts at the queue."""

    def __init__(self, project: Project, shop, run) -> None:
        self.project, self.shop, self._run = project, shop, run
        self.client = shop.client()

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = self._run("review", *arguments, env=self.project.env)
        assert done.returncode == 0, done.stderr
        return done

    def messages(self, state: str = "open") -> dict[str, dict]:
        found: dict[str, dict] = {}
        for group in self.client.get("/v1/review/groups", params={"state": state}).json()["items"]:
            path = f"/v1/review/groups/{group['id']}"
            shown = self.client.get(path, params={"state": state}).json()
            found |= {one["text"]: {**one, "group": group["id"]} for one in shown["items"]}
        return found

    def decide(self, texts: list[str], kind: str, **more):
        ids = [self.messages()[text]["id"] for text in texts]
        body = {"staff": "sue", "messages": ids, "kind": kind, **more}
        return self.client.post("/v1/review/decisions", json=body)

    def stats(self) -> dict:
        return self.client.get("/v1/review/stats").json()


def test_each_source_is_read_once_and_what_says_nothing_is_counted(queue):
    project = queue.project
    refused = [{"text": "500", "score": -1.0, "objections": [{"rule": "numbers", "what": "500"}]}]
    project.fallbacks(
        "can I pay in shells", "Can I pay in shells?!", "😀", "/greet", "where is my order"
    )
    project.fallbacks("do you barter", candidates=refused)
    project.fallbacks("what do you sell", outcome="answered")
    project.add(
        *talk(
            1,
            ("customer", "make it pitch black please", "change_color", 0.4,
             [{"entity": "color", "start": 14, "end": 19, "value": "black"}]),
            ("bot", "As you like.", None, None, None),
            ("customer", "hello hello", "greet", 0.99, []),
        ),
        *talk(2, ("customer", "never comes", "order_status", 0.95, []), sender="web-2"),
        rating("web-2", csat=1, comment="slow"),
        rating("web-1", csat=5),
    )  # fmt: skip
    first = queue.run("collect").stdout
    assert "Collected 4 new messages and 1 said before" in first
    assert "Collected 0 new messages and 0 said before" in queue.run("collect").stdout
    found = queue.messages()
    assert set(found) == {
        "can I pay in shells", "do you barter", "make it pitch black please", "never comes"
    }  # fmt: skip
    assert found["can I pay in shells"]["count"] == 2
    assert queue.stats()["left_out"] == {"emoji": 1, "button": 1, "known": 1, "answered": 1}
    by_source = {
        source: {
            group["title"]
            for group in queue.client.get("/v1/review/groups", params={"source": source}).json()["items"]
        }
        for source in ("low_confidence", "fallback", "refused", "rating")
    }  # fmt: skip
    assert by_source == {
        "low_confidence": {"make it pitch black please"},
        "fallback": {"can I pay in shells"},
        "refused": {"do you barter"},
        "rating": {"never comes"},
    }


def test_groups_stay_while_new_messages_come(queue):
    queue.project.fallbacks(
        "tell me whether the big warehouse at the harbour is open to visitors on tuesday",
        "tell me whether the big warehouse at the harbour is open to visitors on sunday",
    )
    queue.run("collect")
    before = {text: one["group"] for text, one in queue.messages().items()}
    assert (
        before["tell me whether the big warehouse at the harbour is open to visitors on tuesday"]
        == before["tell me whether the big warehouse at the harbour is open to visitors on sunday"]
    )
    queue.project.fallbacks(
        "tell me whether the big warehouse at the harbour is open to visitors on monday",
        "my cat sleeps",
    )
    queue.run("collect")
    after = {text: one["group"] for text, one in queue.messages().items()}
    assert {text: after[text] for text in before} == before
    assert (
        after["tell me whether the big warehouse at the harbour is open to visitors on monday"]
        == before["tell me whether the big warehouse at the harbour is open to visitors on tuesday"]
    )
    assert after["my cat sleeps"] not in before.values()


def test_what_cannot_be_decided_is_refused_and_changes_nothing(queue):
    queue.project.fallbacks("ring me at [phone] now", "a lone wish")
    queue.run("collect")
    before = queue.messages()

    def reason(texts, kind, **more):
        answer = queue.decide(texts, kind, **more)
        assert answer.status_code == 409, answer.text
        return answer.json()["error"]["reason"]

    assert reason(["a lone wish"], "relabel", intent="unheard_of") == "unknown_intent"
    assert reason(["a lone wish"], "accept") == "no_intent"
    assert reason(["a lone wish"], "new_intent", intent="wish") == "two_examples"
    assert reason(["a lone wish"], "new_intent", intent="greet") == "intent_taken"
    assert reason(["a lone wish"], "new_intent", intent="Wish list") == "intent_name"
    assert reason(["a lone wish"], "new_intent", intent="restart") == "intent_name"
    assert reason(["a lone wish"], "new_intent", intent="wish", file="../domain.yml") == "file"
    assert reason(["a lone wish"], "variant", article={"id": "no-such"}) == "unknown_article"
    assert reason(["a lone wish"], "article", article={"id": "new"}) == "article"
    assert reason(["ring me at [phone] now"], "relabel", intent="greet") == "masked"
    assert reason(["a lone wish"], "discard", staff="ann") == "unknown_staff"
    assert queue.messages() == before
    # Of several, those that can are decided, and the others are named.
    done = queue.decide(["ring me at [phone] now", "a lone wish"], "relabel", intent="greet").json()
    assert (done["decided"], list(done["left"])) == (1, ["masked"])
    # Who comes second is told.
    late = queue.client.post(
        "/v1/review/decisions",
        json={"staff": "sue", "messages": [before["a lone wish"]["id"]], "kind": "discard"},
    )
    assert late.json()["error"]["reason"] == "decided_by_other"
    undone = queue.client.post(
        f"/v1/review/decisions/{done['decision']}/undo", json={"staff": "sue"}
    )
    assert undone.json() == {"opened": 1}
    assert queue.messages() == before
    again = queue.client.post(
        f"/v1/review/decisions/{done['decision']}/undo", json={"staff": "sue"}
    )
    assert again.json()["error"]["reason"] == "undone"


def test_decisions_are_exported_once_and_rasa_reads_the_result(queue, tmp_path):
    project = queue.project
    project.fallbacks("kann ich bar zahlen", "gibt es rechnung", "noch eine frage", "何时 开门 呀")
    project.add(
        *talk(
            7,
            ("customer", "rather in jet black", "change_color", 0.5,
             [{"entity": "color", "start": 10, "end": 19, "value": "black"}]),
            sender="web-7",
        )
    )  # fmt: skip
    queue.run("collect")
    assert queue.decide(["rather in jet black"], "accept").status_code == 201
    german = ["kann ich bar zahlen", "gibt es rechnung"]
    made = queue.decide(german, "new_intent", intent="speak_german", file="talk.yml")
    assert made.status_code == 201, made.text
    assert queue.decide(["noch eine frage"], "discard", reason="nothing").status_code == 201
    article = sorted(
        queue.client.get("/v1/knowledge/articles").json()["items"], key=lambda one: one["id"]
    )
    chosen = next(one for one in article if one["zh"])
    done = queue.decide(["何时 开门 呀"], "variant", article={"id": chosen["id"]})
    assert done.status_code == 201, done.text

    before = {path: path.read_text(encoding="utf-8") for path in project.folder.rglob("*.yml")}
    tried = queue.run("export", "--dry-run")
    assert before == {
        path: path.read_text(encoding="utf-8") for path in project.folder.rglob("*.yml")
    }
    patch = tmp_path / "review.patch"
    done = queue.run("export", "--out", str(patch))
    assert patch.read_text(encoding="utf-8") == tried.stdout
    assert "No rule or story answers speak_german yet" in done.stderr
    assert project.examples("speak_german") == german
    assert project.examples("change_color")[-1] == "rather in [jet black](color)"
    assert yaml.safe_load(project.read("domain.yml"))["intents"][-1] == "speak_german"
    for line in NLU.splitlines():
        assert line in project.read("nlu/orders.yml").splitlines()
    kept = queue.client.get(f"/v1/knowledge/articles/{chosen['id']}").json()
    assert kept["zh"]["variants"] == [*chosen["zh"]["variants"], "何时 开门 呀"]

    rows = [json.loads(line) for line in project.read("state/reviewed.jsonl").splitlines()]
    assert {(row["text"], row["intent"], row["language"]) for row in rows} >= {
        ("rather in jet black", "change_color", "en"),
        ("gibt es rechnung", "speak_german", "en"),
    }
    entity = next(row["entities"] for row in rows if row["intent"] == "change_color")
    assert entity == [{"start": 10, "end": 19, "entity": "color", "value": "jet black"}]

    # Nothing twice, and nothing can be taken back here.
    assert queue.run("export").stdout == ""
    assert queue.stats()["decided"] == 0
    number = queue.messages("decided")["gibt es rechnung"]["decision"]
    refused = queue.client.post(f"/v1/review/decisions/{number}/undo", json={"staff": "sue"})
    assert refused.json()["error"]["reason"] == "exported"

    importer = RasaFileImporter(
        domain_path=str(project.folder / "domain.yml"),
        training_data_paths=[str(project.folder / "nlu")],
    )
    assert "speak_german" in importer.get_domain().intents
    data = importer.get_nlu_data()
    assert data.number_of_examples_per_intent["speak_german"] == 2
    # git takes the patch for the files as they were.
    for path, text in before.items():
        target = tmp_path / "old" / path.relative_to("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    subprocess.run(["git", "apply", "--check", str(patch)], cwd=tmp_path / "old", check=True)


def test_after_a_crash_between_files_and_marks_nothing_is_written_twice(queue):
    queue.project.fallbacks("such a text stays single")
    queue.run("collect")
    assert queue.decide(["such a text stays single"], "relabel", intent="greet").status_code == 201
    queue.run("export")
    text = queue.project.read("nlu/talk.yml")
    # As if the process had died before it could commit the marks.
    queue.shop.sql("UPDATE review_messages SET exported_at = NULL WHERE label = 'greet'")
    queue.shop.sql("UPDATE review_decisions SET exported_at = NULL WHERE intent = 'greet'")
    assert queue.run("export").stdout == ""
    assert queue.project.read("nlu/talk.yml") == text
    assert queue.stats()["decided"] == 0


def test_a_text_of_another_intent_stays_and_is_told(queue):
    queue.project.fallbacks("shall we dance")
    queue.run("collect")
    assert queue.decide(["shall we dance"], "relabel", intent="greet").status_code == 201
    path = queue.project.folder / "nlu" / "orders.yml"
    before = path.read_text(encoding="utf-8")
    path.write_text(
        before.replace(
            "    - where is my order\n", "    - where is my order\n    - Shall we dance?\n"
        ),
        encoding="utf-8",
    )
    done = queue.run("export")
    assert "is an example of order_status already" in done.stderr
    assert queue.stats()["decided"] == 1
    path.write_text(before, encoding="utf-8")
    queue.run("export")
    assert "shall we dance" in queue.project.examples("greet")


def test_a_file_that_cannot_take_examples_is_named_and_nothing_changes(project, run_backends):
    (project.folder / "nlu" / "talk.yml").write_text("nlu: [\n", encoding="utf-8")
    done = run_backends("review", "export", env=project.env)
    assert done.returncode == 1
    assert "talk.yml is no valid YAML in line" in done.stderr
    assert "Traceback" not in done.stderr


def test_one_process_collects_at_a_time(project, run_backends):
    project.fallbacks(*(f"question number {number}" for number in range(30)))
    env = {**project.env, "XIAOER_SEARCH_ENCODER": ""}
    done = run_backends("review", "collect", env=env)
    assert "Collected 30 new messages" in done.stdout
    project.add(fallback("one more"))
    from backends.db import now
    from backends.review.queue.models import ReviewWork

    async def hold():
        from datetime import timedelta

        from sqlalchemy import update

        from backends.db import Database

        database = Database(project.env["DATABASE_URL"])
        async with database.write() as session:
            await session.execute(
                update(ReviewWork).values(holder="another", until=now() + timedelta(minutes=5))
            )
        await database.close()

    import asyncio

    asyncio.run(hold())
    refused = run_backends("review", "collect", env=env)
    assert refused.returncode == 1
    assert "A server or another command is collecting" in refused.stderr
