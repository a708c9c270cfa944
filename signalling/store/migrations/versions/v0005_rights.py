"""An invitation is found by the number that it was sent to, so that its owner can be told of it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make it. Invitations of before have none, and are gone within a week."""
    op.add_column("invitations", sa.Column("phone_index", sa.LargeBinary(), nullable=True))
    op.create_index(op.f("ix_invitations_phone_index"), "invitations", ["phone_index"], unique=False)
