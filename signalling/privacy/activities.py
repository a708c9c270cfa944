"""Why anything is kept: the activities of the Article 30 record. `datamap` says which values belong to each."""

from typing import Final

from signalling.privacy.declaring import Activity, Basis, Eraser, Kept, Reader, Subject

CALLS: Final = Activity(
    "calls",
    "Place a call between two ends and carry their sealed boxes",
    Subject.PERSON,
    Basis.CONTRACT,
    Kept.CALL,
    (Eraser.CALL,),
    (),
)
SESSIONS: Final = Activity(
    "sessions",
    "Know which app or device can be reached now",
    Subject.PERSON,
    Basis.CONTRACT,
    Kept.SESSION,
    (Eraser.SESSION,),
    (Reader.CIRCLE,),
)
TOMBSTONES: Final = Activity(
    "tombstones",
    "Tell an end that was away how its call ended",
    Subject.NOBODY,
    Basis.NONE,
    Kept.TOMBSTONE,
    (Eraser.TOMBSTONES,),
    (Reader.ENDS,),
)
RECEIPTS: Final = Activity(
    "receipts",
    "Let both ends hold the coordinator to its word that a call was erased",
    Subject.NOBODY,
    Basis.NONE,
    Kept.FOR_GOOD,
    (Eraser.NOTHING,),
    (Reader.ANYONE,),
)
PROFILES: Final = Activity(
    "profiles",
    "Show on the Komp, and to its other members, who calls",
    Subject.PERSON,
    Basis.CONTRACT,
    Kept.PROFILE,
    (Eraser.PERSON, Eraser.CIRCLE, Eraser.PROFILES),
    (Reader.SELF, Reader.CIRCLE, Reader.DEVICE),
)
ENDPOINTS: Final = Activity(
    "endpoints",
    "Know an app or a device again by its own key, and hand its keys to those it is linked with",
    Subject.PERSON,
    Basis.CONTRACT,
    Kept.PROFILE,
    (Eraser.PERSON, Eraser.CIRCLE),
    (Reader.SELF, Reader.CIRCLE, Reader.DEVICE),
)
MEMBERSHIPS: Final = Activity(
    "memberships",
    "Decide who may see and ring whom",
    Subject.PERSON,
    Basis.CONTRACT,
    Kept.MEMBERSHIP,
    (Eraser.PERSON, Eraser.CIRCLE, Eraser.MEMBERSHIP),
    (Reader.SELF, Reader.CIRCLE, Reader.DEVICE),
)
INVITATIONS: Final = Activity(
    "invitations",
    "Let an invited person in, once, within a week",
    Subject.PERSON,
    Basis.CONTRACT,
    Kept.WEEK,
    (Eraser.INVITATIONS, Eraser.PERSON, Eraser.CIRCLE),
    (Reader.CIRCLE,),
)
POSTS: Final = Activity(
    "posts",
    "Keep pictures and messages, sealed by their author, until their readers have fetched them",
    Subject.PERSON,
    Basis.CONTRACT,
    Kept.WEEK,
    (Eraser.POSTS, Eraser.PERSON, Eraser.CIRCLE),
    (Reader.ENDS,),
)
CUSTOMERS: Final = Activity(
    "customers",
    "Deliver devices and services to a customer, and be paid",
    Subject.CUSTOMER,
    Basis.CONTRACT,
    Kept.AGREEMENT,
    (Eraser.CUSTOMER, Eraser.AGREEMENT, Eraser.LIFTED),
    (Reader.SELF, Reader.OPERATOR),
)
BOOKS: Final = Activity(
    "books",
    "Keep books, as the law wants, without a person in them",
    Subject.CUSTOMER,
    Basis.LAW,
    Kept.BOOKS,
    (Eraser.BOOKS,),
    (Reader.OPERATOR,),
)
HOLDS: Final = Activity(
    "holds",
    "Keep what an outstanding sum, a legal claim or an authority's order needs, with the reason",
    Subject.CUSTOMER,
    Basis.LAW,
    Kept.HOLD,
    (Eraser.HOLDS, Eraser.LIFTED),
    (Reader.SELF, Reader.OPERATOR),
)
REQUESTS: Final = Activity(
    "requests",
    "Answer who asks for access, rectification, erasure or restriction, or objects",
    Subject.PERSON,
    Basis.LAW,
    Kept.REQUEST,
    (Eraser.REQUESTS, Eraser.PERSON),
    (Reader.SELF, Reader.OPERATOR),
)
ERASURES: Final = Activity(
    "erasures",
    "Erase again what a restored backup brings back",
    Subject.NOBODY,
    Basis.NONE,
    Kept.BACKUPS,
    (Eraser.ERASURE_LOG,),
    (),
)
DEVICES: Final = Activity(
    "devices",
    "Run the devices that a customer owns",
    Subject.DEVICE,
    Basis.CONTRACT,
    Kept.DEVICE,
    (Eraser.CIRCLE, Eraser.AGREEMENT),
    (Reader.SELF, Reader.OPERATOR, Reader.CIRCLE),
)
ROBOTS: Final = Activity(
    "robots",
    "Link a robot with one app, of which nothing is known but its key",
    Subject.DEVICE,
    Basis.CONTRACT,
    Kept.DEVICE,
    (Eraser.CIRCLE, Eraser.PERSON),
    (Reader.DEVICE,),
)
AV1_LOG: Final = Activity(
    "av1_log",
    "Support and secure robots: how often a bucket was told by a robot on a day, and never whose session it was",
    Subject.DEVICE,
    Basis.CONTRACT,
    Kept.AV1_LOG,
    (Eraser.AV1_LOG, Eraser.CIRCLE, Eraser.AGREEMENT),
    (Reader.OPERATOR,),
)
AV1_USAGE: Final = Activity(
    "av1_usage",
    "Invoice a robot's minutes, and show its customer the sum and the day of the last use",
    Subject.DEVICE,
    Basis.CONTRACT,
    Kept.AV1_USAGE,
    (Eraser.AV1_USAGE, Eraser.AGREEMENT),
    (Reader.SELF, Reader.OPERATOR),
)
TEXTS: Final = Activity(
    "texts",
    "Send a one-time code or an invitation to a telephone",
    Subject.PERSON,
    Basis.CONTRACT,
    Kept.CODE,
    (Eraser.PROCESS,),
    (Reader.SELF,),
    processor="twilio-messaging",
)
PACE: Final = Activity(
    "pace",
    "Let no network and no app ask so often that others suffer, or guess codes",
    Subject.PERSON,
    Basis.INTEREST,
    Kept.MINUTE,
    (Eraser.PROCESS,),
    (),
)
RELAYING: Final = Activity(
    "relaying",
    "Get credentials for a relay",
    Subject.NOBODY,
    Basis.NONE,
    Kept.CALL,
    (Eraser.CALL,),
    (),
    processor="twilio-tokens",
)
KEYS: Final = Activity(
    "keys",
    "Seal personal columns, so that erasing a key erases what it sealed",
    Subject.PERSON,
    Basis.INTEREST,
    Kept.PROFILE,
    (Eraser.PERSON, Eraser.CUSTOMER, Eraser.INVITATIONS),
    (),
)
CHANGES: Final = Activity(
    "changes",
    "Let live connections on every node hear of a change",
    Subject.PERSON,
    Basis.CONTRACT,
    Kept.CHANGES,
    (Eraser.CHANGES,),
    (),
)
RUNNING: Final = Activity(
    "running",
    "Run and secure the service: log lines and figures that name nobody",
    Subject.NOBODY,
    Basis.NONE,
    Kept.LOG,
    (Eraser.OPERATOR, Eraser.PROCESS),
    (Reader.OPERATOR,),
)
LISTS: Final = Activity(
    "lists",
    "Write to those who asked for it: the waiting list and the newsletter",
    Subject.WRITER,
    Basis.CONSENT,
    Kept.CONSENT,
    (Eraser.WITHDRAWAL,),
    (Reader.OPERATOR,),
)
SUPPORT: Final = Activity(
    "support",
    "Answer questions; nobody need say who they are",
    Subject.WRITER,
    Basis.CONSENT,
    Kept.SUPPORT,
    (Eraser.THREAD, Eraser.THREADS, Eraser.CUSTOMER, Eraser.AGREEMENT),
    (Reader.SELF, Reader.OPERATOR),
)
CONSENTS: Final = Activity(
    "consents",
    "Show that a consent was asked for, to which words, and when it ended",
    Subject.NOBODY,
    Basis.NONE,
    Kept.FOR_GOOD,
    (Eraser.NOTHING,),
    (Reader.OPERATOR,),
)
READS: Final = Activity(
    "reads",
    "Show people and customers which of their data staff have read, and what for",
    Subject.PERSON,
    Basis.INTEREST,
    Kept.READS,
    (Eraser.READS, Eraser.PERSON, Eraser.CUSTOMER, Eraser.AGREEMENT, Eraser.THREAD, Eraser.WITHDRAWAL),
    (Reader.SELF, Reader.OPERATOR),
)

ACTIVITIES: Final = (
    CALLS, SESSIONS, TOMBSTONES, RECEIPTS, PROFILES, ENDPOINTS, MEMBERSHIPS, INVITATIONS, POSTS, CUSTOMERS, BOOKS,
    HOLDS, REQUESTS, DEVICES, ROBOTS, AV1_LOG, AV1_USAGE, TEXTS, PACE, RELAYING, KEYS, CHANGES, ERASURES, RUNNING,
    LISTS, SUPPORT, CONSENTS, READS,
)  # fmt: skip
