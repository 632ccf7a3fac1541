"""Daily sums of conversations, and what was recommended."""

import sqlalchemy as sa
from alembic import op

from backends.migrations.marking import Followed, follow, mark_all, unfollow

revision = "0012"
down_revision = "0011"

#: SQLite counts rows by itself only in a column of this very type.
_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

_DAILY = {
    "conversations": (
        "conversations", "messages", "contained", "handed_over", "fallbacks", "negative", "neutral",
        "positive", "first_answers", "first_answer_ms",
    ),
    "tickets": ("tickets", "replied", "reply_seconds", "handled", "handling_seconds"),
    "feedback": (
        "asked", "solved", "solved_of", "satisfied", "csat_of", "promoters", "detractors", "nps_of",
    ),
    "recommendations": ("shown", "converted", "revenue_fen"),
    "campaigns": ("sent", "converted", "revenue_fen"),
}  # fmt: skip

_FOLLOWED = (
    # New and changed conversations say so themselves (``counted``); those that move or go cannot.
    Followed(
        "insight_conversations", "conversations", "started_at", watched=("started_at",),
        inserts=False,
    ),
    Followed(
        "tickets", "tickets", "created_at",
        watched=(
            "channel", "sender", "customer_id", "language", "created_at", "assigned_at",
            "first_reply_at", "ended_at",
        ),
    ),
    Followed(
        "feedback", "feedback", "day", is_day=True,
        watched=("channel", "sender", "customer_id", "language", "day", "solved", "csat", "nps"),
    ),
    Followed(
        "orders", "orders", "placed_at",
        watched=("customer_id", "status", "placed_at", "paid_at", "total_fen"),
    ),
    Followed(
        "order_items", "orders", "placed_at",
        watched=("order_number", "product_id", "quantity", "price_fen"),
        through=("orders", "number", "order_number"),
    ),
    Followed(
        "refunds", "orders", "placed_at", watched=("order_number", "status"),
        through=("orders", "number", "order_number"),
    ),
    Followed(
        "recommendation_exposures", "exposures", "at",
        watched=("channel", "customer_id", "language", "products", "at"),
    ),
)  # fmt: skip


def _daily_table(name: str, numbers: tuple[str, ...], intent: bool = False) -> None:
    keys = [
        sa.Column("segment", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
    ]
    if intent:
        keys.append(sa.Column("intent", sa.String(length=80), nullable=False))
    table = f"insight_daily_{name}"
    op.create_table(
        table,
        *keys,
        *(sa.Column(each, sa.BigInteger(), nullable=False) for each in numbers),
        sa.PrimaryKeyConstraint(*(each.name for each in keys), name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )


def upgrade() -> None:
    """Apply."""
    for name, numbers in _DAILY.items():
        _daily_table(name, numbers)
    _daily_table("intents", ("times",), intent=True)
    op.create_table(
        "insight_daily_people",
        sa.Column("dimension", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("people", sa.BigInteger(), nullable=False),
        sa.Column("month_people", sa.BigInteger(), nullable=False),
        sa.Column("month_visits", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("dimension", "value", "day", name=op.f("pk_insight_daily_people")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "insight_stale_days",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insight_stale_days")),
    )
    op.create_table(
        "insight_segment_members",
        sa.Column("segment", sa.String(length=40), nullable=False),
        sa.Column("customer_id", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("segment", "customer_id", name=op.f("pk_insight_segment_members")),
    )
    op.create_index(
        op.f("ix_insight_segment_members_customer_id"), "insight_segment_members", ["customer_id"]
    )
    op.create_table(
        "insight_marks",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_insight_marks")),
    )
    op.create_table(
        "recommendation_exposures",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("sender", sa.String(length=255), nullable=False),
        sa.Column("customer_id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("products", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recommendation_exposures")),
    )
    op.create_index(op.f("ix_recommendation_exposures_at"), "recommendation_exposures", ["at"])
    op.create_index(
        op.f("ix_recommendation_exposures_customer_id_at"),
        "recommendation_exposures",
        ["customer_id", "at"],
    )
    for each in _FOLLOWED:
        follow(each)
        # What there is already has never been summed.
        mark_all(each)


def downgrade() -> None:
    """Undo."""
    for each in reversed(_FOLLOWED):
        unfollow(each)
    op.drop_index(
        op.f("ix_recommendation_exposures_customer_id_at"), table_name="recommendation_exposures"
    )
    op.drop_index(op.f("ix_recommendation_exposures_at"), table_name="recommendation_exposures")
    op.drop_table("recommendation_exposures")
    op.drop_table("insight_marks")
    op.drop_index(
        op.f("ix_insight_segment_members_customer_id"), table_name="insight_segment_members"
    )
    op.drop_table("insight_segment_members")
    op.drop_table("insight_stale_days")
    op.drop_table("insight_daily_people")
    for name in ("intents", *reversed(_DAILY)):
        op.drop_table(f"insight_daily_{name}")
