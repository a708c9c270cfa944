"""The data map, what lasts of lists, support threads, consents and staff's reads. `stored` takes it in."""

from typing import Final

from signalling.privacy import activities as why
from signalling.privacy.declaring import Export, declared

_GIVEN: Final = Export.GIVEN
_TECHNICAL: Final = Export.TECHNICAL
_MASKED: Final = Export.MASKED

COLUMNS: Final = (
    *declared(
        "list_entries",
        why.LISTS,
        {
            "entry": ("random id", _GIVEN),
            "kind": ("waiting list or newsletter", _GIVEN),
            "address_index": ("keyed hash of the address", _TECHNICAL),
            "consent": ("by which consent", _GIVEN),
            "sealed_email": ("e-mail address", _GIVEN, "list entry"),
            "sealed_country": ("country, on the waiting list", _GIVEN, "list entry"),
        },
    ),
    *declared(
        "support_threads",
        why.SUPPORT,
        {
            "thread": ("random id", _GIVEN),
            "reference": ("keyed hash of the reference that reaches it", _TECHNICAL),
            "customer": ("of which customer, if it was tied to one", _GIVEN),
            "last_day": ("the day of the last message", _GIVEN),
            "consent": ("by which consent there is an address", _GIVEN),
            "address_index": ("keyed hash of the address", _TECHNICAL),
            "sealed_email": ("e-mail address, by choice", _GIVEN, "support thread"),
        },
    ),
    *declared(
        "support_messages",
        why.SUPPORT,
        {
            "thread": ("in which thread", _GIVEN),
            "place": ("number", _GIVEN),
            "by": ("asker or staff", _GIVEN),
            "day": ("the day it came", _GIVEN),
            "sealed_text": ("what was written", _GIVEN, "support thread"),
        },
    ),
    *declared(
        "consents",
        why.CONSENTS,
        {
            "consent": ("random id; once the entry is gone it leads nowhere", _GIVEN),
            "kind": ("to what: waiting list, newsletter, address for support", _GIVEN),
            "wording": ("version of the words that were shown", _GIVEN),
            "wording_hash": ("hash of those words", _GIVEN),
            "policy_version": ("version of the policy then", _GIVEN),
            "given_day": ("the day it was given", _GIVEN),
            "withdrawn_day": ("the day it was withdrawn, or ended", _GIVEN),
        },
    ),
    *declared(
        "staff_reads",
        why.READS,
        {
            "read": ("random id", _GIVEN),
            "subject": ("whose data were read", _GIVEN),
            "record": ("what was read, from a closed list", _GIVEN),
            "purpose": ("what for, from a closed list", _GIVEN),
            "minute": ("when", _GIVEN),
            "sealed_operator": ("who of staff", _MASKED, "whom it is about"),
        },
    ),
)
