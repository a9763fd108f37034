"""One field for everything: what it finds, by kind; a reference that is known to the letter opens at once."""

from collections.abc import Mapping
from itertools import groupby
from urllib.parse import quote

from sqlalchemy import select
from starlette.responses import Response

from database.fleet import finding as fleet
from database.maintenance import finding as maintenance
from database.shared.business import seen
from database.shared.hits import Hit
from database.shared.tables import process_case
from web.console.layout import Entry
from web.console.visit import BASE, Visit, goes_to

PAGES: Mapping[str, str] = {
    "contract": "/contracts/{}", "driver": "/drivers/{}", "bike": "/bikes/{}", "station": "/stations/{}",
    "agency": "/agencies/{}", "investor": "/investors/{}", "payment": "/payments/{}",
    "swap": "/swaps?ref={}", "battery": "/batteries?text={}",
    "technician": "/technicians/{}", "visit": "/visits/{}",
}  # fmt: skip
FEW = 10


async def search(visit: Visit) -> Response:
    text = visit.asked("text")[:64]
    hits: list[Hit] = []
    async with visit.database.tenant(visit.tenant.id) as tx:
        if visit.may("fleet:read"):
            hits += await fleet.look_for(tx, visit.tenant.id, text)
        if visit.may("planning:read"):
            hits += await maintenance.look_for(tx, visit.tenant.id, text)
        of = process_case.c
        query = select(of.process, of.ref).where(
            of.tenant_id == visit.tenant.id,
            of.ref.icontains(text, autoescape=True),
            seen(of.process, visit.hidden),
        )
        rows = list(await tx.execute(query.order_by(of.ref, of.process).limit(FEW))) if text else []
    exact = [one for one in hits if one.exact]
    if len(exact) == 1:
        return goes_to(_path(exact[0]))
    groups = [
        (visit.words(f"search.{kind}"),
         [Entry(f"{one.ref} {one.name}".strip(), BASE + _path(one)) for one in found])
        for kind, found in groupby(hits, key=lambda one: one.kind)
    ]  # fmt: skip
    cases = [
        Entry(f"{row.ref}, {visit.words.of('process', row.process)}",
              f"{BASE}/cases/{quote(row.process, safe='')}/{quote(row.ref, safe='')}")
        for row in rows
    ]  # fmt: skip
    if cases:
        groups.append((visit.words("nav.cases"), cases))
    return visit.page("search.html.j2", text=text, groups=groups)


def _path(hit: Hit) -> str:
    return PAGES[hit.kind].format(quote(hit.ref, safe=""))
