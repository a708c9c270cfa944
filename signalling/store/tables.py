"""Every table and column that lasts. A column named `sealed_…` holds what only its subject's key opens.

What names or describes a person stands in sealed columns alone; ids are random. Nothing of a call has a column here.
`migrations/` brings a database to this, and a test holds that the two agree.
"""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _belongs_to(name: str, target: str, **more: Any) -> Column[str]:
    """A reference whose row goes with what it refers to."""
    return Column(name, Text, ForeignKey(target, ondelete="CASCADE"), nullable=False, **more)


subject_keys: Final = Table(
    "subject_keys",
    METADATA,
    Column("subject", Text, primary_key=True),  # person:…, customer:…, listed:…, thread:…, index, pepper …
    Column("master", Text, nullable=False, index=True),  # the version that wrapped it
    Column("wrapped", LargeBinary, nullable=False),
)

customers: Final = Table(
    "customers",
    METADATA,
    Column("customer", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("dpa_version", Text),
    Column("created_day", Integer, nullable=False),
    Column("sealed_name", LargeBinary, nullable=False),
    Column("sealed_phone", LargeBinary),
    Column("sealed_email", LargeBinary),
    Column("sealed_address", LargeBinary),
    Column("sealed_payment_reference", LargeBinary),
)

parties: Final = Table(
    "parties",
    METADATA,
    Column("party", Text, primary_key=True),
    Column("kind", Text, nullable=False),
)

devices: Final = Table(
    "devices",
    METADATA,
    _belongs_to("party", "parties.party", primary_key=True),
    Column("kind", Text, nullable=False),
    Column("customer", Text, ForeignKey("customers.customer", ondelete="RESTRICT"), nullable=False, index=True),
    Column("status", Text, nullable=False),
    Column("token", LargeBinary, unique=True),  # HMAC of the provisioning token; none once used
    Column("sealed_name", LargeBinary, nullable=False),
)

endpoints: Final = Table(
    "endpoints",
    METADATA,
    Column("endpoint", Text, primary_key=True),
    _belongs_to("party", "parties.party", index=True),
    Column("identity", LargeBinary, nullable=False),
    Column("revoked", Boolean(create_constraint=False), nullable=False),
    Column("statement_key", Text),
    Column("statement_serial", BigInteger),
    Column("statement_not_after", BigInteger),
    Column("statement_signature", Text),
)

profiles: Final = Table(
    "profiles",
    METADATA,
    _belongs_to("party", "parties.party", primary_key=True),
    Column("phone_index", LargeBinary, nullable=False, unique=True),  # HMAC of the number
    Column("alone_since_day", Integer),  # none while a member of some Komp
    Column("sealed_name", LargeBinary, nullable=False),
    Column("sealed_phone", LargeBinary, nullable=False),
    Column("sealed_picture", LargeBinary),  # the picture's hash
)

pictures: Final = Table(
    "pictures",
    METADATA,
    _belongs_to("party", "profiles.party", primary_key=True),
    Column("picture_index", LargeBinary, nullable=False, index=True),  # HMAC of the picture's hash
    Column("sealed_content", LargeBinary, nullable=False),
)

memberships: Final = Table(
    "memberships",
    METADATA,
    _belongs_to("person", "profiles.party", primary_key=True),
    _belongs_to("komp", "devices.party", primary_key=True, index=True),
    Column("role", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("video_only", Boolean(create_constraint=False), nullable=False),
)

robot_links: Final = Table(
    "robot_links",
    METADATA,
    _belongs_to("av1", "devices.party", primary_key=True),
    _belongs_to("app", "parties.party", unique=True),
)

keywords: Final = Table(
    "keywords",
    METADATA,
    _belongs_to("av1", "devices.party", primary_key=True),
    Column("keyword", LargeBinary, nullable=False, unique=True),  # HMAC
    Column("used", Boolean(create_constraint=False), nullable=False),
    Column("expires_at", BigInteger, nullable=False),
)

invitations: Final = Table(
    "invitations",
    METADATA,
    Column("invitation", Text, primary_key=True),
    Column("code", LargeBinary, nullable=False, unique=True),  # HMAC
    _belongs_to("komp", "devices.party", index=True),
    Column("inviter", Text, ForeignKey("profiles.party", ondelete="CASCADE"), index=True),  # none: the operator
    Column("role", Text, nullable=False),
    Column("side", Text, nullable=False),
    Column("video_only", Boolean(create_constraint=False), nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("phone_index", LargeBinary, index=True),  # HMAC of the number: its owner is told of it in an export
    Column("sealed_phone", LargeBinary),  # under a key of the invitation's own, gone once it is used or has expired
)

posts: Final = Table(
    "posts",
    METADATA,
    Column("post", Text, primary_key=True),
    _belongs_to("author", "endpoints.endpoint", index=True),
    Column("purpose", Text, nullable=False),
    Column("author_key", BigInteger, nullable=False),
    Column("day", Integer, nullable=False),
    Column("expires_at", BigInteger, nullable=False, index=True),
    Column("box_bytes", Integer, nullable=False),
    Column("box", LargeBinary, nullable=False),  # sealed by its author for its readers: the server has no key to it
)

post_readers: Final = Table(
    "post_readers",
    METADATA,
    _belongs_to("endpoint", "endpoints.endpoint", primary_key=True),
    _belongs_to("post", "posts.post", primary_key=True, index=True),
    Column("reader_key", BigInteger, nullable=False),
    Column("wrap", Text, nullable=False),
)

changes: Final = Table(
    "changes",
    METADATA,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("party", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
)
Index("ix_changes_at", changes.c.at)

change_counter: Final = Table(
    "change_counter",
    METADATA,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("seq", BigInteger, nullable=False),
)

receipt_leaves: Final = Table(
    "receipt_leaves",
    METADATA,
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False, unique=True),
    Column("leaf", LargeBinary, nullable=False),  # signalling.privacy.receipts says what stands in it: nobody
)

receipt_nodes: Final = Table(
    "receipt_nodes",
    METADATA,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary, nullable=False),
)

receipt_heads: Final = Table(
    "receipt_heads",
    METADATA,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("minute", BigInteger, nullable=False),
    Column("signature", LargeBinary, nullable=False),
)

receipt_counter: Final = Table(
    "receipt_counter",
    METADATA,
    Column("one", Integer, primary_key=True, autoincrement=False),
    Column("size", BigInteger, nullable=False),
)

holds: Final = Table(
    "holds",
    METADATA,
    Column("subject", Text, primary_key=True),  # person:… or customer:…, as in subject_keys
    Column("reason", Text, primary_key=True),
    Column("since_day", Integer, nullable=False),
)

subject_requests: Final = Table(
    "subject_requests",
    METADATA,
    Column("request", Text, primary_key=True),
    Column("subject", Text, index=True),  # person:…; none: by the form, and nobody was looked up
    Column("kind", Text, nullable=False),
    Column("came_by", Text, nullable=False),
    Column("received_day", Integer, nullable=False),
    Column("due_day", Integer, nullable=False, index=True),
    Column("outcome", Text),  # none: not decided
    Column("reason", Text),
    Column("decided_day", Integer),
    Column("told_day", Integer),
    Column("sealed_email", LargeBinary),  # these under a key of the request's own, gone with it
    Column("sealed_text", LargeBinary),
    Column("sealed_answer", LargeBinary),
)

erasures_due: Final = Table(
    "erasures_due",
    METADATA,
    Column("subject", Text, primary_key=True),  # asked for, or due, while a hold kept it
    Column("asked_day", Integer, nullable=False),
)

books: Final = Table(
    "books",
    METADATA,
    Column("entry", Text, primary_key=True),
    Column("customer", Text, nullable=False, index=True),  # an id that leads nowhere once the customer is erased
    Column("last_day", Integer, nullable=False, index=True),
    Column("sealed_content", LargeBinary, nullable=False),  # under a key of its own: books:…
)

av1_log: Final = Table(
    "av1_log",
    METADATA,
    Column("day", Integer, primary_key=True, autoincrement=False),
    _belongs_to("device", "devices.party", primary_key=True, index=True),
    Column("band", Integer, primary_key=True, autoincrement=False),  # three hours of that day, in UTC
    Column("field", Text, primary_key=True),  # signalling.people.robot_log: a closed list, and so are its buckets
    Column("bucket", Text, primary_key=True),
    Column("times", BigInteger, nullable=False),
    sqlite_with_rowid=False,  # row ids would tell in which order it came
)

av1_usage: Final = Table(
    "av1_usage",
    METADATA,
    _belongs_to("device", "devices.party", primary_key=True),
    _belongs_to("customer", "customers.customer", primary_key=True, index=True),  # whose it was then
    Column("month", Text, primary_key=True),
    Column("minutes", BigInteger, nullable=False),
    Column("last_day", Integer, nullable=False),
    sqlite_with_rowid=False,
)

erasure_marks: Final = Table(
    "erasure_marks",
    METADATA,
    Column("log", Text, primary_key=True),  # which file of erasures
    Column("seq", BigInteger, nullable=False),  # how far this database has come in it
)

# ---------------------------------------------------------------- lists and support

consents: Final = Table(
    "consents",
    METADATA,
    Column("consent", Text, primary_key=True),  # random; nothing leads from here to anybody
    Column("kind", Text, nullable=False),
    Column("wording", Text, nullable=False),
    Column("wording_hash", LargeBinary, nullable=False),
    Column("policy_version", Text, nullable=False),
    Column("given_day", Integer, nullable=False),
    Column("withdrawn_day", Integer),  # withdrawn, or over; then no row refers to it any more
)

list_entries: Final = Table(
    "list_entries",
    METADATA,
    Column("entry", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("address_index", LargeBinary, nullable=False, unique=True),  # HMAC of list and address
    Column("consent", Text, ForeignKey("consents.consent", ondelete="RESTRICT"), nullable=False, unique=True),
    Column("sealed_email", LargeBinary, nullable=False),
    Column("sealed_country", LargeBinary),
)

support_threads: Final = Table(
    "support_threads",
    METADATA,
    Column("thread", Text, primary_key=True),
    Column("reference", LargeBinary, nullable=False, unique=True),  # HMAC
    Column("customer", Text, ForeignKey("customers.customer", ondelete="RESTRICT"), index=True),  # none: nobody's
    Column("last_day", Integer, nullable=False, index=True),  # of the last message
    Column("consent", Text, ForeignKey("consents.consent", ondelete="RESTRICT"), unique=True),  # to the address
    Column("address_index", LargeBinary, index=True),  # HMAC of the address: its owner may ask for it, or off it
    Column("sealed_email", LargeBinary),
)

support_messages: Final = Table(
    "support_messages",
    METADATA,
    _belongs_to("thread", "support_threads.thread", primary_key=True),
    Column("place", Integer, primary_key=True, autoincrement=False),
    Column("by", Text, nullable=False),
    Column("day", Integer, nullable=False),
    Column("sealed_text", LargeBinary, nullable=False),
)

staff_reads: Final = Table(
    "staff_reads",
    METADATA,
    Column("read", Text, primary_key=True),
    _belongs_to("subject", "subject_keys.subject", index=True),  # gone with the key of whom it is about
    Column("record", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("minute", BigInteger, nullable=False, index=True),
    Column("sealed_operator", LargeBinary, nullable=False),
)
