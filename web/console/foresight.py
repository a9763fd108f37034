"""Show me this contract's life: asked for with an assumption, followed, and read day by day."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData
from starlette.responses import Response

from database.fleet import foreseeing
from database.fleet.foreseeing import Books
from database.fleet.queries import contract_of
from database.shared import foresights
from database.shared.foresights import Foresight
from database.shared.rules import any_content
from database.shared.tables import contact, rule_revision
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.fleet.foresight import Assumption, Kind
from domain.money import Money, parse_money
from web.console.moments import Tile
from web.console.story import without_keys
from web.console.visit import Visit, goes_to, refused, text_of

FEW = 50
PROCESS_BOOKS = ("fleet/contract", "fleet/dunning", "fleet/escalation", "fleet/misses")
NAMED = re.compile(r"nom\(([A-Za-z0-9._-]+)\)")
PAYMENT = re.compile(r"(\d{4}-\d\d-\d\d)[\s;:]+([\d.,]+)")
FIGURES = ("messages", "calls", "suspensions", "alerts", "sms_parts", "payments")


@dataclass(frozen=True)
class Day:
    """What each future has on one local day; nothing where it is the same as the first one has."""

    tile: Tile
    told: list[list[Mapping[str, Any]]]
    differs: bool

    @property
    def is_quiet(self) -> bool:
        """Nothing but what falls due and comes in."""
        return not self.differs and {one["kind"] for told in self.told for one in told} <= QUIET


@dataclass(frozen=True)
class Run:
    """Days one after another; quiet ones are folded into one line."""

    days: list[Day]
    folded: bool

    @property
    def due(self) -> int:
        """What falls due in it, in minor units."""
        return self._sum("due")

    @property
    def paid(self) -> int:
        return self._sum("payment")

    def _sum(self, kind: str) -> int:
        happened = (one for day in self.days for told in day.told for one in told)
        return sum(one["minor"] for one in happened if one["kind"] == kind)


QUIET = {"due", "payment"}
FOLDED = 3
"""Quiet days from which on they are folded."""


async def listed(visit: Visit) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        rows = await foresights.foresights_of(tx, visit.tenant.id, visit.asked("contract"), limit=FEW)
    return visit.page("foresights.html.j2", rows=rows, moving=any(row.is_open for row in rows))


async def ask(visit: Visit) -> Response:
    """The form; without a contract, that of a portfolio."""
    ref = visit.asked("contract")
    async with visit.database.tenant(visit.tenant.id) as tx:
        known = await contract_of(tx, visit.tenant.id, ref) if ref else None
        drafts = await _drafts(tx, visit.tenant.id)
    return visit.page("foresight_ask.html.j2", known=known, drafts=drafts, kinds=list(Kind))


async def start(visit: Visit) -> Response:
    form = await visit.request.form()
    async with visit.database.tenant(visit.tenant.id) as tx:
        try:
            wish = await _wish(visit, tx, form)
            made = await foresights.begin(tx, visit.tenant.id, visit.actor, wish, visit.moments.now)
        except Conflict:
            return refused(visit.request, 409, "refused.foresight")
    return goes_to(f"/foresight/{made.id}")


async def _wish(visit: Visit, tx: AsyncConnection, form: FormData) -> foresights.Wish:
    """Raises BadInput, Conflict, NotFound."""
    tenant, now = visit.tenant.id, visit.moments.now
    seed = _number(text_of(form, "seed") or "1", "seed")
    books = await _books(tx, tenant, text_of(form, "draft"))
    ref = text_of(form, "contract")
    if not ref:
        size = max(1, min(foreseeing.LARGEST_SAMPLE, _number(text_of(form, "sample") or "30", "sample")))
        begins, until = _day(text_of(form, "begins_on")), _day(text_of(form, "until_on"))
        return await foreseeing.of_portfolio(tx, tenant, books, now, begins, until, size, seed)
    try:
        kind = Kind(text_of(form, "kind"))
    except ValueError:
        raise BadInput(Mistake("kind", "no such assumption", f"choose among {', '.join(Kind)}")) from None
    payments = _payments(text_of(form, "payments"), visit.tenant.currency) if kind is Kind.GIVEN else ()
    assumption = Assumption(kind, seed, payments)
    return await foreseeing.of_contract(
        tx, tenant, ref, assumption, books, now, _day(text_of(form, "until_on"))
    )


async def one(visit: Visit) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        found = await foresights.foresight_of(tx, visit.tenant.id, visit.path("id"))
        names = await _names(tx, visit.tenant.id, found)
    days = _days(visit, found)
    return visit.page(
        "foresight.html.j2", found=found, moving=found.is_open, days=days, figures=FIGURES,
        futures=(found.result or {}).get("futures", ()), said=_speaker(names), money=_money(visit),
    )  # fmt: skip


async def stop(visit: Visit) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        try:
            await foresights.stop(tx, visit.tenant.id, visit.actor, visit.path("id"))
        except Conflict:
            return refused(visit.request, 409, "refused.order")
    return goes_to(f"/foresight/{visit.path('id')}")


def _days(visit: Visit, found: Foresight) -> list[Run]:
    """The days of all futures beside each other. Postings stay out: they follow the payments."""
    futures = (found.result or {}).get("futures", ())
    by_day = [
        {day["on"]: [told for told in day["happened"] if told["kind"] != "posting"] for day in life["days"]}
        for life in futures
    ]
    listed = []
    for on in sorted({on for life in by_day for on in life}):
        told = [life.get(on, []) for life in by_day]
        differs = any(_bare(one) != _bare(told[0]) for one in told)
        if any(told):
            shown = told if differs else told[:1]
            listed.append(Day(visit.moments.tile(date.fromisoformat(on), counts=False), shown, differs))
    return _folded(listed)


def _folded(days: list[Day]) -> list[Run]:
    grouped = ((quiet, list(run)) for quiet, run in groupby(days, key=lambda day: day.is_quiet))
    return [Run(run, quiet and len(run) >= FOLDED) for quiet, run in grouped]


def _bare(told: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Revisions always differ."""
    return [{name: value for name, value in one.items() if name != "revision"} for one in told]


