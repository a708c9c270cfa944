"""The AV1 log, by device and day, and the minutes that are summed for invoices."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them. Without row ids: SQLite would number rows in the order in which they came."""
    op.create_table(
        "av1_log",
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("band", sa.Integer(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["devices.party"], name=op.f("fk_av1_log_device"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("day", "device", "band", "field", "bucket", name=op.f("pk_av1_log")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_av1_log_device"), "av1_log", ["device"], unique=False)
    op.create_table(
        "av1_usage",
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("last_day", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["device"], ["devices.party"], name=op.f("fk_av1_usage_device"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["customer"], ["customers.customer"], name=op.f("fk_av1_usage_customer"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("device", "customer", "month", name=op.f("pk_av1_usage")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_av1_usage_customer"), "av1_usage", ["customer"], unique=False)
