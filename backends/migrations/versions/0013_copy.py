"""Marketing copy."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "copy_briefs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("asked", sa.JSON(), nullable=False),
        sa.Column("products", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("writing_since", _MOMENT, nullable=False),
        sa.Column("notes", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.CheckConstraint("state IN ('writing', 'written')", name=op.f("ck_copy_briefs_state")),
        sa.ForeignKeyConstraint(
            ["made_by"], ["staff.id"], name=op.f("fk_copy_briefs_made_by"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copy_briefs")),
        sa.UniqueConstraint("key", name=op.f("uq_copy_briefs_key")),
        sa.UniqueConstraint("reference", name=op.f("uq_copy_briefs_reference")),
    )
    op.create_index(op.f("ix_copy_briefs_created_at"), "copy_briefs", ["created_at"], unique=False)
    op.create_table(
        "copy_variants",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=12), nullable=False),
        sa.Column("brief_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("original", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("channel", sa.String(length=32), nullable=False),
        sa.Column("product", sa.String(length=20), nullable=False),
        sa.Column("writer", sa.String(length=80), nullable=False),
        sa.Column("template", sa.String(length=60), nullable=True),
        sa.Column("grounding", sa.JSON(), nullable=False),
        sa.Column("snapshot", sa.JSON(), nullable=False),
        sa.Column("offer_until", _MOMENT, nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("edited_by", sa.Integer(), nullable=True),
        sa.Column("edited_at", _MOMENT, nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'approved', 'rejected')", name=op.f("ck_copy_variants_state")
        ),
        sa.ForeignKeyConstraint(
            ["brief_id"],
            ["copy_briefs.id"],
            name=op.f("fk_copy_variants_brief_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["staff.id"],
            name=op.f("fk_copy_variants_decided_by"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["edited_by"],
            ["staff.id"],
            name=op.f("fk_copy_variants_edited_by"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copy_variants")),
        sa.UniqueConstraint(
            "brief_id", "position", name=op.f("uq_copy_variants_brief_id_position")
        ),
        sa.UniqueConstraint("reference", name=op.f("uq_copy_variants_reference")),
    )
    op.create_index(
        op.f("ix_copy_variants_state_language_channel"),
        "copy_variants",
        ["state", "language", "channel"],
        unique=False,
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_copy_variants_state_language_channel"), table_name="copy_variants")
    op.drop_table("copy_variants")
    op.drop_index(op.f("ix_copy_briefs_created_at"), table_name="copy_briefs")
    op.drop_table("copy_briefs")
