"""One agent with what they hold, and one line of an operator's statement with what may be done about it."""

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from starlette.responses import Response

from database.fleet import cash, line_answers
from database.fleet.cash import KnownAgent, KnownDeposit
from database.fleet.cash_lists import LINE_STATES, LINE_TONES
from database.fleet.reconciling import StatementLine
from database.shared.audit_search import names_of
from database.shared.contacts import contact_of
from domain.errors import NotFound
from domain.money import Money
from web.console.acts import link_to
from web.console.layout import Deed, Detail, Entry, Grid, Heading, Number, Terms
from web.console.visit import BASE, Visit

FEW = 30
TO_ANSWER = ("unmatched", "differs", "double")
LAST_LINE = 2**31 - 1


async def agent(visit: Visit) -> Response:
    ref, words = visit.path("ref"), visit.words
    async with visit.database.tenant(visit.tenant.id) as tx:
        known = await cash.agent_of(tx, visit.tenant.id, ref)
        person = await contact_of(tx, visit.tenant.id, known.agent.contact_ref)
        held = await cash.held_by(tx, visit.tenant.id, known.agent)
        deposits = await cash.deposits(tx, visit.tenant.id, agent_ref=ref, limit=FEW)
    can = visit.may("fleet:write") and known.closed_on is None
    deeds = [
        Deed(words("cash.record"), link_to("deposit", agent=ref)),
        Deed(words("cash.change"), link_to("change-agent", agent=ref)),
        *([] if held.minor else [Deed(words("cash.close"), link_to("close-agent", agent=ref))]),
    ]  # fmt: skip
    return visit.page(
        "detail.html.j2",
        page=Detail(
            person.full_name, (words("nav.agents"), f"{BASE}/agents"),
            [Entry(words("asset.closed"), tone="off")] if known.closed_on else [], [Entry(ref)],
            deeds=deeds if can else [], numbers=_held(visit, known, held),
            main=[_deposits(visit, deposits)], side=[_terms(visit, known)],
        ),
    )  # fmt: skip


def _held(visit: Visit, known: KnownAgent, held: Money) -> list[Number]:
    words, agent = visit.words, known.agent
    over = held.minor > agent.ceiling.minor
    link = f"{BASE}/ledger?{urlencode({'subject': agent.ref, 'account': 'cash_in_hand'})}"
    return [
        Number(words("cash.held"), visit.money(held), link, words("cash.over") if over else "", over),
        Number(words("cash.ceiling"), visit.money(agent.ceiling)),
    ]


def _deposits(visit: Visit, deposits: Sequence[KnownDeposit]) -> Grid:
    words, moments = visit.words, visit.moments
    heads = (
        Heading(words("cash.when")), Heading(words("cash.deposit")),
        Heading(words("due.amount"), True, visit.sign), Heading(words("cash.slip"), narrow_out=True),
        Heading(words("investor.state")),
    )  # fmt: skip
    rows = [
        [Entry(moments.moment(one.deposit.deposited_at)), Entry(one.deposit.ref),
         Entry(visit.bare(one.deposit.amount)), Entry(one.deposit.bank_ref), _state(visit, one)]
        for one in deposits
    ]  # fmt: skip
    return Grid("deposits", words("nav.deposits"), heads, rows, none=words("cash.no_deposit"))


def _state(visit: Visit, one: KnownDeposit) -> Entry:
    """One that never reached the bank is reversed from here."""
    if one.reversed_at:
        return Entry(visit.words("payment.reversed"), tone="off")
    if not visit.may("fleet:write"):
        return Entry("")
    return Entry(visit.words("cash.take_back"), link_to("reverse-deposit", deposit=one.deposit.ref))


def _terms(visit: Visit, known: KnownAgent) -> Terms:
    words, agent = visit.words, known.agent
    rows = [(words("cash.since"), Entry(visit.moments.short(agent.opened_on)))]
    if agent.agency_ref:
        rows.append((words("cash.agency"), Entry(agent.agency_ref, f"{BASE}/agencies/{agent.agency_ref}")))
    rows.append((words("asset.case"), Entry(agent.ref, f"{BASE}/cases/fleet.cash/{agent.ref}")))
    return Terms("terms", words("asset.terms"), rows)


async def line(visit: Visit) -> Response:
    statement, words, number = visit.path("statement"), visit.words, visit.number("line")
    if number > LAST_LINE:
        raise NotFound("line", str(number))
    async with visit.database.tenant(visit.tenant.id) as tx:
        found = await line_answers.line_of(tx, visit.tenant.id, statement, number)
        names = await names_of(tx, visit.tenant.id, [found.by])
    entry, state = found.entry, found.state.value
    return visit.page(
        "detail.html.j2",
        page=Detail(
            entry.transaction_id, (words("nav.reconciliation"), f"{BASE}/reconciliation"),
            [Entry(LINE_STATES[state].to(words.locale), tone=LINE_TONES[state])], deeds=_deeds(visit, found),
            numbers=[
                Number(words("due.amount"), visit.money(entry.amount)),
                Number(words("cash.when"), visit.moments.moment(entry.occurred_at)),
            ],
            main=[Terms("line", words("line.title"), _told(visit, found, names))],
        ),
    )  # fmt: skip


def _told(visit: Visit, found: StatementLine, names: Mapping[str, str]) -> list[tuple[str, Entry]]:
    words, statement = visit.words, found.statement_id
    rows = [
        (words("line.statement"), Entry(statement, f"{BASE}/reconciliation?statement={statement}")),
        (words("line.hint"), Entry(found.entry.contract_hint or "—")),
    ]
    for key, ref in (("payment.title", found.payment_ref), ("line.twin", found.twin_ref)):
        if ref:
            rows.append((words(key), Entry(ref, f"{BASE}/payments/{quote(ref, safe='')}")))
    if found.note:
        rows.append((words("line.note"), Entry(found.note)))
    if found.at:
        who = names.get(found.by, found.by)
        rows.append((words("line.answered"), Entry(f"{who}, {visit.moments.moment(found.at)}")))
    return rows


def _deeds(visit: Visit, found: StatementLine) -> list[Deed]:
    if found.state.value not in TO_ANSWER or not visit.may("fleet:write"):
        return []
    words, asked = visit.words, {"statement": found.statement_id, "line": str(found.line)}
    dismiss = Deed(words("line.dismiss"), link_to("dismiss-line", **asked))
    if found.state.value == "double" and found.payment_ref:
        twin = found.twin_ref or ""
        return [Deed(words("line.strike"), link_to("strike-double", payment=twin, **asked)), dismiss]
    hint = {"contract": found.entry.contract_hint} if found.entry.contract_hint else {}
    return [Deed(words("line.attach"), link_to("attach-line", **asked, **hint)), dismiss]
