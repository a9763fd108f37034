"""Days, moments, amounts and counts as they are read in sentences."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from domain.decision import Bilingual
from domain.event import Event
from domain.money import Money
from domain.wording import at_moment, listed, on_day, value

MISSED = Event("missed", date(2032, 2, 5), "1")


@pytest.mark.parametrize(
    ("given", "fr", "en"),
    [
        (None, "aucune valeur", "no value"),
        (True, "oui", "yes"),
        (False, "non", "no"),
        (0, "0", "0"),
        (Money("XAF", 12_500), "12\u00a0500\u00a0FCFA", "12,500\u00a0XAF"),
        (Money("EUR", -123_450), "-1\u00a0234,50\u00a0€", "-1,234.50\u00a0EUR"),
        ({"currency": "EUR", "minor": 5}, "0,05\u00a0€", "0.05\u00a0EUR"),
        ("12500 XAF", "12\u00a0500\u00a0FCFA", "12,500\u00a0XAF"),
        ("0.05 EUR", "0,05\u00a0€", "0.05\u00a0EUR"),
        (date(2032, 3, 1), "1er mars 2032", "1 March 2032"),
        ("2032-08-31", "31 août 2032", "31 August 2032"),
        (Decimal("12.50"), "12,5", "12.5"),
        ("12.5", "12,5", "12.5"),
        ("refused", "refused", "refused"),
        ([], "aucun", "none"),
        ([["missed", "2032-02-05", "1"]], "un, le 5 février 2032", "one, on 5 February 2032"),
        ((MISSED, MISSED), "2, le dernier le 5 février 2032", "2, the last on 5 February 2032"),
    ],
)
def test_a_value(given: Any, fr: str, en: str) -> None:
    assert value(given) == Bilingual(fr, en)


def test_a_text_that_only_looks_like_a_day_stays_a_text() -> None:
    assert value("2032-02-30") == Bilingual("2032-02-30", "2032-02-30")


def test_a_moment_is_local_and_follows_the_clock_change() -> None:
    summer = at_moment(datetime(2032, 3, 28, 7, 5, tzinfo=UTC), "Europe/Paris")
    assert summer == Bilingual("le 28 mars 2032 à 9\u00a0h\u00a005", "on 28 March 2032 at 09:05")
    assert at_moment(datetime(2032, 3, 27, 7, 5, tzinfo=UTC), "Europe/Paris").en.endswith("08:05")


@pytest.mark.parametrize(("parts", "fr", "en"), [(1, "a", "a"), (2, "a et b", "a and b")])
def test_a_list(parts: int, fr: str, en: str) -> None:
    assert listed([Bilingual("a", "a"), Bilingual("b", "b")][:parts]) == Bilingual(fr, en)
    three = listed([on_day(date(2032, 1, day)) for day in (1, 2, 3)])
    assert three.fr == "1er janvier 2032, 2 janvier 2032 et 3 janvier 2032"
