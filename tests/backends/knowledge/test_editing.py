"""Articles written, shown and removed over HTTP; the files stay as people wrote them."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import yaml

from tests.backends.knowledge.conftest import DELIVERY, article


def test_an_article_is_written_found_and_removed(kb):
    body = article("Do you sell umbrellas?", "Yes, in the rain section.")
    body["en"]["variants"] = ["anything against drizzle"]
    assert kb.found("drizzle") == []
    made = kb.put("umbrellas", body)
    assert made.status_code == 201
    assert kb.get("umbrellas").json() == made.json()
    assert made.json()["en"] == body["en"]
    assert kb.found("anything against drizzle")[0] == "umbrellas"
    assert yaml.safe_load(kb.read("shop.yml"))["articles"] == [
        {"id": "umbrellas", "en": body["en"]}
    ]

    assert kb.delete("umbrellas").status_code == 204
    assert kb.found("anything against drizzle") == []
    assert kb.get("umbrellas").status_code == kb.delete("umbrellas").status_code == 404
    assert not (kb.folder / "shop.yml").exists()


def test_writing_again_replaces(kb):
    assert kb.put("tea", article("Do you sell tea?", "Yes.")).status_code == 201
    again = kb.put("tea", article("Do you sell coffee?", "No."))
    assert again.status_code == 200
    assert kb.get("tea").json()["en"]["answer"] == "No."
    assert kb.search("coffee", "en")["items"][0]["answer"] == "No."
    assert kb.ids().count("tea") == 1


def test_everything_of_an_article_is_kept(kb):
    body = {
        "category": "shop",
        "source": {"zh": "《茶经》", "en": "Tea book"},
        "valid_from": "2026-01-01",
        "valid_to": "2099-12-31",
        "zh": {"question": "有茶吗？", "variants": ["卖茶不"], "answer": "有：\n- 绿茶\n- 红茶"},
        "en": {"question": "Tea?", "variants": ["# any tea: yes?"], "answer": "Yes:\n\n* green\n"},
    }
    assert kb.put("tea", body).status_code == 201
    body["en"]["answer"] = body["en"]["answer"].strip()
    assert kb.get("tea").json() == {"id": "tea", "holds": True, **body}


def test_an_article_takes_over_the_source_of_its_file(kb):
    shown = kb.content("delivery-time")
    assert shown["source"] == {"zh": "《配送说明》", "en": "Delivery guide"}
    assert kb.put("delivery-time", shown).json()["source"] == shown["source"]
    assert "Delivery guide" not in kb.read("delivery.yml").split("articles:")[1]
    plain = article("New?", "Yes.", category="delivery")
    made = kb.put("delivery-new", plain).json()
    assert made == kb.get("delivery-new").json()
    assert made["source"] == shown["source"]


def test_comments_order_and_all_other_articles_stay(kb):
    changed = kb.content("delivery-time")
    changed["en"]["answer"] = "Tomorrow."
    assert kb.put("delivery-time", changed).status_code == 200
    old = "Items in stock leave within 24 hours and usually arrive in 2–4 days."
    wanted = DELIVERY.replace(old, "Tomorrow.").replace("   # asked most of all", "")
    written = kb.read("delivery.yml").replace("   # asked most of all", "")
    assert written.splitlines() == wanted.splitlines()


def test_removing_one_leaves_the_others_and_their_comments(kb):
    assert kb.delete("delivery-fee").status_code == 204
    text = kb.read("delivery.yml")
    kept = DELIVERY.split("\n# Nothing")[0]
    assert text.startswith(kept)
    assert text.rstrip().endswith(DELIVERY[DELIVERY.index("- id: delivery-gifts") :].rstrip())
    assert "delivery-fee" not in text


def test_a_new_article_is_written_behind_the_others(kb):
    assert kb.put("delivery-abroad", article(category="delivery")).status_code == 201
    text = kb.read("delivery.yml")
    assert text.startswith(DELIVERY.rstrip())
    assert kb.ids().index("delivery-abroad") == kb.ids().index("delivery-gifts") + 1


def test_an_article_stays_in_its_file_and_leaves_it_with_its_category(kb):
    shown = kb.content("returns-refund")
    shown["zh"]["answer"] = "三天。"
    assert kb.put("returns-refund", shown).status_code == 200
    assert "三天。" in kb.read("after-sales/returns.yml")
    shown["category"] = "refunds"
    assert kb.put("returns-refund", shown).status_code == 200
    assert "returns-refund" not in kb.read("after-sales/returns.yml")
    assert "三天。" in kb.read("refunds.yml")
    assert kb.get("returns-refund").json()["category"] == "refunds"
    assert kb.ids().count("returns-refund") == 1


# YAML of one kind reads these as truth values, numbers, dates, nothing or a comment.
@pytest.mark.parametrize(
    "text",
    [
        "yes", "No", "on", "null", "~", "12:30", "1_000", "0o7", "012", "0x1f", "1e3", "2026-01-01",
        "- a", "a: b", "#1", "'", '"', "{}", "[x]", "&a", "*a", "!tag", "%TAG", "@", "`", "|", ">",
        "?", "=", "<<", ".inf", "\\n", "a\u2028b", "a\tb", "\U0001f600", "\ufffe", "\ufeffx", "---",
    ],
)  # fmt: skip
def test_any_text_comes_back_as_it_was_sent(kb, text):
    line = "no tab" if "\t" in text else text
    body = article(line, text, source={"zh": None, "en": line})
    body["en"]["variants"] = [line]
    assert kb.put("odd", body).status_code == 201
    assert kb.content("odd") == {"valid_from": None, "valid_to": None, "zh": None, **body}
    assert "left out" not in kb.log.splitlines()[-1]


@pytest.mark.parametrize("name", ["no", "null", "123", "1e5", "true", "2026-01-01", "0"])
def test_names_that_yaml_reads_otherwise(kb, name):
    category = name if name.isalpha() else "on"
    for status in (201, 200):
        assert kb.put(name, article(category=category)).status_code == status
        assert kb.get(name).json()["category"] == category
    assert kb.delete(name).status_code == 204


@pytest.mark.parametrize(
    "name", ["Tea", "a_b", "-a", "a-", "a--b", "茶", "a b", "x" * 300, "tea%0A", "..", "%2e%2e%2fx"]
)
def test_bad_names_are_refused(kb, name):
    answer = kb.client.put(f"{kb.server.url}/v1/knowledge/articles/{name}", json=article())
    assert answer.status_code in (400, 404, 405, 409), answer.text
    assert kb.get("tea").status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        {}, article(category="Shop"), article(category="a/b"),
        article(category="shop\n"), article(category="../x"), article(category=""),
        article(id="tea"), article(colour="red"), article(""), article(" "), article("x", ""),
        article("x" * 201), article("x", "y" * 1001), article("x", "y" * 10_000),

        article("a\x00b"), article("a\nb"), article(5), article("x", None), article("x", ["y"]),
        article(valid_from="soon"), article(valid_from="2026-02-30"), article(valid_from=20260101),
        article(valid_from="20260101"), article(valid_from=True), article(valid_to="2026-1-1"),
        article(source="me"), article(source={"fr": "moi"}), article(zh="茶"),
        article(zh={"question": "茶？"}), article(en={"question": "x", "answer": "y", "note": "z"}),
        article(en={"question": "x", "answer": "y", "variants": "z"}),
        article(en={"question": "x", "answer": "y", "variants": ["z"] * 51}),
        article(en={"question": "x", "answer": "y", "variants": [""]}),
    ],
)  # fmt: skip
def test_bad_bodies_are_refused_and_nothing_is_written(kb, body):
    before = kb.ids()
    answer = kb.put("tea", body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["code"] == "invalid_request"
    assert kb.ids() == before
    assert not (kb.folder / "shop.yml").exists()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (article(en=None), "neither zh nor en"),
        ({"category": "shop"}, "neither zh nor en"),
        (article(valid_from="2026-02-01", valid_to="2026-01-31"), "valid_to is before valid_from"),
    ],
)
def test_an_article_that_could_never_answer_is_refused(kb, body, why):
    answer = kb.put("tea", body)
    assert answer.status_code == 409
    assert answer.json()["error"]["reason"] == "article"
    assert why in answer.json()["error"]["message"]
    assert kb.get("tea").status_code == 404


def test_the_list_comes_in_pages_and_by_category(kb):
    listed = kb.client.get("/v1/knowledge/articles", params={"limit": 3, "offset": 2}).json()
    assert listed["total"] == 8
    assert [item["id"] for item in listed["items"]] == kb.ids()[2:5]
    of_returns = kb.client.get("/v1/knowledge/articles", params={"category": "returns"}).json()
    assert [item["id"] for item in of_returns["items"]] == ["returns-how", "returns-refund"]
    for wrong in ({"limit": 0}, {"limit": 201}, {"offset": -1}, {"category": "A B"}, {"page": 1}):
        assert kb.client.get("/v1/knowledge/articles", params=wrong).status_code == 400


def test_many_changes_at_once_lose_nothing(kb):
    names = [f"new-{at}" for at in range(24)]
    clients = [kb.server.client() for _ in names]

    def change(at):
        body = article(f"Question {at}?", f"Answer {at}.", category=f"group{at % 3}")
        return clients[at].put(f"/v1/knowledge/articles/{names[at]}", json=body).status_code

    with ThreadPoolExecutor(len(names)) as pool:
        assert set(pool.map(change, range(len(names)))) == {201}
    assert set(names) <= set(kb.ids())
    for at, name in enumerate(names):
        assert kb.get(name).json()["en"]["answer"] == f"Answer {at}."
    with ThreadPoolExecutor(len(names)) as pool:
        removed = pool.map(
            lambda at: clients[at].delete(f"/v1/knowledge/articles/{names[at]}"), range(24)
        )
        assert {answer.status_code for answer in removed} == {204}
    assert not set(names) & set(kb.ids())
    assert not list(kb.folder.glob("group*"))
