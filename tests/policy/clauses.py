"""The promises, clause by clause, and what of each is open. `report` finds the tests; here is what it can't find.

A test is a clause's if its name says so (`test_p_12_…`); none of those is named here. `elsewhere` names
tests of other subjects that hold it too. `open_` says what is missing; a clause without a test must say so.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Clause:
    """One promise."""

    promise: str
    open_: str = ""
    elsewhere: tuple[str, ...] = ()


CLAUSES: Final = {
    "P-01": Clause(
        "Every video stream is encrypted and out of reach of all but the people at its two ends.",
        elsewhere=(
            "tests/unit/test_house.py::test_no_module_of_the_coordinator_can_agree_on_a_key",
            "tests/unit/protocol/test_tripwire.py",
            "tests/unit/client_sim/test_descriptions.py",
        ),
    ),
    "P-02": Clause(
        "Stream and session data are held only temporarily and erased at once when the transmission ends.",
        elsewhere=("tests/protocol/test_receipts.py", "tests/contract/test_ledger.py"),
    ),
    "P-03": Clause("Pictures and messages are stored securely."),
    "P-04": Clause(
        "On the company's side only technical staff under strict obligations can reach them.",
    ),
    "P-05": Clause("The controller and contact@noisolation.com are named."),
    "P-06": Clause("Customer data: name, phone, e-mail, delivery address, payment details. Nothing else."),
    "P-07": Clause("Customer data are kept while the agreement lives."),
    "P-08": Clause("Bookkeeping data are kept for five years, and no person is in them."),
    "P-09": Clause("Kept for outstanding sums and legal claims, with the reason."),
    "P-10": Clause("An app user's profile is picture, user name, phone. Nothing else."),
    "P-11": Clause("The profile identifies the caller on the Komp when a call starts."),
    "P-12": Clause("A profile is visible to users connected to the same Komp, and to no others."),
    "P-13": Clause(
        "Staff see profiles for support and security only.",
        "purpose and audit are held, and no command shows a profile; roles come with the Admin tool",
    ),
    "P-14": Clause(
        "Erased when the user closes the profile.",
        elsewhere=(
            "tests/simulation/test_news.py::test_a_revoked_endpoint_loses_its_socket",
            "tests/simulation/test_news.py::test_a_call_that_may_not_be_any_more_ends_at_once",
        ),
    ),
    "P-15": Clause("Erased when the Komp is reset."),
    "P-16": Clause("The AV1 app needs no personal data."),
    "P-17": Clause("A support question may leave an e-mail address, by choice."),
    "P-18": Clause(
        "Log data of an AV1 are a closed list.",
        elsewhere=("tests/unit/people/test_robot_log.py", "tests/unit/service/test_robot_log.py"),
    ),
    "P-19": Clause("Log data serve support, proactive support, invoicing and security only."),
    "P-20": Clause("A robot is registered to the customer, not to its user."),
    "P-21": Clause("Logs cannot be traced to an individual."),
    "P-22": Clause(
        "Only technical staff see log data.",
    ),
    "P-23": Clause(
        "Never to third parties unless law requires.",
    ),
    "P-24": Clause("The Admin tool lets a customer organise several products.", "the Admin tool comes later"),
    "P-25": Clause(
        "A data-processing agreement is available for the Admin tool.",
    ),
    "P-26": Clause("Admin accounts: e-mail, name, address.", "the Admin tool comes later"),
    "P-27": Clause("Waiting list: country and e-mail, only with consent."),
    "P-28": Clause("Support is usable without personal data."),
    "P-29": Clause("Support threads are kept one year."),
    "P-30": Clause("Support threads are removed earlier on request."),
    "P-31": Clause("Newsletter: e-mail, only with consent."),
    "P-32": Clause("Consent is withdrawn at any time, then the entry is removed."),
    "P-33": Clause("Active customers' threads are kept as long as they are customers."),
    "P-34": Clause("A deletion request is reviewed in reasonable time."),
    "P-35": Clause("A refusal gives its reasons."),
    "P-36": Clause("Access: all personal data stored about you."),
    "P-37": Clause("Rectification."),
    "P-38": Clause("Erasure when no lawful reason remains."),
    "P-39": Clause("The right to complain to your country's authority."),
    "P-40": Clause("Hosting in Frankfurt; no personal data leaves the EEA."),
    "P-41": Clause("System data stay in the EU/EEA."),
    "P-42": Clause("Relays are in the EU/EEA."),
    "P-43": Clause("SMS through Twilio gives users access to Komp."),
    "P-44": Clause("Twilio's part stays in the EU/EEA."),
    "P-45": Clause("Strict access."),
    "P-46": Clause("Two-factor authentication.", "nobody of staff can log in yet; it comes with the Admin tool"),
    "P-47": Clause("No third party that is not named."),
    "P-48": Clause("The policy is dated and versioned."),
    "P-49": Clause("No web analytics without consent: here none at all."),
    "P-50": Clause("No advertising tools without consent: here none at all."),
    "P-51": Clause("No third-party tools without consent: here none at all."),
    "P-52": Clause(
        "A form for access, deletion or change, with the e-mail address only.",
        elsewhere=("tests/e2e/test_my_data_page.py",),
    ),
}
"""Every clause of the policy."""
