"""What stands behind a number: the entries of the ledger that it is the sum of."""

from dataclasses import replace
from datetime import date
from urllib.parse import urlencode

from sqlalchemy import func, select
from starlette.responses import Response

from database.fleet.behind import Behind, LedgerLine, Measure, Of, entries_of
from database.fleet.ledger_list import ACCOUNTS, ENTRIES
from database.shared.tables import ledger_entry
from domain.errors import BadInput, Mistake
from domain.money import Money
from web.console import lists
from web.console.visit import BASE, Visit

PAGE = 100


async def ledger(visit: Visit) -> Response:
    """Of one subject, by account; or what a figure says that it is made of. Raises BadInput."""
    return await _behind(visit) if visit.asked("measure") else await _about(visit)


async def _about(visit: Visit) -> Response:
    """Without a subject nothing is read: the ledger of a fleet has millions of entries."""
    subject, sheet, balances = visit.asked("subject"), None, []
    if subject:
        sheet = await lists.sheet_of(visit, ENTRIES)
        of = ledger_entry.c
        mine = (of.tenant_id == visit.tenant.id, of.subject == subject)
        sums = select(of.account, of.currency, func.sum(of.amount_minor).label("minor")).where(*mine)
        async with visit.database.tenant(visit.tenant.id) as tx:
            rows = await tx.execute(sums.group_by(of.account, of.currency).order_by(of.account))
            balances = [(row.account, Money(row.currency, int(row.minor))) for row in rows]
    return visit.page("ledger.html.j2", sheet=sheet, balances=balances, subject=subject, accounts=ACCOUNTS)


async def _behind(visit: Visit) -> Response:
    behind, after = _asked(visit), _place(visit.asked_whole("after"))
    async with visit.database.tenant(visit.tenant.id) as tx:
        found = await entries_of(tx, visit.tenant.id, behind, after=after, limit=PAGE + 1)
    shown = found[:PAGE]
    onward = {**behind.query(), "after": _told(shown[-1])} if len(found) > PAGE else {}
    return visit.page(
        "ledger_behind.html.j2", behind=behind, lines=shown, accounts=ACCOUNTS,
        total=_total(visit, shown) if not onward and not visit.asked("after") else None,
        next_page=f"{BASE}/ledger?{urlencode(onward)}" if onward else "",
    )  # fmt: skip


def link_to(behind: Behind) -> str:
    return f"{BASE}/ledger?{urlencode(behind.query())}"


def _total(visit: Visit, lines: list[LedgerLine]) -> Money:
    """As the figure says it: revenue and what is owed stand at the credit."""
    total = sum(one.amount.minor for one in lines if one.amount.currency == visit.tenant.currency)
    return Money(visit.tenant.currency, abs(total))


def _asked(visit: Visit) -> Behind:
    try:
        found = Behind(
            Measure(visit.asked("measure")), Of(visit.asked("of")), visit.asked("ref"),
            _month(visit.asked("first")), _month(visit.asked("last")),
        )  # fmt: skip
    except ValueError:
        raise BadInput(Mistake("measure", "no such figure", "open it from its page")) from None
    return replace(found, ref="") if found.of is Of.FLEET else found


def _month(text: str) -> date:
    month = date.fromisoformat(f"{text}-01")
    if not 1900 <= month.year <= 2199:
        raise ValueError
    return month


def _told(line: LedgerLine) -> str:
    return f"{line.subject}~{line.transaction_id}~{line.line}"


def _place(text: str) -> tuple[str, int, int]:
    """Raises BadInput."""
    if not text:
        return ("", 0, 0)
    subject, _, rest = text.partition("~")
    id, _, line = rest.partition("~")
    if not (id.isascii() and id.isdecimal() and line.isascii() and line.isdecimal()) or len(id + line) > 18:
        raise BadInput(Mistake("after", "not a place in the ledger", "begin again without it"))
    return subject, int(id), int(line)
