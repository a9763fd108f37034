"""One machinery for every list: a page of it, its filters, its order, views somebody saved, and the file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from sqlalchemy import Row
from starlette.datastructures import FormData
from starlette.responses import Response

from database.listings import LISTINGS
from database.shared import listing as lists
from database.shared.listing import COUNTED, Asked, Found, Listing, Scope
from database.shared.views import View, remove_view, save_view, views_of
from domain.errors import BadInput, Conflict, Mistake, NotFound
from domain.table import NUMBERS, Column, Kind, shown
from web.console.layout import Deed
from web.console.visit import BASE, Handler, Visit, goes_to, refused, text_of

PAGE = 50
DEEDS: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "contracts": (
        ("deed.contract", "contract", "fleet:write"),
        ("deed.import_contracts", "import-contracts", "imports:write"),
    ),
    "drivers": (
        ("deed.person", "person", "contacts:write"),
        ("deed.changes", "/drivers/changes", "fleet:read"),
    ),
    "stations": (
        ("deed.station", "station", "fleet:write"),
        ("deed.ranking", "/stations/ranking", "fleet:read"),
    ),
    "investors": (("deed.investor", "investor", "fleet:write"),),
    "technicians": (("deed.technician", "add-technician", "planning:write"),),
    "visits": (("deed.visit", "add-visit", "planning:write"),),
    "agencies": (("deed.agency", "agency", "fleet:write"),),
    "bikes": (("deed.bike", "bike", "fleet:write"),),
    "batteries": (("deed.battery", "battery", "fleet:write"),),
    "swaps": (
        ("deed.swap", "swap", "fleet:write"),
        ("deed.void_swap", "void-swap", "fleet:write"),
        ("deed.import_swaps", "import-swaps", "imports:write"),
    ),
    "costs": (
        ("deed.cost", "cost", "fleet:write"),
        ("deed.reverse_cost", "reverse-cost", "fleet:write"),
    ),
    "agents": (("deed.agent", "agent", "fleet:write"),),
    "deposits": (("deed.deposit", "deposit", "fleet:write"),),
    "reconciliation": (("deed.statement", "statement", "imports:write"),),
    "payments": (
        ("deed.pay", "pay", "fleet:write"),
        ("deed.import_payments", "import-payments", "imports:write"),
    ),
    "imports": (
        ("deed.import_payments", "import-payments", "imports:write"),
        ("deed.import_contracts", "import-contracts", "imports:write"),
        ("deed.import_swaps", "import-swaps", "imports:write"),
    ),
    "reports": (
        ("reports.ask", "report", "reports:write"),
        ("reports.subscribe", "subscribe", "reports:write"),
    ),
    "report-subscriptions": (("reports.subscribe", "subscribe", "reports:write"),),
}
"""What begins at a list: a word, an act or a page, its permission."""
LONGEST_QUERY = 500


@dataclass(frozen=True)
class Head:
    """``order`` is "ascending", "descending" or empty; ``link`` sorts by this column, the other way round."""

    name: str
    label: str
    kind: Kind
    wide: bool
    link: str
    order: str
    unit: str = ""

    @property
    def number(self) -> bool:
        return self.kind in NUMBERS


@dataclass(frozen=True)
class Cell:
    head: Head
    text: str
    link: str
    tone: str


@dataclass(frozen=True)
class Choice:
    """A view to choose: ``mine`` are one's own."""

    id: str
    name: str
    link: str
    current: bool
    mine: bool
    shared: bool


@dataclass(frozen=True)
class Sheet:
    """A page of a list, as the template lays it out."""

    listing: Listing
    path: str
    asked: Asked
    heads: list[Head]
    rows: list[list[Cell]]
    choices: list[Choice]
    next_page: str
    first_page: str
    count: int | None
    query: str
    exported: bool = False
    deeds: tuple[Deed, ...] = ()

    @property
    def many(self) -> bool:
        return self.count is not None and self.count > COUNTED

    @property
    def narrowed(self) -> bool:
        return any(one.name in self.asked.values for one in self.listing.filters)


def scope_of(visit: Visit) -> Scope:
    return Scope(visit.tenant.id, visit.moments.today, visit.tenant.zone, visit.tenant.currency)


def page_of(listing: Listing, template: str = "list.html.j2", path: str = "") -> Handler:
    """The page of a list that needs nothing else."""

    async def handler(visit: Visit) -> Response:
        return visit.page(template, sheet=await sheet_of(visit, listing, path))

    return handler


async def sheet_of(visit: Visit, listing: Listing, path: str = "") -> Sheet:
    """Raises BadInput."""
    given = {name: visit.asked(name) for name in visit.request.query_params}
    asked, after = lists.asked_of(listing, given, visit.moments.today), visit.asked_whole("after")
    async with visit.database.tenant(visit.tenant.id) as tx:
        found = await lists.find(tx, scope_of(visit), listing, asked, after, PAGE)
        views = await views_of(tx, visit.tenant.id, visit.person.id, listing.name)
    return _sheet(visit, listing, asked, found, views, after, path or f"/{listing.name}")


def _sheet(
    visit: Visit, listing: Listing, asked: Asked, found: Found, views: list[View], after: str, path: str
) -> Sheet:
    heads = [_head(visit, listing, asked, column, path) for column in listing.columns]
    query = _query(listing, asked)
    return Sheet(
        listing, BASE + path, asked, heads,
        [[_cell(visit, listing, head, row) for head in heads] for row in found.rows],
        _choices(visit, listing, views, query, path), _link(path, query, found.after) if found.after else "",
        _link(path, query) if after else "", found.count, query,
        visit.may("reports:write") and listing.name in LISTINGS, _deeds(visit, listing),
    )  # fmt: skip


