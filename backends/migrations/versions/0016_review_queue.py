"""What waits for review, grouped, and what was decided."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "review_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=True),
        sa.Column("intent", sa.String(length=80), nullable=True),
        sa.Column("suggestions", sa.JSON(), nullable=False),
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_groups")),
    )
    op.create_index(op.f("ix_review_groups_intent"), "review_groups", ["intent"], unique=False)
    op.create_index(op.f("ix_review_groups_mark"), "review_groups", ["mark"], unique=False)
    op.create_table(
        "review_work",
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("holder", sa.String(length=32), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_review_work")),
    )
    op.create_table(
        "review_decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("intent", sa.String(length=80), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undone_by", sa.Integer(), nullable=True),
        sa.Column("exported_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('accept', 'relabel', 'new_intent', 'article', 'variant', 'discard')",
            name=op.f("ck_review_decisions_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff.id"], name=op.f("fk_review_decisions_staff_id")
        ),
        sa.ForeignKeyConstraint(
            ["undone_by"], ["staff.id"], name=op.f("fk_review_decisions_undone_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_decisions")),
    )
    op.create_index(op.f("ix_review_decisions_at"), "review_decisions", ["at"], unique=False)
    op.create_table(
        "review_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("intent", sa.String(length=80), nullable=True),
        sa.Column("entities", sa.JSON(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("newest_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=True),
        sa.Column("vector", sa.LargeBinary(), nullable=True),
        sa.Column("encoder", sa.String(length=16), nullable=True),
        sa.Column("draft", sa.Text(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(length=80), nullable=True),
        sa.Column("exported_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["review_decisions.id"], name=op.f("fk_review_messages_decision_id")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["review_groups.id"],
            name=op.f("fk_review_messages_group_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_review_messages_key")),
    )
    op.create_index(
        op.f("ix_review_messages_decision_id"), "review_messages", ["decision_id"], unique=False
    )
    op.create_index(
        op.f("ix_review_messages_group_id_decision_id"),
        "review_messages",
        ["group_id", "decision_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_review_messages_newest_at"), "review_messages", ["newest_at"], unique=False
    )
    op.create_table(
        "review_occurrences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=14), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("left_out", sa.String(length=10), nullable=True),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("sender", sa.String(length=255), nullable=False),
        sa.Column("conversation_id", sa.BigInteger(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("intent", sa.String(length=80), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "left_out IS NULL OR left_out IN ('button', 'empty', 'emoji', 'long', 'known', 'answered')",
            name=op.f("ck_review_occurrences_left_out"),
        ),
        sa.CheckConstraint(
            "source IN ('low_confidence', 'fallback', 'refused', 'rating')",
            name=op.f("ck_review_occurrences_source"),
        ),
        sa.CheckConstraint(
            "(message_id IS NULL) = (left_out IS NOT NULL)",
            name=op.f("ck_review_occurrences_either"),
        ),
        sa.ForeignKeyConstraint(
            ["message_id"],
            ["review_messages.id"],
            name=op.f("fk_review_occurrences_message_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_occurrences")),
        sa.UniqueConstraint(
            "source", "source_id", name=op.f("uq_review_occurrences_source_source_id")
        ),
    )
    op.create_index(op.f("ix_review_occurrences_at"), "review_occurrences", ["at"], unique=False)
    op.create_index(
        op.f("ix_review_occurrences_channel_sender"),
        "review_occurrences",
        ["channel", "sender"],
        unique=False,
    )
    op.create_index(
        op.f("ix_review_occurrences_message_id_source"),
        "review_occurrences",
        ["message_id", "source"],
        unique=False,
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_review_occurrences_message_id_source"), table_name="review_occurrences")
    op.drop_index(op.f("ix_review_occurrences_channel_sender"), table_name="review_occurrences")
    op.drop_index(op.f("ix_review_occurrences_at"), table_name="review_occurrences")
    op.drop_table("review_occurrences")
    op.drop_index(op.f("ix_review_messages_newest_at"), table_name="review_messages")
    op.drop_index(op.f("ix_review_messages_group_id_decision_id"), table_name="review_messages")
    op.drop_index(op.f("ix_review_messages_decision_id"), table_name="review_messages")
    op.drop_table("review_messages")
    op.drop_index(op.f("ix_review_decisions_at"), table_name="review_decisions")
    op.drop_table("review_decisions")
    op.drop_table("review_work")
    op.drop_index(op.f("ix_review_groups_mark"), table_name="review_groups")
    op.drop_index(op.f("ix_review_groups_intent"), table_name="review_groups")
    op.drop_table("review_groups")
