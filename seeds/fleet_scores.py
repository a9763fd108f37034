"""Scores of the past weeks, as the nights would have given them."""

from datetime import date, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from activities.fleet.scored import Books, score_all
from database.fleet import score_nights, scoring
from database.shared.contacts import tenant_of
from domain.calendar import DAY, at_local
from rules.library import Library
from seeds.firm import Firm
from settings import HERE

WEEKS, NIGHTS = 13, 8
"""A night a week for three months, then the last ones one by one."""
EVERYBODY = 1000


async def fill(tx: AsyncConnection, firm: Firm, on: date) -> None:
    library, home = Library.load(HERE / "rules"), await tenant_of(tx, firm.id)
    for day in nights(on):
        at = at_local(day, time(2, 30), home.zone)
        found = await scoring.drivers_after(tx, firm.id, home.zone, day, "", EVERYBODY)
        if not found:
            continue
        books = Books(library.book("fleet/score"), library.book("fleet/risk"), home.zone, day, at)
        night = await score_nights.begin(tx, firm.id, day, len(found), at)
        night = await score_nights.write(tx, home, night, score_all(books, found), books.revision, at)
        await score_nights.end(tx, home, night, at)


def nights(on: date) -> list[date]:
    """In their order, ``on`` the last."""
    weekly = {on - timedelta(weeks=week) for week in range(1, WEEKS + 1)}
    return sorted(weekly | {on - number * DAY for number in range(NIGHTS)})
