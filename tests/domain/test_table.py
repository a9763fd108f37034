"""Cells of a table: as people read them, and as programs do."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from domain.decision import Bilingual
from domain.money import Money
from domain.table import Column, Kind, plain, shown

LABEL = Bilingual("x", "x")
AT = datetime(2032, 3, 1, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "value", "french", "english", "bare"),
    [
        (Kind.TEXT, None, "", "", ""),
        (Kind.TEXT, "CT-1", "CT-1", "CT-1", "CT-1"),
        (Kind.TEXT, True, "oui", "yes", "oui"),
        (Kind.INT, 1234, "1\u00a0234", "1,234", 1234),
        (Kind.INT, -5, "-5", "-5", -5),
        (Kind.MONEY, Money("XAF", 12500), "12\u00a0500\u00a0FCFA", "12,500\u00a0XAF", Decimal(12500)),
        (Kind.MONEY, Money("EUR", 1250), "12,50\u00a0€", "12.50\u00a0EUR", Decimal("12.50")),
        (Kind.PERCENT, Decimal("0.1254"), "12,5\u00a0%", "12.5%", Decimal("0.1254")),
        (Kind.DATE, date(2032, 2, 9), "09/02/2032", "2032-02-09", "2032-02-09"),
        (Kind.INSTANT, AT, "02/03/2032 00:30", "2032-03-02 00:30", "2032-03-02T00:30:00+01:00"),
    ],
)
def test_a_value_in_its_column(kind: Kind, value: object, french: str, english: str, bare: object) -> None:
    column = Column("x", LABEL, kind)
    assert shown(column, value, "fr", "Africa/Douala") == french
    assert shown(column, value, "en", "Africa/Douala") == english
    assert plain(column, value, "fr", "Africa/Douala") == bare


def test_codes_are_told_in_words_and_unknown_ones_stay() -> None:
    column = Column("state", LABEL, words={"active": Bilingual("en cours", "active")})
    assert [shown(column, one, "fr", "UTC") for one in ("active", "lost")] == ["en cours", "lost"]


def test_a_number_in_a_column_of_text_keeps_its_digits() -> None:
    assert shown(Column("year", LABEL), 2032, "fr", "UTC") == "2032"
