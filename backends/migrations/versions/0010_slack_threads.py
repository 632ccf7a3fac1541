"""The threads of tickets in the staff's Slack."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "slack_threads",
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("thread", sa.String(length=32), nullable=True),
        sa.Column("shown", sa.String(length=16), nullable=False),
        sa.Column("said_until", sa.Integer(), nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("try_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["tickets.id"],
            name=op.f("fk_slack_threads_ticket_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_slack_threads")),
        sa.UniqueConstraint("thread", name=op.f("uq_slack_threads_thread")),
    )
    op.create_index(op.f("ix_slack_threads_try_at"), "slack_threads", ["try_at"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_slack_threads_try_at"), table_name="slack_threads")
    op.drop_table("slack_threads")
