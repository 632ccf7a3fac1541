"""Conversations and their turns, read from events."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

#: SQLite counts rows by itself only in a column of this very type.
_ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "insight_conversations",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("sender", sa.String(length=255), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_customer_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_answer_ms", sa.Integer(), nullable=True),
        sa.Column("answer_ms", sa.BigInteger(), nullable=False),
        sa.Column("answers", sa.Integer(), nullable=False),
        sa.Column("customer_turns", sa.Integer(), nullable=False),
        sa.Column("bot_turns", sa.Integer(), nullable=False),
        sa.Column("fallbacks", sa.Integer(), nullable=False),
        sa.Column("negative", sa.Integer(), nullable=False),
        sa.Column("neutral", sa.Integer(), nullable=False),
        sa.Column("positive", sa.Integer(), nullable=False),
        sa.Column("intents", sa.JSON(), nullable=False),
        sa.Column("handed_over", sa.Boolean(), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insight_conversations")),
    )
    op.create_index(
        op.f("ix_insight_conversations_channel_sender_started_at"),
        "insight_conversations",
        ["channel", "sender", "started_at"],
    )
    op.create_index(
        op.f("ix_insight_conversations_started_at"), "insight_conversations", ["started_at"]
    )
    for column in ("channel", "model"):
        op.create_index(
            op.f(f"ix_insight_conversations_{column}_started_at"),
            "insight_conversations",
            [column, "started_at"],
        )
    op.create_index(
        op.f("ix_insight_conversations_counted_id"), "insight_conversations", ["counted", "id"]
    )
    op.create_table(
        "insight_turns",
        sa.Column("id", _ROW_ID, nullable=False),
        sa.Column("conversation_id", _ROW_ID, nullable=False),
        sa.Column("key", sa.String(length=24), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.String(length=8), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("intent", sa.String(length=80), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("sentiment", sa.String(length=8), nullable=True),
        sa.Column("entities", sa.JSON(), nullable=True),
        sa.Column("action", sa.String(length=80), nullable=True),
        sa.Column("is_fallback", sa.Boolean(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("response", sa.String(length=80), nullable=True),
        sa.CheckConstraint(
            "author IN ('customer', 'bot', 'staff')", name=op.f("ck_insight_turns_author")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["insight_conversations.id"],
            name=op.f("fk_insight_turns_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_insight_turns")),
        sa.UniqueConstraint(
            "conversation_id", "key", name=op.f("uq_insight_turns_conversation_id_key")
        ),
    )
    op.create_index(
        op.f("ix_insight_turns_is_fallback_at_ms"), "insight_turns", ["is_fallback", "at_ms"]
    )
    op.create_index(op.f("ix_insight_turns_confidence"), "insight_turns", ["confidence"])
    op.create_table(
        "insight_states",
        sa.Column("sender", sa.String(length=255), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=True),
        sa.Column("session_ms", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.String(length=80), nullable=True),
        sa.Column("action_ms", sa.BigInteger(), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sender", name=op.f("pk_insight_states")),
    )
    op.create_index(
        op.f("ix_insight_states_channel_sender"), "insight_states", ["channel", "sender"]
    )
    op.create_index(op.f("ix_insight_states_seen_at"), "insight_states", ["seen_at"])


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_insight_states_seen_at"), table_name="insight_states")
    op.drop_index(op.f("ix_insight_states_channel_sender"), table_name="insight_states")
    op.drop_table("insight_states")
    op.drop_index(op.f("ix_insight_turns_confidence"), table_name="insight_turns")
    op.drop_index(op.f("ix_insight_turns_is_fallback_at_ms"), table_name="insight_turns")
    op.drop_table("insight_turns")
    op.drop_index(op.f("ix_insight_conversations_counted_id"), table_name="insight_conversations")
    for column in ("model", "channel"):
        op.drop_index(
            op.f(f"ix_insight_conversations_{column}_started_at"),
            table_name="insight_conversations",
        )
    op.drop_index(op.f("ix_insight_conversations_started_at"), table_name="insight_conversations")
    op.drop_index(
        op.f("ix_insight_conversations_channel_sender_started_at"),
        table_name="insight_conversations",
    )
    op.drop_table("insight_conversations")
