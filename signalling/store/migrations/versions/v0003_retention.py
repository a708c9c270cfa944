"""Holds, erasures that a hold keeps, bookkeeping, and how far this database has come in each log of erasures."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "holds",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since_day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", "reason", name=op.f("pk_holds")),
    )
    op.create_table(
        "erasures_due",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("asked_day", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_erasures_due")),
    )
    op.create_table(
        "books",
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Integer(), nullable=False),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("entry", name=op.f("pk_books")),
    )
    op.create_index(op.f("ix_books_customer"), "books", ["customer"], unique=False)
    op.create_index(op.f("ix_books_last_day"), "books", ["last_day"], unique=False)
    op.create_table(
        "erasure_marks",
        sa.Column("log", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("log", name=op.f("pk_erasure_marks")),
    )
