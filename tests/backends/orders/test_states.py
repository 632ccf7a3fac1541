"""The state machines themselves: every event in every state, and walks of any length."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backends.orders.states import EXCHANGE, ORDER, REFUND, RETURN, IllegalMove

MACHINES = {machine.name: machine for machine in (ORDER, RETURN, EXCHANGE, REFUND)}
# Written out apart from the code: what may follow what.
LEGAL = {
    "an order": {
        ("pending_payment", "pay", "paid"),
        ("pending_payment", "cancel", "cancelled"),
        ("paid", "pack", "packed"),
        ("paid", "cancel", "cancelled"),
        ("packed", "ship", "shipped"),
        ("packed", "cancel", "cancelled"),
        ("shipped", "start_delivery", "out_for_delivery"),
        ("out_for_delivery", "deliver", "delivered"),
        ("out_for_delivery", "fail_delivery", "shipped"),
        ("delivered", "complete", "completed"),
    },
    "a return": {
        ("requested", "approve", "approved"),
        ("requested", "reject", "rejected"),
        ("approved", "receive", "received"),
        ("received", "close", "closed"),
        ("received", "reject", "rejected"),
    },
    "an exchange": {
        ("requested", "approve", "approved"),
        ("requested", "reject", "rejected"),
        ("approved", "receive", "received"),
        ("received", "resend", "resent"),
        ("received", "reject", "rejected"),
        ("resent", "close", "closed"),
    },
    "a refund": {("processing", "pay", "refunded"), ("processing", "reject", "rejected")},
}


@pytest.mark.parametrize("name", MACHINES)
def test_every_event_in_every_state_is_allowed_or_refused_as_written(name):
    machine = MACHINES[name]
    for state, event in itertools.product(machine.states, machine.events):
        wanted = [after for before, what, after in LEGAL[name] if (before, what) == (state, event)]
        assert machine.can(state, event) == bool(wanted)
        if wanted:
            assert machine.after(state, event) == wanted[0]
        else:
            with pytest.raises(IllegalMove, match=f"cannot {event} when {state}"):
                machine.after(state, event)


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_can_be_reached_and_its_path_leads_there(name):
    machine = MACHINES[name]
    for goal in machine.states:
        state = machine.start
        for event in machine.path(goal):
            state = machine.after(state, event)
        assert state == goal
    with pytest.raises(IllegalMove):
        machine.path("lost")


@given(st.lists(st.sampled_from(sorted(ORDER.events)), max_size=30))
def test_no_walk_leaves_an_end_or_cancels_what_was_sent(events):
    state, sent = ORDER.start, False
    for event in events:
        if not ORDER.can(state, event):
            continue
        assert state not in {"cancelled", "completed"}
        assert not (sent and event == "cancel")
        sent = sent or event == "ship"
        state = ORDER.after(state, event)
    assert state in ORDER.states
