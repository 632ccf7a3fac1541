"""What the assistant could not answer by its stories."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "fallbacks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=20), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("sender", sa.String(length=255), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("passages", sa.JSON(), nullable=False),
        sa.Column("candidates", sa.JSON(), nullable=False),
        sa.Column("generator", sa.String(length=80), nullable=True),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_act", sa.String(length=20), nullable=True),
        sa.Column("next_text", sa.Text(), nullable=True),
        sa.Column("next_intent", sa.String(length=80), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "outcome IN ('answered', 'clarified', 'generated', 'handed_over', 'unavailable')",
            name=op.f("ck_fallbacks_outcome"),
        ),
        sa.CheckConstraint(
            "next_act IS NULL OR next_act IN ('button', 'message')",
            name=op.f("ck_fallbacks_next_act"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fallbacks")),
        sa.UniqueConstraint("reference", name=op.f("uq_fallbacks_reference")),
    )
    op.create_index(op.f("ix_fallbacks_at"), "fallbacks", ["at"], unique=False)
    op.create_index(
        op.f("ix_fallbacks_channel_sender"), "fallbacks", ["channel", "sender"], unique=False
    )
    op.create_index(op.f("ix_fallbacks_outcome"), "fallbacks", ["outcome"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_fallbacks_outcome"), table_name="fallbacks")
    op.drop_index(op.f("ix_fallbacks_channel_sender"), table_name="fallbacks")
    op.drop_index(op.f("ix_fallbacks_at"), table_name="fallbacks")
    op.drop_table("fallbacks")
