"""Which telephone numbers may be sent an SMS: mobiles of the countries that the operator allows, by default the EEA.

Keeps no number and sends nothing. A number is written in E.164 wherever it is named.
"""

from collections.abc import Iterable
from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType

EEA: Final = "EEA"
"""Stands for all countries of the European Economic Area in a list of countries."""

EEA_COUNTRIES: Final = frozenset(
    {
        *("AT", "AX", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS"),
        *("IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"),
    }
)
"""ISO 3166-1 codes: the Union's, and Iceland, Liechtenstein and Norway. Åland has a code of its own."""

_MOBILE: Final = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


def check_countries(codes: Iterable[str]) -> tuple[str, ...]:
    """The codes themselves, if each is a country that has telephone numbers, or `EEA`. Raises ValueError."""
    checked = tuple(codes)
    known = phonenumbers.SUPPORTED_REGIONS | {EEA}
    if not checked or any(code not in known for code in checked):
        raise ValueError("a country is two capital letters (ISO 3166-1), or EEA for all of it")
    return checked


class Numbers:
    """Which numbers are let through."""

    def __init__(self, countries: Iterable[str] = (EEA,)) -> None:
        codes = frozenset(countries)
        self._countries = (codes - {EEA}) | EEA_COUNTRIES if EEA in codes else codes

    def may_be_sent(self, number: str) -> bool:
        """Whether it is a real mobile number of an allowed country. Premium and fixed lines are not."""
        try:
            parsed = phonenumbers.parse(number, None)
        except phonenumbers.NumberParseException:
            return False
        # All three are asked, whatever the first one says: a refusal shall take as long as a yes.
        is_written_so = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164) == number
        is_mobile = phonenumbers.number_type(parsed) in _MOBILE
        is_here = phonenumbers.region_code_for_number(parsed) in self._countries
        return is_written_so and is_mobile and is_here
