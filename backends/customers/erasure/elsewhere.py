"""Where the backends do not reach: said in each report, so that nobody believes all is done."""

from __future__ import annotations

from backends.customers.schemas import ElsewhereView

ELSEWHERE = [
    ElsewhereView(
        what="Rasa's tracker store",
        how="Conversations are stored under the sender ids named here: delete those trackers "
        "(and what an event broker has passed on).",
    ),
    ElsewhereView(
        what="trained models",
        how="Models of recommendations and profiles hold no text of the customer, but what they "
        "learnt from the customer's history stays until the next training: train them anew.",
    ),
    ElsewhereView(
        what="files that name customers",
        how="data/customers/tags.yml may give this customer's id as an example, and a campaign's "
        "or an accountant's list may hold more: take it out.",
    ),
    ElsewhereView(
        what="back-ups and PostgreSQL's dead rows",
        how="Deleted rows stay in the files until vacuum has run, in archived logs and in "
        "back-ups until those are discarded: erase this customer again after restoring one.",
    ),
    ElsewhereView(
        what="carriers, payment and the tax authority",
        how="They keep records of their own: ask them where the customer wishes it.",
    ),
]
