"""Consents, the waiting list and the newsletter, and support threads."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "consents",
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("wording_hash", sa.LargeBinary(), nullable=False),
        sa.Column("policy_version", sa.Text(), nullable=False),
        sa.Column("given_day", sa.Integer(), nullable=False),
        sa.Column("withdrawn_day", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("consent", name=op.f("pk_consents")),
    )
    op.create_table(
        "list_entries",
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("address_index", sa.LargeBinary(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=False),
        sa.Column("sealed_email", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_country", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["consent"], ["consents.consent"], name=op.f("fk_list_entries_consent"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_list_entries")),
        sa.UniqueConstraint("address_index", name=op.f("uq_list_entries_address_index")),
        sa.UniqueConstraint("consent", name=op.f("uq_list_entries_consent")),
    )
    op.create_table(
        "support_threads",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("reference", sa.LargeBinary(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=True),
        sa.Column("last_day", sa.Integer(), nullable=False),
        sa.Column("consent", sa.Text(), nullable=True),
        sa.Column("sealed_email", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["consent"], ["consents.consent"], name=op.f("fk_support_threads_consent"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["customer"], ["customers.customer"], name=op.f("fk_support_threads_customer"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("thread", name=op.f("pk_support_threads")),
        sa.UniqueConstraint("consent", name=op.f("uq_support_threads_consent")),
        sa.UniqueConstraint("reference", name=op.f("uq_support_threads_reference")),
    )
    op.create_index(op.f("ix_support_threads_customer"), "support_threads", ["customer"], unique=False)
    op.create_index(op.f("ix_support_threads_last_day"), "support_threads", ["last_day"], unique=False)
    op.create_table(
        "support_messages",
        sa.Column("thread", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["thread"], ["support_threads.thread"], name=op.f("fk_support_messages_thread"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("thread", "place", name=op.f("pk_support_messages")),
    )
