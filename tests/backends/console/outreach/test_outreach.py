"""Supervisors plan, look and stop without any script; agents do not."""

import re
from datetime import timedelta

import pytest

from backends.clock import SHOP_TIME
from backends.db import now
from tests.waiting import eventually

HOME = "/staff/outreach"


def fields(*copies, **changes):
    ends = (now() + timedelta(hours=2)).astimezone(SHOP_TIME)
    return {
        "kind": "everybody",
        "name": "Spring tea",
        "copies": list(copies),
        "begins_at": "",
        "ends_at": f"{ends:%Y-%m-%dT%H:%M}",
        "do": "draft",
        **changes,
    }


@pytest.mark.parametrize("path", [HOME, f"{HOME}/new", f"{HOME}/OR0123456789"])
def test_it_is_for_supervisors(outreach_desk, path):
    ann = outreach_desk.staff("ann")
    assert ann.get(path).status_code == 403
    assert outreach_desk.stranger().get(path).status_code == 303
    assert f'href="{HOME}"' not in ann.get("/staff/").text


def test_from_the_form_to_the_counts(outreach_desk, write):
    sue = outreach_desk.staff("sue")
    copy = write(lambda world: world.copy("Spring tea is here <3", "en"))
    customer = write(lambda world: world.customer(language="en"))
    silent = write(lambda world: world.customer(consent=False))
    form = sue.get(f"{HOME}/new").text
    assert "Spring tea is here &lt;3\nReply unsubscribe to stop these messages" in form
    looked = sue.post(HOME, **fields(copy, do="look")).text
    assert re.search(r"\d+ of \d+ can be reached today", looked)
    assert 'value="Spring tea"' in looked, "what was typed stays"
    assert outreach_desk.outbound.to(f"s-{customer}") == []
    made = sue.post(HOME, **fields(copy))
    assert made.status_code == 303, made.text
    address = made.headers["location"]
    assert "Nothing is sent before it is set going." in sue.get(address).text
    assert sue.post(f"{address}/plan").status_code == 303
    eventually(lambda: outreach_desk.outbound.to(f"s-{customer}"))
    eventually(lambda: "Done" in sue.get(address).text)
    page = sue.get(address).text
    assert copy in page
    assert outreach_desk.outbound.to(f"s-{silent}") == []
    assert "Spring tea" in sue.get(HOME).text
    again = sue.post(f"{address}/plan")
    assert again.status_code == 409
    assert "It was set going already." in again.text


def test_an_outreach_is_stopped(outreach_desk, write):
    sue = outreach_desk.staff("sue")
    copy = write(lambda world: world.copy())
    write(lambda world: world.customer())
    later = (now() + timedelta(hours=1)).astimezone(SHOP_TIME)
    made = sue.post(HOME, **fields(copy, begins_at=f"{later:%Y-%m-%dT%H:%M}"))
    address = made.headers["location"]
    assert sue.post(f"{address}/plan").status_code == 303
    assert "Planned" in sue.get(address).text
    assert sue.post(f"{address}/stop").status_code == 303
    assert "Stopped" in sue.get(address).text
    assert "It has ended already." in sue.post(f"{address}/stop").text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": ""}, "A name has 1 to 80 characters."),
        ({"kind": ""}, "Choose an audience"),
        ({"kind": "segment", "segment": ""}, "Choose an audience"),
        ({"kind": "segment", "segment": "nobody"}, "There is no such segment"),
        ({"kind": "segment", "segment": "valued"}, "Nobody is in this audience"),
        ({"kind": "product", "product": "PH-1001", "limit": "many"}, "Choose an audience"),
        ({"kind": "product", "product": "XX-1", "limit": "5"}, "There is no such product."),
        ({"begins_at": "soon"}, "That beginning is no moment."),
        ({"begins_at": "2026-01-01T10:00"}, "That beginning is in the past."),
        ({"ends_at": ""}, "Say until when"),
        ({"ends_at": "2026-01-01T10:00"}, "It would end before it begins."),
        ({"ends_at": "9999-12-31T23:59"}, "It may last 30 days at most."),
        ({"experiment": "EX0000000000"}, "That experiment does not run."),
        ({"copies": ["CP0000000000"]}, "A chosen variant is not approved"),
        ({"copies": []}, "Choose at least one variant"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(outreach_desk, write, changes, said):
    sue = outreach_desk.staff("sue")
    copy = write(lambda world: world.copy())
    write(lambda world: world.customer())
    page = sue.post(HOME, **fields(copy, **changes))
    assert page.status_code in (400, 409), page.text
    assert said in page.text
    if changes.get("name") != "":
        assert 'value="Spring tea"' in page.text


@pytest.mark.parametrize("reference", ["OR0000000000", "x", "OR%0a"])
def test_what_is_not_there_is_not_found(outreach_desk, reference):
    sue = outreach_desk.staff("sue")
    assert sue.get(f"{HOME}/{reference}").status_code == 404
    assert sue.post(f"{HOME}/{reference}/stop").status_code == 404
