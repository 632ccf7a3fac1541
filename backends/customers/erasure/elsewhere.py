"""Where the backends do not reach: said in each report, so that nobody believes all is done."""

from __future__ import annotations

from backends.customers.schemas import ElsewhereView

ELSEWHERE = [
    ElsewhereView(
        what="Rasa's tracker store and event broker",
        how="Conversations are stored under the sender ids named here: delete those trackers. "
        "Events that were not taken in yet wait in .xiaoer/events.db, RabbitMQ or Kafka; erase "
        "once more after the server has run for a minute.",
    ),
    ElsewhereView(
        what="the channels' store",
        how="Messages that wait to be handled or to be fetched, and the ids of those that were, "
        "lie in .xiaoer/channels.db or Redis; they go by themselves after some days, a week at "
        "most.",
    ),
    ElsewhereView(
        what="Slack, where staff answer there",
        how="The threads of this customer's tickets stay in the staff's channel: delete them "
        "in Slack.",
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
