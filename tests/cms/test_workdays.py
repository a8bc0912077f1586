"""Working days as the State Council arranges them, and what the desk adds."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cms import holidays, workdays
from cms.models import DayKind, Holiday
from cms.workdays import Calendar

PLAIN = Calendar()


def test_weekends_do_not_count_and_neither_does_the_first_day() -> None:
    friday = date(2026, 11, 20)
    assert workdays.after(friday, 3, PLAIN) == date(2026, 11, 25)
    assert workdays.left(friday, date(2026, 11, 25), PLAIN) == 3
    assert workdays.left(date(2026, 11, 25), date(2026, 11, 25), PLAIN) == 0
    assert workdays.left(date(2026, 11, 30), date(2026, 11, 25), PLAIN) == -3


def test_a_span_counts_both_its_ends() -> None:
    assert workdays.between(date(2026, 11, 20), date(2026, 11, 23), PLAIN) == 2
    assert workdays.between(date(2026, 11, 21), date(2026, 11, 22), PLAIN) == 0
    assert workdays.between(date(2026, 11, 23), date(2026, 11, 20), PLAIN) == 0


@given(start=st.dates(date(2024, 1, 1), date(2027, 12, 31)), days=st.integers(1, 40))
def test_what_is_left_of_a_fresh_term_is_the_term(start: date, days: int) -> None:
    calendar = Calendar(off=frozenset({date(2026, 10, 1)}), on=frozenset({date(2026, 10, 10)}))
    assert workdays.left(start, workdays.after(start, days, calendar), calendar) == days


@pytest.mark.django_db
def test_20_working_days_from_26_september_2025_end_on_30_october() -> None:
    start = date(2025, 9, 26)
    assert workdays.after(start, 20, holidays.around(start)) == date(2025, 10, 30)
    assert workdays.after(start, 20, PLAIN) == date(2025, 10, 24)


@pytest.mark.django_db
def test_a_holiday_of_the_region_stands_over_the_package() -> None:
    start = date(2026, 4, 17)
    assert workdays.after(start, 1, holidays.around(start)) == date(2026, 4, 20)
    Holiday.objects.create(date=date(2026, 4, 20), kind=DayKind.OFF, name="三月三")
    assert workdays.after(start, 1, holidays.around(start)) == date(2026, 4, 21)
    Holiday.objects.create(date=date(2026, 10, 1), kind=DayKind.ON, name="值班")
    assert holidays.around(start).is_workday(date(2026, 10, 1))


@pytest.mark.django_db
def test_a_year_nobody_has_told_is_unknown_until_its_legal_days_are_entered() -> None:
    assert holidays.calendar([2026]).unknown == frozenset()
    assert holidays.calendar([2026, 2031]).unknown == {2031}
    assert not holidays.calendar([2031]).is_workday(date(2031, 10, 1))
    for day in range(1, holidays.LEGAL_DAYS + 1):
        Holiday.objects.create(date=date(2031, 2, day), kind=DayKind.OFF, name="测试")
    assert holidays.calendar([2031]).unknown == frozenset()
