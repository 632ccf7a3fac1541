"""No table and no column that could name a person is forgotten by the plan of erasure."""

import pytest
from sqlalchemy import JSON, String, Text

from backends.customers.erasure.plan import KEPT, STEPS
from backends.models import Base

#: What the shop itself writes; customers have no part in it.
OF_THE_SHOP = {
    "brands",
    "catalog_version",
    "categories",
    "copy_briefs",
    "copy_variants",
    "experiment_policies",
    "experiments",
    # Sums of days, and which of them are to be made anew.
    "insight_daily_campaigns",
    "insight_daily_conversations",
    "insight_daily_feedback",
    "insight_daily_intents",
    "insight_daily_people",
    "insight_daily_recommendations",
    "insight_daily_tickets",
    "insight_marks",
    "insight_stale_days",
    "login_throttles",
    "outreach_channel_counts",
    "outreaches",
    "products",
    "promotions",
    "review_decisions",  # of staff; what was said stands with the messages
    "review_groups",
    "review_work",
    "reviews",  # written by nobody: invented with the catalogue
    "seed_record",
    "staff",
    "staff_sessions",
    "ticket_counter",
    "variants",
}
#: The record of the erasures themselves.
OF_THE_ERASED = {"erasures"}
#: Columns that stay in rows that are kept or anonymised: what was sold, and how it stands.
HARMLESS = {
    "experiment_assignments": set(),
    "exchanges": {"status", "sku", "order_number"},
    "invoices": {"order_number"},
    "order_items": {"order_number", "sku", "product_id", "name_zh", "name_en", "options"},
    "orders": {"number", "status", "carrier"},
    "outreach_sends": {"campaign", "state", "reason", "arm"},
    "refunds": {"order_number", "status"},
    "returns": {"order_number", "status", "skus"},
}
PLANNED = {step.table: step for step in STEPS}
STAYING = {kept.table: {} for kept in KEPT} | {
    name: step.values for name, step in PLANNED.items() if step.values is not None
}


def holds_words(column):
    return isinstance(column.type, String | Text | JSON)


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_each_table_has_its_place(table):
    places = [table in each for each in (PLANNED, STAYING, OF_THE_SHOP, OF_THE_ERASED)]
    assert any(places), f"say in backends/customers/erasure/plan.py what becomes of {table}"


@pytest.mark.parametrize("table", sorted(OF_THE_SHOP))
def test_what_counts_as_the_shops_own_names_no_customer(table):
    # A channel names nobody by itself, only together with a sender.
    naming = ("customer", "sender", "phone", "address", "email", "order_number")
    names = [column.name for column in Base.metadata.tables[table].columns]
    assert not [name for name in names if name.startswith(naming)]


@pytest.mark.parametrize("table", sorted(STAYING))
def test_each_column_that_stays_is_overwritten_or_known_to_be_harmless(table):
    columns = {one.name for one in Base.metadata.tables[table].columns if holds_words(one)}
    left = columns - set(STAYING[table]) - HARMLESS[table]
    assert not left, f"overwrite {left} of {table} in the plan, or say here why it may stay"


def test_the_plan_names_no_table_that_is_not():
    assert {*PLANNED, *STAYING} <= set(Base.metadata.tables)
