"""One driver: their contracts, their score, what was written to them."""

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from database.fleet.lists import CONTRACTS
from database.shared.contacts import contact_of
from database.shared.listing import Asked, find
from database.shared.tables import message
from domain.money import Money
from web.console.acts import link_to
from web.console.layout import Deed, Detail, Entry, Grid, Heading, Lines, Number, Terms
from web.console.lists import scope_of
from web.console.scored import score_of
from web.console.story import without_keys
from web.console.visit import BASE, Visit

LETTERS = 6


async def driver(visit: Visit) -> Response:
    ref, words = visit.path("ref"), visit.words
    async with visit.database.tenant(visit.tenant.id) as tx:
        person = await contact_of(tx, visit.tenant.id, ref)
        agreed = await find(tx, scope_of(visit), CONTRACTS, Asked({"driver": ref}, "ref"))
        letters = await _letters(tx, visit.tenant.id, ref)
        scored = await score_of(visit, tx, ref)
    late = [row for row in agreed.rows if row.days_late]
    page = Detail(
        person.full_name, (words("nav.drivers"), f"{BASE}/drivers"), scored.tags,
        meta=[Entry(ref), *(Entry(one) for one in (person.phone, person.email) if one)],
        deeds=[*_deeds(visit, late or agreed.rows), *scored.deeds],
        numbers=[*_numbers(visit, agreed.rows), *scored.numbers],
        main=[_contracts(visit, agreed.rows), *scored.main],
        side=[*scored.side, _person(visit, person.locale, person.channels),
              _told(visit, letters)],
    )  # fmt: skip
    return visit.page("detail.html.j2", page=page)


def _deeds(visit: Visit, rows: list[Row[Any]]) -> list[Deed]:
    running = [row for row in rows if row.state == "active"]
    if not running or not visit.may("fleet:write"):
        return []
    ref = running[0].ref
    return [
        Deed(visit.words("contract.pay"), link_to("pay", contract=ref)),
        Deed(visit.words("contract.promise"), link_to("promise", contract=ref)),
    ]


def _numbers(visit: Visit, rows: list[Row[Any]]) -> list[Number]:
    words = visit.words
    arrears, left = sum(row.arrears or 0 for row in rows), sum(row.remaining or 0 for row in rows)
    days = max((row.days_late or 0 for row in rows), default=0)
    paid = max((row.last_paid_at for row in rows if row.last_paid_at), default=None)
    return [
        Number(words("contract.arrears"), visit.money(_xaf(visit, arrears)) if arrears
               else words("contract.up_to_date"), hint=words("due.late", n=days) if days else "",
               alarm=arrears > 0),
        Number(words("contract.remaining"), visit.money(_xaf(visit, left))),
        Number(words("driver.last_paid"), visit.moments.moment(paid) if paid else "—"),
    ]  # fmt: skip


def _xaf(visit: Visit, minor: int) -> Money:
    return Money(visit.tenant.currency, minor)


def _contracts(visit: Visit, rows: list[Row[Any]]) -> Grid:
    words, sign = visit.words, visit.sign
    heads = (
        Heading(words("nav.contracts")), Heading(words("due.state")),
        Heading(words("contract.paid"), True, sign, narrow_out=True),
        Heading(words("contract.remaining"), True, sign, narrow_out=True),
        Heading(words("contract.arrears"), True, sign), Heading(words("driver.days_late"), True),
    )  # fmt: skip
    return Grid(
        "contracts", words("nav.contracts"), heads, [_contract(visit, row) for row in rows],
        none=words("driver.no_contract"),
    )  # fmt: skip


def _contract(visit: Visit, row: Row[Any]) -> list[Entry]:
    tone = {"draft": "near", "completed": "good", "terminated": "off"}.get(row.state, "plain")
    money = [
        "" if minor is None else visit.bare(Money(row.currency, minor))
        for minor in (row.paid, row.remaining, row.arrears)
    ]
    return [
        Entry(row.ref, f"{BASE}/contracts/{row.ref}"),
        Entry(visit.words(f"contract.state.{row.state}"), tone=tone),
        *(Entry(one) for one in money),
        Entry(str(row.days_late or ""), tone="late" if (row.days_late or 0) > 30 else "near"),
    ]


def _person(visit: Visit, locale: str, channels: tuple[str, ...]) -> Terms:
    words = visit.words
    rows = [(words("driver.language"), Entry(words("language." + ("en" if locale == "en" else "fr"))))]
    if channels:
        told = ", ".join(words.of("channel", one) for one in channels)
        rows.append((words("driver.channels"), Entry(told)))
    return Terms("person", words("driver.person"), rows)


def _told(visit: Visit, letters: list[Row[Any]]) -> Lines:
    rows = [
        Entry(
            f"{visit.moments.moment(row.wrote_at)} · {visit.words.of('state', row.state)} · "
            f"{row.subject or without_keys(row.text)[:90]}",
            f"{BASE}/cases/{row.process}/{row.ref}",
        )
        for row in letters
    ]
    return Lines("letters", visit.words("nav.messages"), rows, visit.words("contract.no_letters"))


async def _letters(tx: AsyncConnection, tenant: str, ref: str) -> list[Row[Any]]:
    of = message.c
    query = select(message).where(of.tenant_id == tenant, of.contact_ref == ref)
    return list(await tx.execute(query.order_by(of.wrote_at.desc(), of.id.desc()).limit(LETTERS)))