def _deeds(visit: Visit, listing: Listing) -> tuple[Deed, ...]:
    return tuple(
        Deed(visit.words(key), BASE + (act if act.startswith("/") else f"/do/{act}"))
        for key, act, permission in DEEDS.get(listing.name, ())
        if visit.may(permission)
    )


def _head(visit: Visit, listing: Listing, asked: Asked, column: Column, path: str) -> Head:
    label, wide = column.label.to(visit.words.locale), column.name in listing.wide
    unit = visit.sign if column.kind is Kind.MONEY else ""
    if column.name not in listing.sorts:
        return Head(column.name, label, column.kind, wide, "", "", unit)
    now = {column.name: "ascending", f"-{column.name}": "descending"}.get(asked.order, "")
    first = f"-{column.name}" if column.kind in NUMBERS else column.name
    other = {"ascending": f"-{column.name}", "descending": column.name}.get(now, first)
    link = _link(path, _query(listing, Asked(asked.values, other)))
    return Head(column.name, label, column.kind, wide, link, now, unit)


def _cell(visit: Visit, listing: Listing, head: Head, row: Row[Any]) -> Cell:
    column = listing.column(head.name)
    value = lists.value_of(scope_of(visit), column, row)
    text = visit.words.spaced(told(visit, column, value))
    link = listing.links.get(head.name, "")
    known = {name: quote(str(value), safe="") for name, value in row._mapping.items() if value is not None}
    tone = listing.tones.get(head.name, {}).get(str(value), "plain") if head.name in listing.tones else ""
    if head.name == "days_late" and value:
        tone = "late" if value > 30 else "near"
    return Cell(head, text, BASE + link.format_map(known) if link and value is not None else "", tone)


def told(visit: Visit, column: Column, value: Any) -> str:
    """As the console writes it: months by name; the usual currency stands in the head of the column."""
    if column.kind is Kind.DATE and value is not None:
        return visit.moments.short(value)
    if column.kind is Kind.INSTANT and value is not None:
        return visit.moments.moment(value)
    if column.kind is Kind.MONEY and value is not None:
        return visit.bare(value)
    if column.kind is Kind.INT and value is not None:
        return visit.count(value)
    return shown(column, value, visit.words.locale, visit.tenant.zone)


def _choices(visit: Visit, listing: Listing, views: list[View], query: str, path: str) -> list[Choice]:
    """What many ask comes first, then what people saved."""
    every = Choice("", visit.words("lists.all"), _link(path, ""), query == "", False, False)
    shipped = [
        Choice("", said.to(visit.words.locale), _link(path, asked), query == asked, False, False)
        for asked, said in listing.presets.items()
    ]
    saved = [
        Choice(one.id, one.name, _link(path, one.query), query == one.query, one.mine, one.shared)
        for one in views
    ]
    return [every, *shipped, *saved]


def _query(listing: Listing, asked: Asked) -> str:
    """As an address has it; the usual order is not said."""
    given = dict(asked.values)
    if asked.order != listing.order:
        given["order"] = asked.order
    return urlencode(given)


def _link(path: str, query: str, after: str = "") -> str:
    parts = [part for part in (query, urlencode({"after": after}) if after else "") if part]
    return f"{BASE}{path}" + (f"?{'&'.join(parts)}" if parts else "")


def query_of(listing: Listing, text: str) -> Asked:
    """A question as somebody saved or exports it. Raises BadInput."""
    try:
        given: Mapping[str, str] = dict(parse_qsl(text, strict_parsing=True)) if text else {}
    except ValueError:
        raise BadInput(Mistake("query", "not a question", "begin again at the list")) from None
    return lists.asked_of(listing, given)


def listing_of(visit: Visit) -> Listing:
    """The list that an address names. Raises NotFound, also for one that this person may not read."""
    found = LISTINGS.get(visit.path("list"))
    if found is None or not visit.may(found.permission):
        raise NotFound("list", visit.path("list"))
    return found


async def save(visit: Visit) -> Response:
    """Keeps a question under a name."""
    listing, form = listing_of(visit), await visit.request.form()
    name, shared = text_of(form, "name")[:60], text_of(form, "shared") == "yes"
    if not name.isprintable() or not name:
        return refused(visit.request, 422, "refused.view_name")
    query = _query(listing, query_of(listing, query_in(form)))
    async with visit.database.tenant(visit.tenant.id) as tx:
        try:
            await save_view(
                tx, visit.tenant.id, visit.person.id, listing.name, name, query, shared, visit.moments.now
            )
        except Conflict:
            return refused(visit.request, 409, "refused.views_full")
    return goes_to(_link(f"/{listing.name}", query).removeprefix(BASE))


async def remove(visit: Visit) -> Response:
    listing = listing_of(visit)
    async with visit.database.tenant(visit.tenant.id) as tx:
        await remove_view(tx, visit.tenant.id, visit.person.id, visit.path("view"))
    return goes_to(f"/{listing.name}")


def query_in(form: FormData) -> str:
    value = form.get("query", "")
    return value.replace("\x00", "")[:LONGEST_QUERY] if isinstance(value, str) else ""
