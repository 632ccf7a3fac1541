"""The list: who waits, in which order, filters, counts, and who sees what."""

import re

import pytest


@pytest.fixture(scope="module")
def own(begin):
    """A server with tickets of this file alone."""
    return begin("sue", "ann", "bo")


@pytest.fixture(scope="module")
def tickets(own):
    """Six customers: two wait, one of them with priority; others are answered or have ended."""
    made = {
        "plain": own.talk(summary="plain one", language="zh", reason="failures"),
        "priority": own.talk("web", summary="priority one", priority=True, reason="anger"),
        "anns": own.talk("slack", summary="of ann"),
        "bos": own.talk(summary="of bo", language="zh"),
        "ended": own.talk(summary="ended one"),
        "bos_ended": own.talk(summary="ended by bo"),
    }
    ann, bo = own.staff("ann"), own.staff("bo")
    for staff, names in ((ann, ("anns", "ended")), (bo, ("bos", "bos_ended"))):
        for name in names:
            assert staff.post(f"{made[name].path}/take").status_code == 303
    assert ann.post(f"{made['ended'].path}/close").status_code == 303
    assert bo.post(f"{made['bos_ended'].path}/close").status_code == 303
    return made


def shown(staff, tickets, query=""):
    """Which of the tickets a list shows, by part, in order."""
    page = staff.get(f"/staff/queue{query}").text
    names = {ticket.reference: name for name, ticket in tickets.items()}
    parts = re.split(r'id="part-(\w+)"', page)[1:]
    return {
        part: [names[each] for each in re.findall(r'id="card-(\w+)"', cards)]
        for part, cards in zip(parts[::2], parts[1::2], strict=True)
    }


def test_parts_and_their_order(own, tickets):
    assert shown(own.staff("ann"), tickets) == {
        "mine": ["anns"],
        "waiting": ["priority", "plain"],
        "messages": [],
        "colleagues": ["bos"],
    }


def test_counts(own, tickets):
    page = own.staff("ann").get("/staff/queue").text
    counts = dict(re.findall(r'id="show-(\w+)"[^>]*>[^<0-9]*(\d+)</a>', page))
    assert counts == {"mine": "1", "waiting": "2", "messages": "0", "colleagues": "1"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?language=zh", {"waiting": ["plain"], "colleagues": ["bos"]}),
        ("?reason=anger", {"waiting": ["priority"]}),
        ("?channel=slack", {"mine": ["anns"]}),
        ("?channel=web&language=zh", {}),
        ("?show=waiting", {"waiting": ["priority", "plain"]}),
        ("?show=nothing&language=fr&who=x&reason=1", None),
    ],
)
def test_filters(own, tickets, query, found):
    ann = own.staff("ann")
    lists = shown(ann, tickets, query)
    if found is None:
        assert lists == shown(ann, tickets)
    else:
        assert {part: cards for part, cards in lists.items() if cards} == found


def test_whose_tickets_are_wanted(own, tickets):
    sue = own.staff("sue")
    (bo,) = own.shop.sql("SELECT id FROM staff WHERE username = 'bo'")[0]
    lists = shown(sue, tickets, f"?who={bo}")
    assert {part: cards for part, cards in lists.items() if cards} == {"colleagues": ["bos"]}


def test_of_what_has_ended_agents_see_their_own(own, tickets):
    assert shown(own.staff("ann"), tickets, "?show=ended") == {"ended": ["ended"]}
    assert sorted(shown(own.staff("sue"), tickets, "?show=ended")["ended"]) == [
        "bos_ended", "ended",
    ]  # fmt: skip
    assert own.staff("ann").get(tickets["bos_ended"].path).status_code == 404
    assert own.staff("ann").get(tickets["ended"].path).status_code == 200
    assert own.staff("sue").get(tickets["bos_ended"].path).status_code == 200


def test_agents_may_read_what_a_colleague_has(own, tickets):
    page = own.staff("ann").get(tickets["bos"].path).text
    assert "Bo has this conversation" in page
    assert 'id="reply"' not in page


def test_a_ticket_opened_from_a_filtered_list_keeps_the_filter(own, tickets):
    page = own.staff("ann").get("/staff/?language=zh&show=waiting").text
    path = tickets["plain"].path
    assert f'href="{path}?show=waiting&amp;language=zh"' in page
    beside = own.staff("ann").get(f"{path}?show=waiting&language=zh").text
    assert re.findall(r'id="card-(\w+)"', beside) == [tickets["plain"].reference]


def test_messages_left_outside_opening_hours(own, tickets):
    left = own.talk(summary="call me")
    own.shop.sql(
        "UPDATE tickets SET state = 'message', queued_at = NULL WHERE reference = ?", left.reference
    )
    bo, here = own.staff("bo"), {**tickets, "left": left}
    assert shown(bo, here)["messages"] == ["left"]
    assert bo.post(f"{left.path}/take").status_code == 303
    assert shown(bo, here)["mine"] == ["bos", "left"]
    bo.post(f"{left.path}/close")
