"""What became of a contract after its signature: changes, quotes, refunds, documents."""

from typing import Any
from urllib.parse import quote

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from database.fleet.changes import change_of, changes_of, schedule_before
from database.fleet.queries import CONTRACT, file_of
from database.fleet.refunds import refunds_of
from database.fleet.settling import quotes_of
from database.shared.audit_search import names_of
from database.shared.contacts import contact_of
from database.shared.tables import document
from domain.errors import NotFound
from domain.fleet.change import Change
from domain.money import Money
from web.console.acts import link_to
from web.console.change_acts import CHANGE_ACTS
from web.console.layout import Entry, Grid, Heading, Lines, Section
from web.console.visit import BASE, Visit

LARGEST_NUMBER = 2**31 - 1


async def changes(visit: Visit) -> Response:
    ref, tenant = visit.path("ref"), visit.tenant.id
    async with visit.database.tenant(tenant) as tx:
        file = await file_of(tx, tenant, ref)
        driver = await contact_of(tx, tenant, file.contract.driver_ref)
        made = await changes_of(tx, tenant, ref)
        quotes, refunds = await quotes_of(tx, tenant, ref), await refunds_of(tx, tenant, ref)
        names = await names_of(tx, tenant, [one.by for one in made])
        papers = await _documents(tx, tenant, ref)
    sections: list[Section] = [_made(visit, made, names)]
    if quotes:
        sections.append(_quotes(visit, quotes))
    if refunds:
        sections.append(_refunds(visit, refunds))
    sections.append(_papers(visit, papers))
    can = visit.may("fleet:write") and file.known.state == "active"
    deeds = [Entry(act.title.to(visit.words.locale), link_to(act.name, contract=ref)) for act in CHANGE_ACTS]
    return visit.page(
        "contract_changes.html.j2", file=file, contract=file.contract, driver=driver, sections=sections,
        deeds=Lines("deeds", visit.words("contract.acts"), deeds) if can else None, tab="changes",
    )  # fmt: skip


def _made(visit: Visit, made: list[Change], names: dict[str, str]) -> Grid:
    words = visit.words
    heads = (
        Heading(words("change.on")), Heading(words("change.what")), Heading(words("order.reason")),
        Heading(words("exports.by"), narrow_out=True),
    )  # fmt: skip
    rows = [
        [
            Entry(visit.moments.short(one.changed_on)),
            Entry(words.of("change", one.kind),
                  f"{BASE}/contracts/{quote(one.contract_ref, safe='')}/changes/{one.number}"),
            Entry(one.reason), Entry(names.get(one.by, one.by)),
        ]
        for one in reversed(made)
    ]  # fmt: skip
    return Grid("made", words("contract.tab.changes"), heads, rows, none=words("change.none"))


def _quotes(visit: Visit, found: list[Any]) -> Grid:
    words, sign = visit.words, visit.sign
    heads = (
        Heading(words("quote.last_on")), Heading(words("due.amount"), True, sign),
        Heading(words("contract.arrears"), True, sign, narrow_out=True),
        Heading(words("quote.principal"), True, sign, narrow_out=True),
        Heading(words("quote.given_back"), True, sign), Heading(words("due.state")),
    )  # fmt: skip
    rows = [
        [
            Entry(visit.moments.short(one.last_on)),
            *(Entry(visit.bare(Money(one.currency, minor)))
              for minor in (one.amount, one.arrears, one.principal, one.given_back)),
            Entry(words(f"quote.state.{state}"), tone={"open": "near", "accepted": "good"}.get(state, "off")),
        ]
        for _, state, one in found
    ]  # fmt: skip
    return Grid("quotes", words("quote.title"), heads, rows)


def _refunds(visit: Visit, found: list[Any]) -> Grid:
    words = visit.words
    heads = (
        Heading(words("payment.received")), Heading(words("due.amount"), True, visit.sign),
        Heading(words("payment.ref")), Heading(words("order.reason"), narrow_out=True),
    )  # fmt: skip
    rows = [
        [Entry(visit.moments.moment(one.paid_at)), Entry(visit.bare(one.amount)), Entry(one.ref),
         Entry(one.reason)]
        for one in found
    ]  # fmt: skip
    return Grid("refunds", words("refund.title"), heads, rows)


def _papers(visit: Visit, rows: list[Row[Any]]) -> Lines:
    told = [
        Entry(f"{row.name} ({visit.moments.short(visit.moments.day_of(row.issued_at))})",
              f"{BASE}/documents/{row.id}")
        for row in rows
    ]  # fmt: skip
    return Lines("papers", visit.words("contract.documents"), told, visit.words("contract.no_documents"))


async def _documents(tx: AsyncConnection, tenant: str, ref: str) -> list[Row[Any]]:
    of = document.c
    query = select(of.id, of.name, of.issued_at).where(
        of.tenant_id == tenant, of.process.in_((CONTRACT, "fleet.dunning")), of.ref == ref
    )
    return list(await tx.execute(query.order_by(of.issued_at.desc(), of.id.desc()).limit(30)))


async def change(visit: Visit) -> Response:
    """One change, and the schedule as it stood before it."""
    ref, number, tenant = visit.path("ref"), visit.number("number"), visit.tenant.id
    if number > LARGEST_NUMBER:
        raise NotFound("change", str(number))
    async with visit.database.tenant(tenant) as tx:
        file = await file_of(tx, tenant, ref)
        driver = await contact_of(tx, tenant, file.contract.driver_ref)
        found = await change_of(tx, tenant, ref, number)
        before = await schedule_before(tx, tenant, ref, number)
    words = visit.words
    heads = (
        Heading(words("due.on")), Heading(words("due.number")),
        Heading(words("due.amount"), True, visit.sign),
    )  # fmt: skip
    rows = [
        [Entry(visit.moments.short(one.due_on)), Entry(str(one.number)), Entry(visit.bare(one.amount))]
        for one in before
    ]
    title = f"{words.of('change', found.kind)}, {visit.moments.short(found.changed_on)}"
    sections = [Grid("before", words("change.before"), heads, rows, none=words("change.same_dues"),
                     note=found.reason)]  # fmt: skip
    return visit.page(
        "contract_changes.html.j2", file=file, contract=file.contract, driver=driver, sections=sections,
        deeds=None, tab="changes", title=title,
    )  # fmt: skip
