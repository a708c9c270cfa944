"""The data map, what lasts of lists, support threads and consents. `stored` takes it in."""

from typing import Final

from signalling.privacy import activities as why
from signalling.privacy.declaring import Export, declared

_GIVEN: Final = Export.GIVEN
_TECHNICAL: Final = Export.TECHNICAL
_NOBODY: Final = Export.NOT_ABOUT_ANYBODY

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
            "consent": ("random id; once the entry is gone it leads nowhere", _NOBODY),
            "kind": ("to what: waiting list, newsletter, address for support", _NOBODY),
            "wording": ("version of the words that were shown", _NOBODY),
            "wording_hash": ("hash of those words", _NOBODY),
            "policy_version": ("version of the policy then", _NOBODY),
            "given_day": ("the day it was given", _NOBODY),
            "withdrawn_day": ("the day it was withdrawn, or ended", _NOBODY),
        },
    ),
)
