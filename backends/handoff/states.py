"""The states of a ticket: what may happen in which, and who may do it.

====================  =========  ========  =======  =====
event                 waiting    assigned  message  ended
====================  =========  ========  =======  =====
assign (anybody)      assigned   assigned  assigned
reply                            assigned
transfer (a person)              assigned
release (the queue)              waiting
close                 ended      ended     ended
say (the customer)    waiting    assigned  message
ask again             waiting    assigned  waiting
leave (the customer)  ended      ended     ended
nobody came           message
staff fell silent                waiting
customer fell silent             ended
====================  =========  ========  =======  =====

Only who has a ticket replies. Who has it, or a supervisor, transfers, releases and closes it; a
ticket of another is taken from them by a supervisor alone. Notes may be written at any time.
"""

from __future__ import annotations

from typing import Literal

from backends.orders.states import Machine

State = Literal["waiting", "assigned", "message", "ended"]
STATES = ("waiting", "assigned", "message", "ended")
Ending = Literal["staff", "customer", "timeout"]
ENDINGS = ("staff", "customer", "timeout")

TICKET = Machine(
    "a ticket",
    "waiting",
    {
        "waiting": {
            "assign": "assigned",
            "close": "ended",
            "say": "waiting",
            "ask_again": "waiting",
            "leave": "ended",
            "nobody_came": "message",
        },
        "assigned": {
            "assign": "assigned",
            "reply": "assigned",
            "transfer": "assigned",
            "release": "waiting",
            "close": "ended",
            "say": "assigned",
            "ask_again": "assigned",
            "leave": "ended",
            "staff_silent": "waiting",
            "customer_silent": "ended",
        },
        "message": {
            "assign": "assigned",
            "close": "ended",
            "say": "message",
            "ask_again": "waiting",
            "leave": "ended",
        },
        "ended": {},
    },
)

#: Events that are written down in the ticket (``ticket_messages.event``).
EVENTS = (
    "opened",
    "asked_again",
    "joined",
    "released",
    "closed",
    "left",
    "nobody_came",
    "staff_silent",
    "customer_silent",
)
