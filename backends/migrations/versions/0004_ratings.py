"""How many stars customers give products."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "ratings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("product_id", sa.String(length=20), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(length=20), nullable=True),
        sa.Column("channel", sa.String(length=32), nullable=True),
        sa.Column("sender", sa.String(length=255), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_ratings_stars")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ratings")),
    )
    op.create_index(op.f("ix_ratings_product_id"), "ratings", ["product_id"], unique=False)
    op.create_index(op.f("ix_ratings_customer_id"), "ratings", ["customer_id"], unique=False)
    op.create_index(
        op.f("ix_ratings_channel_sender"), "ratings", ["channel", "sender"], unique=False
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_ratings_channel_sender"), table_name="ratings")
    op.drop_index(op.f("ix_ratings_customer_id"), table_name="ratings")
    op.drop_index(op.f("ix_ratings_product_id"), table_name="ratings")
    op.drop_table("ratings")
