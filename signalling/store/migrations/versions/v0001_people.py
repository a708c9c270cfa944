"""The first tables: customers, devices, people, links, posts that wait."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "change_counter",
        sa.Column("one", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("one", name=op.f("pk_change_counter")),
    )
    op.create_table(
        "changes",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_changes")),
    )
    op.create_index("ix_changes_at", "changes", ["at"], unique=False)
    op.create_table(
        "customers",
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("dpa_version", sa.Text(), nullable=True),
        sa.Column("created_day", sa.Integer(), nullable=False),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_phone", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_email", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_address", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_payment_reference", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("customer", name=op.f("pk_customers")),
    )
    op.create_table(
        "parties",
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("party", name=op.f("pk_parties")),
    )
    op.create_table(
        "subject_keys",
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("master", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_subject_keys")),
    )
    op.create_index(op.f("ix_subject_keys_master"), "subject_keys", ["master"], unique=False)
    op.create_table(
        "devices",
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer"], ["customers.customer"], name=op.f("fk_devices_customer"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["party"], ["parties.party"], name=op.f("fk_devices_party"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("party", name=op.f("pk_devices")),
        sa.UniqueConstraint("token", name=op.f("uq_devices_token")),
    )
    op.create_index(op.f("ix_devices_customer"), "devices", ["customer"], unique=False)
    op.create_table(
        "endpoints",
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("identity", sa.LargeBinary(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.Column("statement_key", sa.Text(), nullable=True),
        sa.Column("statement_serial", sa.BigInteger(), nullable=True),
        sa.Column("statement_not_after", sa.BigInteger(), nullable=True),
        sa.Column("statement_signature", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["party"], ["parties.party"], name=op.f("fk_endpoints_party"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("endpoint", name=op.f("pk_endpoints")),
    )
    op.create_index(op.f("ix_endpoints_party"), "endpoints", ["party"], unique=False)
    op.create_table(
        "profiles",
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("phone_index", sa.LargeBinary(), nullable=False),
        sa.Column("alone_since_day", sa.Integer(), nullable=True),
        sa.Column("sealed_name", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_phone", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_picture", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["party"], ["parties.party"], name=op.f("fk_profiles_party"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("party", name=op.f("pk_profiles")),
        sa.UniqueConstraint("phone_index", name=op.f("uq_profiles_phone_index")),
    )
    op.create_table(
        "invitations",
        sa.Column("invitation", sa.Text(), nullable=False),
        sa.Column("code", sa.LargeBinary(), nullable=False),
        sa.Column("komp", sa.Text(), nullable=False),
        sa.Column("inviter", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("video_only", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("sealed_phone", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["inviter"], ["profiles.party"], name=op.f("fk_invitations_inviter"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["komp"], ["devices.party"], name=op.f("fk_invitations_komp"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("invitation", name=op.f("pk_invitations")),
        sa.UniqueConstraint("code", name=op.f("uq_invitations_code")),
    )
    op.create_index(op.f("ix_invitations_expires_at"), "invitations", ["expires_at"], unique=False)
    op.create_index(op.f("ix_invitations_inviter"), "invitations", ["inviter"], unique=False)
    op.create_index(op.f("ix_invitations_komp"), "invitations", ["komp"], unique=False)
    op.create_table(
        "keywords",
        sa.Column("av1", sa.Text(), nullable=False),
        sa.Column("keyword", sa.LargeBinary(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["av1"], ["devices.party"], name=op.f("fk_keywords_av1"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("av1", name=op.f("pk_keywords")),
        sa.UniqueConstraint("keyword", name=op.f("uq_keywords_keyword")),
    )
    op.create_table(
        "memberships",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("komp", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.Column("video_only", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["komp"], ["devices.party"], name=op.f("fk_memberships_komp"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["person"], ["profiles.party"], name=op.f("fk_memberships_person"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person", "komp", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_komp"), "memberships", ["komp"], unique=False)
    op.create_table(
        "pictures",
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("picture_index", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["party"], ["profiles.party"], name=op.f("fk_pictures_party"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("party", name=op.f("pk_pictures")),
    )
    op.create_index(op.f("ix_pictures_picture_index"), "pictures", ["picture_index"], unique=False)
    op.create_table(
        "posts",
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("author_key", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("box_bytes", sa.Integer(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["author"], ["endpoints.endpoint"], name=op.f("fk_posts_author"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("post", name=op.f("pk_posts")),
    )
    op.create_index(op.f("ix_posts_author"), "posts", ["author"], unique=False)
    op.create_index(op.f("ix_posts_expires_at"), "posts", ["expires_at"], unique=False)
    op.create_table(
        "robot_links",
        sa.Column("av1", sa.Text(), nullable=False),
        sa.Column("app", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["app"], ["parties.party"], name=op.f("fk_robot_links_app"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["av1"], ["devices.party"], name=op.f("fk_robot_links_av1"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("av1", name=op.f("pk_robot_links")),
        sa.UniqueConstraint("app", name=op.f("uq_robot_links_app")),
    )
    op.create_table(
        "post_readers",
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("reader_key", sa.BigInteger(), nullable=False),
        sa.Column("wrap", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["endpoint"], ["endpoints.endpoint"], name=op.f("fk_post_readers_endpoint"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["post"], ["posts.post"], name=op.f("fk_post_readers_post"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("endpoint", "post", name=op.f("pk_post_readers")),
    )
    op.create_index(op.f("ix_post_readers_post"), "post_readers", ["post"], unique=False)
    counter = sa.table("change_counter", sa.column("one"), sa.column("seq"))
    op.bulk_insert(counter, [{"one": 1, "seq": 0}])
