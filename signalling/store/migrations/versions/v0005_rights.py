"""Subject requests; and an invitation is found by its number, so that the number's owner can be told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them. Invitations of before have no index, and are gone within a week."""
    op.add_column("invitations", sa.Column("phone_index", sa.LargeBinary(), nullable=True))
    op.create_index(op.f("ix_invitations_phone_index"), "invitations", ["phone_index"], unique=False)
    op.create_table(
        "subject_requests",
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("came_by", sa.Text(), nullable=False),
        sa.Column("received_day", sa.Integer(), nullable=False),
        sa.Column("due_day", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_day", sa.Integer(), nullable=True),
        sa.Column("told_day", sa.Integer(), nullable=True),
        sa.Column("sealed_email", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_text", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_answer", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("request", name=op.f("pk_subject_requests")),
    )
    op.create_index(op.f("ix_subject_requests_subject"), "subject_requests", ["subject"], unique=False)
    op.create_index(op.f("ix_subject_requests_due_day"), "subject_requests", ["due_day"], unique=False)
