"""Tickets, what is said in them, and the counter of their changes."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "ticket_counter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_counter")),
    )
    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=13), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("sender", sa.String(length=255), nullable=False),
        sa.Column("customer_id", sa.String(length=20), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=10), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=True),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("priority", sa.Boolean(), nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.Column("assigned_to", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_reply_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_customer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_staff_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unanswered", sa.Boolean(), nullable=False),
        sa.Column("turn_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=10), nullable=True),
        sa.Column("agreed", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'ended') = (ended_at IS NOT NULL)", name=op.f("ck_tickets_ended")
        ),
        sa.CheckConstraint(
            "ended_by IS NULL OR ended_by IN ('staff', 'customer', 'timeout')",
            name=op.f("ck_tickets_ended_by"),
        ),
        sa.CheckConstraint(
            "reason IN ('asked', 'failures', 'anger', 'complaint', 'topic')",
            name=op.f("ck_tickets_reason"),
        ),
        sa.CheckConstraint(
            "state != 'assigned' OR assigned_to IS NOT NULL", name=op.f("ck_tickets_assigned")
        ),
        sa.CheckConstraint(
            "state IN ('waiting', 'assigned', 'message', 'ended')", name=op.f("ck_tickets_state")
        ),
        sa.ForeignKeyConstraint(["assigned_to"], ["staff.id"], name=op.f("fk_tickets_assigned_to")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_tickets_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tickets")),
        sa.UniqueConstraint("reference", name=op.f("uq_tickets_reference")),
    )
    op.create_index(
        op.f("ix_tickets_assigned_to_state"), "tickets", ["assigned_to", "state"], unique=False
    )
    op.create_index(
        op.f("ix_tickets_channel_sender"), "tickets", ["channel", "sender"], unique=False
    )
    op.create_index(op.f("ix_tickets_created_at"), "tickets", ["created_at"], unique=False)
    op.create_index(op.f("ix_tickets_customer_id"), "tickets", ["customer_id"], unique=False)
    op.create_index(
        op.f("ix_tickets_state_turn_since"), "tickets", ["state", "turn_since"], unique=False
    )
    op.create_index(op.f("ix_tickets_version"), "tickets", ["version"], unique=False)
    op.create_index(
        "uq_tickets_open",
        "tickets",
        ["channel", "sender"],
        unique=True,
        sqlite_where=sa.text("state != 'ended'"),
        postgresql_where=sa.text("state != 'ended'"),
    )
    op.create_table(
        "ticket_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=10), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=True),
        sa.Column("data", sa.JSON(), nullable=True),
        sa.Column("key", sa.String(length=160), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivery", sa.String(length=10), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(author = 'system') = (event IS NOT NULL)", name=op.f("ck_ticket_messages_event")
        ),
        sa.CheckConstraint(
            "author IN ('customer', 'bot', 'staff', 'note', 'system')",
            name=op.f("ck_ticket_messages_author"),
        ),
        sa.CheckConstraint(
            "delivery IS NULL OR delivery IN ('pending', 'sent', 'failed', 'pulled')",
            name=op.f("ck_ticket_messages_delivery"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_ticket_messages_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["tickets.id"],
            name=op.f("fk_ticket_messages_ticket_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ticket_messages")),
        sa.UniqueConstraint("ticket_id", "key", name=op.f("uq_ticket_messages_ticket_id_key")),
    )
    op.create_index(
        op.f("ix_ticket_messages_delivery_try_at"),
        "ticket_messages",
        ["delivery", "try_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ticket_messages_ticket_id"), "ticket_messages", ["ticket_id"], unique=False
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_ticket_messages_ticket_id"), table_name="ticket_messages")
    op.drop_index(op.f("ix_ticket_messages_delivery_try_at"), table_name="ticket_messages")
    op.drop_table("ticket_messages")
    op.drop_index(
        "uq_tickets_open",
        table_name="tickets",
        sqlite_where=sa.text("state != 'ended'"),
        postgresql_where=sa.text("state != 'ended'"),
    )
    op.drop_index(op.f("ix_tickets_version"), table_name="tickets")
    op.drop_index(op.f("ix_tickets_state_turn_since"), table_name="tickets")
    op.drop_index(op.f("ix_tickets_customer_id"), table_name="tickets")
    op.drop_index(op.f("ix_tickets_created_at"), table_name="tickets")
    op.drop_index(op.f("ix_tickets_channel_sender"), table_name="tickets")
    op.drop_index(op.f("ix_tickets_assigned_to_state"), table_name="tickets")
    op.drop_table("tickets")
    op.drop_table("ticket_counter")
