"""Staff's reads, each a line under the key of whom it is about; and a thread is found by the address left in it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them. Threads of before are given their index when the store is opened, as it takes a key."""
    op.add_column("support_threads", sa.Column("address_index", sa.LargeBinary(), nullable=True))
    op.create_index(op.f("ix_support_threads_address_index"), "support_threads", ["address_index"], unique=False)
    op.create_table(
        "staff_reads",
        sa.Column("read", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("minute", sa.BigInteger(), nullable=False),
        sa.Column("sealed_operator", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subject"], ["subject_keys.subject"], name=op.f("fk_staff_reads_subject"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("read", name=op.f("pk_staff_reads")),
    )
    op.create_index(op.f("ix_staff_reads_subject"), "staff_reads", ["subject"], unique=False)
    op.create_index(op.f("ix_staff_reads_minute"), "staff_reads", ["minute"], unique=False)
