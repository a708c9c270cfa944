"""The tree of receipts: leaves, complete inner nodes, published heads, and how many leaves there are."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "receipt_leaves",
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("place", name=op.f("pk_receipt_leaves")),
        sa.UniqueConstraint("hash", name=op.f("uq_receipt_leaves_hash")),
    )
    op.create_table(
        "receipt_nodes",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "place", name=op.f("pk_receipt_nodes")),
    )
    op.create_table(
        "receipt_heads",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("minute", sa.BigInteger(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_receipt_heads")),
    )
    op.create_table(
        "receipt_counter",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_receipt_counter")),
    )
    counter = sa.table("receipt_counter", sa.column("one"), sa.column("size"))
    op.bulk_insert(counter, [{"one": 1, "size": 0}])
