"""Supervisors order copy by forms, read objections, edit, approve and reject."""

import re

import pytest

from tests.backends.console.desk import StaffClient

BRIEF = {
    "products": "AU-4001", "tone": "plain", "channel": "wechat", "language": "zh", "variants": "3",
    "offer_kind": "amount", "value": "50",
}  # fmt: skip
LIE = "静谷 Pro 降噪耳机，全网最低价 ¥399，仅剩 3 件！"


def order(office, **other):
    """The address of a new brief and the references of its variants."""
    answer = office.sue.post("/staff/campaigns/new", **{**BRIEF, **other})
    assert answer.status_code == 303, answer.text[-2000:]
    path = answer.headers["location"]
    return path, re.findall(r'id="(CP[0-9A-F]{10})"', office.sue.get(path).text)


@pytest.mark.parametrize(
    "path", ["/staff/campaigns", "/staff/campaigns/new", "/staff/campaigns/CB"]
)
def test_an_agent_sees_nothing_of_it(office, path):
    ann = StaffClient(office.shop.url)
    ann.log_in("ann")
    assert ann.get(path).status_code == 403
    assert ann.post("/staff/campaigns/new", **BRIEF).status_code == 403
    assert 'href="/staff/campaigns"' not in ann.get("/staff/").text
    ann.http.close()


def test_a_brief_by_its_form(office):
    path, references = order(office)
    page = office.sue.get(path).text
    assert len(references) == 3
    assert "Filled from a template" in page
    assert "There is no language model; these texts are templates filled with true facts." in page
    assert "Product AU-4001 · price" in page
    assert "/ 900 bytes" in page
    assert path in office.sue.get("/staff/campaigns").text
    assert office.sue.get("/staff/campaigns/CB0000000000").status_code == 404


def test_pressing_twice_writes_once(office):
    form = office.sue.get("/staff/campaigns/new").text
    key = re.search(r'name="key" value="([^"]+)"', form)[1]
    first, second = order(office, key=key), order(office, key=key)
    assert first == second


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"facts": "全网最低价"}, "The law of advertising does not allow"),
        ({"value": "400"}, "That is more than the shop takes off"),
        ({"until": "2020-01-01"}, "The offer ended on 2020-01-01."),
        ({"price_after": "1"}, "it is 449 yuan"),
        ({"scarce": "1"}, "There is enough in stock"),
        ({"products": "XX-1"}, "There is no such Product ids."),
        ({"audience": "nobody"}, "There is no such For whom."),
        ({"value": "many"}, "Check the field “How much off"),
        ({"variants": "11"}, "Check the field “Variants”."),
        ({"variants": ""}, "Check the field “Variants”."),
        ({"until": "soon"}, "Check the field “Last day”."),
    ],
)
def test_what_cannot_be_written_is_said_and_the_form_stays_filled(office, fields, said):
    before = office.shop.sql("SELECT count(*) FROM copy_briefs")
    answer = office.sue.post("/staff/campaigns/new", **{**BRIEF, "code": "KEEP20", **fields})
    assert answer.status_code in (400, 409)
    assert said in answer.text
    assert 'value="KEEP20"' in answer.text
    assert office.shop.sql("SELECT count(*) FROM copy_briefs") == before


def test_an_edited_text_goes_through_all_rules_again(office):
    path, (one, *_) = order(office)
    assert office.decide(one, "edit", text=LIE).status_code == 303
    page = office.sue.get(path).text
    for said in ("Art. 9", "“¥399” is no price", "“仅剩”: there is enough", "Edited by Sue"):
        assert said in page
    refused = office.decide(one, "approve")
    assert refused.status_code == 409
    assert office.alerts(refused.text) == ["This text cannot be approved yet; see below why."]
    assert office.variant(one)["state"] == "draft"
    right = "静谷 Pro 降噪耳机，主动降噪真无线蓝牙耳机，¥499。优惠 50 元。"
    assert office.decide(one, "edit", text=right).status_code == 303
    assert office.decide(one, "approve").status_code == 303
    approved = office.variant(one)
    assert (approved["state"], approved["text"], approved["edited"]) == ("approved", right, True)
    assert approved["grounding"]
    assert "Approved by Sue" in office.sue.get(path).text


def test_what_is_decided_cannot_be_changed(office):
    path, (one, other, _) = order(office)
    text = office.variant(one)["text"]
    assert office.decide(one, "approve").status_code == 303
    assert office.decide(other, "reject", reason="太平淡").status_code == 303
    for reference in (one, other):
        for what, fields in (("edit", {"text": "x"}), ("approve", {}), ("reject", {"reason": "x"})):
            answer = office.decide(reference, what, **fields)
            assert answer.status_code == 409
            assert office.alerts(answer.text)
    assert office.variant(one)["text"] == text
    page = office.sue.get(path).text
    assert "Rejected by Sue" in page
    assert "太平淡" in page
    row = "SELECT decided_by, decided_at IS NOT NULL FROM copy_variants WHERE reference = ?"
    sue = office.shop.sql("SELECT id FROM staff WHERE username = 'sue'")[0][0]
    assert office.shop.sql(row, one) == [(sue, 1)]


def test_nobody_approves_what_they_have_not_read(office):
    _, (one, *_) = order(office)
    assert (
        office.decide(one, "edit", text="静谷 Pro 降噪耳机，¥499。优惠 50 元。").status_code == 303
    )
    stale = office.decide(one, "approve", version=1)
    assert stale.status_code == 409
    assert office.alerts(stale.text) == ["Somebody has just changed this text. Read it again."]


@pytest.mark.parametrize(("what", "fields"), [("reject", {}), ("edit", {"text": " "})])
def test_a_reason_and_a_text_are_needed(office, what, fields):
    _, (one, *_) = order(office)
    answer = office.decide(one, what, **fields)
    assert answer.status_code == 400
    assert office.alerts(answer.text)


def test_the_length_is_counted_as_the_channel_counts(office):
    ask = {"count": "text", "channel": "wechat", "text": "好" * 301}
    part = office.sue.post("/staff/campaigns/length", **ask).text
    assert "903 / 900 bytes" in part
    assert "over" in part
    part = office.sue.post("/staff/campaigns/length", **{**ask, "channel": "web"}).text
    assert "301 / 240 characters" in part
    part = office.sue.post("/staff/campaigns/length", count="facts", facts="a\n\nb").text
    assert "2 / 5 lines" in part
    assert "over" not in part
