"""Consents, messages of customers, erasures, and the priority of service requests."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "consents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(length=20), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=50), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "purpose IN ('marketing', 'messages', 'profile', 'recommendations')",
            name=op.f("ck_consents_purpose"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_consents_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index(
        op.f("ix_consents_customer_id_purpose"),
        "consents",
        ["customer_id", "purpose"],
        unique=False,
    )
    op.create_table(
        "customer_messages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("sentiment", sa.String(length=8), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "sentiment IS NULL OR sentiment IN ('negative', 'neutral', 'positive')",
            name=op.f("ck_customer_messages_sentiment"),
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name=op.f("fk_customer_messages_customer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_customer_messages")),
    )
    op.create_index(op.f("ix_customer_messages_at"), "customer_messages", ["at"], unique=False)
    op.create_index(
        op.f("ix_customer_messages_customer_id"),
        "customer_messages",
        ["customer_id"],
        unique=False,
    )
    op.create_table(
        "erasures",
        sa.Column("customer_id", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_erasures")),
    )
    op.add_column(
        "service_requests",
        sa.Column("priority", sa.Boolean(), server_default=sa.false(), nullable=False),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_column("service_requests", "priority")
    op.drop_table("erasures")
    op.drop_index(op.f("ix_customer_messages_customer_id"), table_name="customer_messages")
    op.drop_index(op.f("ix_customer_messages_at"), table_name="customer_messages")
    op.drop_table("customer_messages")
    op.drop_index(op.f("ix_consents_customer_id_purpose"), table_name="consents")
    op.drop_table("consents")