async def _names(tx: AsyncConnection, tenant: str, found: Foresight) -> dict[str, str]:
    """Of the people whom the messages name, as they are called today."""
    refs = set(NAMED.findall(str(found.result or "")))
    query = select(contact.c.ref, contact.c.full_name).where(
        contact.c.tenant_id == tenant, contact.c.ref.in_(refs)
    )
    return {row.ref: row.full_name for row in await tx.execute(query)} if refs else {}


def _speaker(names: Mapping[str, str]) -> Any:
    return lambda text: without_keys(NAMED.sub(lambda found: names.get(found[1]) or found[1], text))


def _money(visit: Visit) -> Any:
    return lambda minor: visit.money(Money(visit.tenant.currency, minor))


async def _drafts(tx: AsyncConnection, tenant: str) -> list[Any]:
    """Kept revisions of the books that contracts are followed by, the latest first."""
    mine = rule_revision.c
    query = select(mine.book, mine.revision, mine.note, mine.created_at).where(
        mine.tenant_id == tenant, mine.book.in_(PROCESS_BOOKS)
    )
    return list(await tx.execute(query.order_by(mine.created_at.desc()).limit(FEW)))


async def _books(tx: AsyncConnection, tenant: str, draft: str) -> Books:
    """``draft`` is ``book@revision``. Raises NotFound."""
    book, _, revision = draft.partition("@")
    if not draft:
        return Books({})
    if book not in PROCESS_BOOKS:
        raise NotFound("revision", draft)
    return Books({book: await any_content(tx, tenant, book, revision)})


def _number(text: str, field: str) -> int:
    if not text.isdecimal() or len(text) > 9:
        raise BadInput(Mistake(field, f"{text[:20]!r} is no number", "give a whole number"))
    return int(text)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(Mistake("until_on", f"{text[:20]!r} is no day", "write it as 2031-03-05")) from None


def _payments(text: str, currency: str) -> tuple[tuple[date, int], ...]:
    """A day and an amount on each line."""
    found = []
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines())), 1):
        read = PAYMENT.fullmatch(line)
        day = _day(read[1]) if read else None
        if read is None or day is None:
            mend = "write a day and an amount: 2031-03-05 10000"
            raise BadInput(Mistake(f"payments, line {number}", f"{line[:40]!r} cannot be read", mend))
        found.append((day, parse_money(read[2], currency).minor))
    return tuple(found)
