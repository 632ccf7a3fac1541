"""Outreach: plans, sends, counters of channels, who must not be written to."""

import sqlalchemy as sa
from alembic import op

from backends.migrations.marking import Followed, follow, unfollow

revision = "0015"
down_revision = "0014"
_STATES = "('draft', 'planned', 'sending', 'done', 'stopped')"
_SEND_STATES = "('waiting', 'claimed', 'sent', 'failed', 'skipped', 'held_out')"
#: The sums of what was ordered after messages of campaigns follow them.
_SENDS = Followed(
    "outreach_sends", "sends", "sent_at", watched=("customer_id", "state", "channel", "sent_at")
)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "outreaches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("audience", sa.JSON(), nullable=False),
        sa.Column("copies", sa.JSON(), nullable=False),
        sa.Column("experiment", sa.String(length=12), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(f"state IN {_STATES}", name=op.f("ck_outreaches_state")),
        sa.CheckConstraint("ends_at > begins_at", name=op.f("ck_outreaches_times")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreaches")),
        sa.UniqueConstraint("reference", name=op.f("uq_outreaches_reference")),
    )
    op.create_index(op.f("ix_outreaches_state"), "outreaches", ["state"], unique=False)
    op.create_table(
        "outreach_sends",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("outreach_id", sa.Integer(), nullable=False),
        sa.Column("campaign", sa.String(length=12), nullable=False),
        sa.Column("customer_id", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("arm", sa.String(length=40), nullable=True),
        sa.Column("channel", sa.String(length=32), nullable=True),
        sa.Column("sender", sa.String(length=255), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("is_unsure", sa.Boolean(), nullable=False),
        sa.Column("claimed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revenue_fen", sa.BigInteger(), nullable=False),
        sa.Column("unsubscribed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_rewarded", sa.Boolean(), nullable=False),
        sa.CheckConstraint(f"state IN {_SEND_STATES}", name=op.f("ck_outreach_sends_state")),
        sa.CheckConstraint(
            "(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_outreach_sends_sent")
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_outreach_sends_customer_id")
        ),
        sa.ForeignKeyConstraint(
            ["outreach_id"],
            ["outreaches.id"],
            name=op.f("fk_outreach_sends_outreach_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach_sends")),
        sa.UniqueConstraint(
            "outreach_id", "customer_id", name=op.f("uq_outreach_sends_outreach_id_customer_id")
        ),
    )
    for columns in (
        ["state", "try_at"],
        ["customer_id", "claimed_at"],
        ["channel", "sender", "claimed_at"],
        ["sent_at"],
    ):
        name = f"ix_outreach_sends_{'_'.join(columns)}"
        op.create_index(op.f(name), "outreach_sends", columns, unique=False)
    op.create_table(
        "outreach_channel_counts",
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("minute", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_minute", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("in_day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_outreach_channel_counts")),
    )
    op.create_table(
        "do_not_contact",
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("sender", sa.String(length=255), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("channel", "sender", name=op.f("pk_do_not_contact")),
    )
    follow(_SENDS)


def downgrade() -> None:
    """Undo."""
    op.drop_table("do_not_contact")
    op.drop_table("outreach_channel_counts")
    unfollow(_SENDS)
    for columns in (
        "sent_at", "channel_sender_claimed_at", "customer_id_claimed_at", "state_try_at",
    ):  # fmt: skip
        op.drop_index(op.f(f"ix_outreach_sends_{columns}"), table_name="outreach_sends")
    op.drop_table("outreach_sends")
    op.drop_index(op.f("ix_outreaches_state"), table_name="outreaches")
    op.drop_table("outreaches")
