"""Buckets and bands of the AV1 log."""

import pytest

from signalling.people.robot_log import BUCKETS, LogField, bucket_of, hours_of, minutes_of, when
from signalling.store.robot_log import month_of


@pytest.mark.parametrize(
    ("field", "value", "bucket"),
    [
        (LogField.ROUND_TRIP, 0, "under 50"),
        (LogField.ROUND_TRIP, 49, "under 50"),
        (LogField.ROUND_TRIP, 50, "50 to 100"),
        (LogField.ROUND_TRIP, 86_400_000, "800 or more"),
        (LogField.LOST, 0.5, "0.5 to 1"),
        (LogField.SIGNAL, -140, "under -110"),
        (LogField.SIGNAL, 0, "-50 or more"),
        (LogField.NETWORK, "wifi", "wifi"),
        (LogField.MOBILE, "5g", "5g"),
        (LogField.MOBILE, "Room 12", None),
        (LogField.NETWORK, 7, None),
        (LogField.JITTER, "7", None),
    ],
)
def test_a_value_has_one_bucket_of_the_list_or_none(field: LogField, value: float | str, bucket: str | None) -> None:
    assert bucket_of(field, value) == bucket
    assert bucket is None or bucket in BUCKETS[field]


def test_every_field_has_buckets_of_its_own() -> None:
    assert set(BUCKETS) == set(LogField)
    assert all(len(set(buckets)) == len(buckets) <= 8 for buckets in BUCKETS.values())


@pytest.mark.parametrize(("second", "band"), [(0, 0), (10_799, 0), (10_800, 1), (86_399, 7)])
def test_a_moment_is_a_day_and_three_hours_of_it(second: int, band: int) -> None:
    assert when(20_000 * 86_400 + second + 0.9) == (20_000, band)


def test_bands_days_and_minutes_in_words() -> None:
    assert (hours_of(0), hours_of(7)) == ("00-03", "21-24")
    assert [minutes_of(seconds) for seconds in (0, 0.1, 60, 60.1)] == [0, 1, 1, 2]
    assert [month_of(day) for day in (0, 30, 31)] == ["1970-01", "1970-01", "1970-02"]
