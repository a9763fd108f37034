"""The ranking of stations, as the tenant's own book has it."""

from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from api.books import books_of
from database.fleet.ranking import BOOK, Judged, Ranked, contenders, ranked
from database.shared.contacts import tenant_of
from domain.fleet.station_ranking import RankingFacts
from domain.ports import Holidays
from rules.asking import question
from rules.library import Library


async def ranking_of(
    tx: AsyncConnection, tenant: str, month: date, at: datetime, library: Library, holidays: Holidays
) -> list[Ranked]:
    """Of the stations that were open in the month, the most profitable first."""
    book = await (await books_of(tx, tenant, library, at)).book(BOOK)
    home = await tenant_of(tx, tenant)
    asked = question(BOOK, at, home.zone, home.country, holidays, frozenset())

    def judge(facts: RankingFacts) -> Judged:
        ruling = book.decide(facts.as_facts(), asked)
        return Judged(int(ruling.result["points"]), ruling.outcome, ruling.reasons)

    return ranked(await contenders(tx, tenant, month), judge)
