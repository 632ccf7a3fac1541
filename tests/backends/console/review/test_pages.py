"""Deciding over the forms, without a script."""

import re

import pytest


@pytest.fixture
def sue(office):
    return office.desk.staff("sue")


def path(office, text):
    return f"/staff/review/groups/{office.group(text)}"


def test_only_supervisors_see_it(office):
    office.collect("who may see this")
    ann = office.desk.staff("ann")
    for address in ("/staff/review", path(office, "who may see this"), "/staff/review/decisions"):
        assert ann.get(address).status_code == 403
    assert ann.post(path(office, "who may see this"), kind="discard").status_code == 403
    assert 'href="/staff/review"' not in ann.get("/staff/").text


def test_what_customers_write_is_escaped(office, sue):
    office.collect("<script>alert(1)</script> {{ 7*7 }}")
    for address in ("/staff/review", path(office, "<script>alert(1)</script> {{ 7*7 }}")):
        page = sue.get(address).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in page


def test_one_is_given_an_intent_and_undone(office, sue):
    office.collect("salutations to thee")
    group = path(office, "salutations to thee")
    number = office.message("salutations to thee")
    wrong = sue.post(group, messages=number, kind="relabel", intent="gret")
    assert wrong.status_code == 409
    assert "There is no such intent" in wrong.text
    assert sue.post(group, kind="relabel", intent="greet").status_code == 409
    done = sue.post(group, messages=number, kind="relabel", intent="greet")
    assert done.headers["location"] == "/staff/review?done=1"
    assert "Decided: 1" in sue.get(done.headers["location"]).text
    assert office.label("salutations to thee") == "greet"
    shown = sue.get(group + "?state=decided").text
    assert "Other intent: greet" in shown
    assert "Sue" in shown
    page = sue.get("/staff/review/decisions").text
    undo = re.search(r'action="(/staff/review/decisions/\d+/undo)"', page)[1]
    assert sue.post(undo).status_code == 303
    assert office.label("salutations to thee") is None
    assert "It was undone already." in sue.post(undo).text


def test_the_second_of_two_people_is_told_and_changes_nothing(office, sue):
    office.collect("both of us look at this")
    mei = office.desk.staff("mei")
    group, number = (
        path(office, "both of us look at this"),
        office.message("both of us look at this"),
    )
    assert sue.post(group, messages=number, kind="discard").status_code == 303
    late = mei.post(group, messages=number, quick="greet")
    assert late.status_code == 409
    assert "Sue 已经决定了其中一些消息" in late.text
    assert office.label("both of us look at this") is None


def test_all_of_a_group_means_what_was_shown(office, sue):
    say = "please tell the driver at the gate of the old harbour that he should wait until {}"
    first, second, third = (say.format(when) for when in ("noon", "nine", "ten"))
    office.collect(first, second)
    group = path(office, first)
    page = sue.get(group).text
    assert office.group(second) == office.group(first)
    fields = {
        name: re.search(f'name="{name}" value="([0-9]+)"', page)[1] for name in ("seen", "counted")
    }
    office.collect(third)
    assert office.group(third) == office.group(first)
    done = sue.post(group, all="1", kind="discard", **fields)
    # What came later was not seen and stays open.
    assert done.headers["location"].startswith(f"{group}?done={fields['counted']}")
    assert third in sue.get(group).text
    wrong = sue.post(group, all="1", kind="discard", **fields)
    assert wrong.status_code == 409


def test_entities_are_marked_by_fields_and_masked_texts_are_edited(office, sue):
    office.collect("call [phone] about the violet one")
    number = office.message("call [phone] about the violet one")
    page = f"/staff/review/messages/{number}"
    assert "call [phone] about the violet one" in sue.get(page).text
    text = "call me about the violet one"
    marked = sue.post(page, text=text, before="", piece="violet", entity="color", do="mark")
    assert "call me about the [violet](color) one" in marked.text
    missing = sue.post(page, text=text, before="", piece="red", entity="color", do="mark")
    assert "do not stand in the text" in missing.text

    def refused(written):
        answer = sue.post(page, text=written, before="", intent="change_color", do="decide")
        assert answer.status_code == 409
        assert "notice" in answer.text
        return answer.text

    assert "Personal data were taken out" in refused("call [phone]")
    assert "holds personal data" in refused("call 13800138000")
    assert "There is no entity hue." in refused("the [violet](hue) one")
    assert "and is none" in refused("the [violet] (color) one")
    done = sue.post(
        page, text="the [violet](color) one", before="", intent="change_color", do="decide"
    )
    assert done.status_code == 303
    assert office.label("call [phone] about the violet one") == "change_color"
    office.run("export")
    assert office.project.examples("change_color")[-1] == "the [violet](color) one"
    assert "Exported" in sue.get(page).text


def test_a_text_that_somebody_else_has_edited_is_not_overwritten(office, sue):
    office.collect("two hands on one text")
    page = f"/staff/review/messages/{office.message('two hands on one text')}"
    assert sue.post(page, text="one hand", before="", do="keep").status_code == 303
    late = office.desk.staff("mei").post(page, text="another hand", before="", do="keep")
    assert late.status_code == 409
    assert "one hand" in sue.get(page).text


def test_a_new_article_from_messages(office, sue):
    office.collect("do you lend umbrellas")
    group, number = path(office, "do you lend umbrellas"), office.message("do you lend umbrellas")
    form = sue.post(group, messages=number, kind="article")
    assert form.status_code == 200
    assert 'value="do you lend umbrellas"' in form.text
    fields = {
        "group": office.group("do you lend umbrellas"), "messages": number, "id": "umbrellas",
        "category": "contact", "question_en": "Do you lend umbrellas?",
    }  # fmt: skip
    missing = sue.post("/staff/review/articles", **fields)
    assert missing.status_code == 409
    assert "The article is not complete" in missing.text
    done = sue.post("/staff/review/articles", **fields, answer_en="Yes, at the door.")
    assert done.status_code == 303
    office.run("export")
    text = office.project.read("knowledge/contact.yml")
    assert "- id: umbrellas" in text
    assert "answer: Yes, at the door." in text


@pytest.mark.parametrize(
    "address",
    ["/staff/review/groups/999999", "/staff/review/groups/x", "/staff/review/messages/0",
     "/staff/review/messages/99999999999999"],
)  # fmt: skip
def test_what_is_not_there(sue, address):
    assert sue.get(address).status_code == 404


@pytest.mark.parametrize(
    "query",
    ["?page=99999", "?source=%00", "?intent=<b>", "?language=fr&state=x", "?done=x&left=a:b"],
)
def test_filters_that_make_no_sense_are_no_filters(sue, query):
    assert sue.get("/staff/review" + query).status_code == 200
