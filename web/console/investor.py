"""One contract with an investor: what was put in, what it brought, yield and pay-back, bikes, statements."""

from collections.abc import Sequence
from decimal import Decimal

from starlette.responses import Response

from database.fleet.behind import Behind, Measure, Of
from database.fleet.investments import Performance, performance
from database.fleet.investor_lists import STATES, TONES
from database.fleet.investors import investor_contract_of, shares_of
from database.fleet.lists import CHANNELS
from database.fleet.payouts import KnownPayout, latest_payouts
from database.shared.contacts import contact_of
from domain.chart import Chart, Series, bar_chart, figure
from domain.fleet.contract import ACTIVE
from domain.fleet.figures import BUCKETS
from domain.fleet.investing import Share
from web.console.acts import link_to as deed
from web.console.investor_acts import PAYOUTS
from web.console.layout import Deed, Detail, Drawing, Entry, Grid, Heading, Number, Section, Terms
from web.console.ledger import link_to
from web.console.visit import BASE, Visit


async def investor(visit: Visit) -> Response:
    ref, words = visit.path("ref"), visit.words
    async with visit.database.tenant(visit.tenant.id) as tx:
        known = await investor_contract_of(tx, visit.tenant.id, ref)
        person = await contact_of(tx, visit.tenant.id, known.contract.investor_ref)
        found = await performance(tx, visit.tenant.id, known, visit.moments.today)
        shares = await shares_of(tx, visit.tenant.id, contract_ref=ref)
        paid = await latest_payouts(tx, visit.tenant.id, ref)
    agreed = known.contract
    put_in = Entry(visit.money(agreed.amount), _behind(visit, found, Measure.CAPITAL))
    terms = [
        (words("investor.capital"), put_in),
        (words("investor.share"), Entry(_points(visit, agreed.revenue_share_bp))),
        (words("contract.signed_on"), Entry(visit.moments.short(agreed.signed_on))),
        (words("investor.statement_day"), Entry(str(agreed.statement_day))),
    ]  # fmt: skip
    if agreed.ends_on:
        terms.append((words("investor.ends_on"), Entry(visit.moments.short(agreed.ends_on))))
    tag = Entry(STATES[known.state].to(words.locale), tone=TONES[known.state])
    main: list[Section] = [*_months(visit, found), _bikes(visit, shares), _payouts(visit, paid)]
    return visit.page(
        "detail.html.j2",
        page=Detail(
            person.full_name, (words("nav.investors"), f"{BASE}/investors"), [tag],
            [Entry(ref), Entry(agreed.investor_ref)], deeds=_deeds(visit, ref, known.state),
            numbers=_numbers(visit, found), main=main,
            side=[Terms("terms", words("contract.terms"), terms), *_late(visit, found)],
        ),
    )  # fmt: skip


def _deeds(visit: Visit, ref: str, state: str) -> list[Deed]:
    if not visit.may("fleet:write"):
        return []
    if state == "draft":
        return [Deed(visit.words("contract.sign"), deed("sign-investor", contract=ref))]
    return [
        Deed(visit.words("investor.pay_out"), deed("pay-out", contract=ref)),
        Deed(visit.words("investor.finance"), deed("finance-bike", contract=ref)),
        *([Deed(visit.words("investor.end"), deed("end-investor", contract=ref))] if state == ACTIVE else []),
    ]


def _behind(visit: Visit, found: Performance, measure: Measure) -> str:
    """Since the first statement, or this month."""
    last = visit.moments.today.replace(day=1)
    first = min((one.month_on for one in found.months), default=last)
    return link_to(Behind(measure, Of.INVESTOR_CONTRACT, found.contract_ref, first, last))


def _numbers(visit: Visit, found: Performance) -> list[Number]:
    words = visit.words
    owed = found.owed.minor > 0
    back = found.paid_back_on or found.expected_pay_back_on
    return [
        Number(words("investor.earned"), visit.money(found.earned), _behind(visit, found, Measure.SHARES),
               words("investor.of", part=visit.money(found.collected))),
        Number(words("investor.paid"), visit.money(found.paid), _behind(visit, found, Measure.PAYOUTS),
               words("investor.owed", owed=visit.money(found.owed)) if owed else ""),
        Number(words("investor.yield"), visit.percent(found.yield_to_date),
               hint=words("investor.expected_yield", part=visit.percent(found.expected_yield))),
        Number(words("investor.pay_back"), visit.moments.month(back) if back else "—",
               hint=words("investor.paid_back", part=visit.percent(found.paid_back))),
    ]  # fmt: skip


def _months(visit: Visit, found: Performance) -> list[Section]:
    words, sign = visit.words, visit.sign
    if not found.months:
        return [Grid("statements", words("investor.statements"), (), (), none=words("investor.no_statement"))]
    told = found.months[-24:]
    chart = Chart(
        words("investor.curve"), tuple(one.month_on for one in told),
        (
            Series(words("finance.came_in"), tuple(round(one.collected.decimal) for one in told)),
            Series(words("investor.part"), tuple(round(one.share.decimal) for one in told)),
        ),
        sign, words.locale,
    )  # fmt: skip
    heads = (
        Heading(words("finance.month")), Heading(words("finance.came_in"), True, sign),
        Heading(words("investor.part"), True, sign), Heading(words("investor.payable"), True, sign),
        Heading(words("investor.due_on"), narrow_out=True),
    )  # fmt: skip
    rows = [
        [Entry(visit.moments.month(one.month_on)), Entry(visit.bare(one.collected)),
         Entry(visit.bare(one.share)), Entry(visit.bare(one.payable)),
         Entry(visit.moments.short(one.due_on))]
        for one in reversed(told)
    ]  # fmt: skip
    note = words.spaced(found.yield_method.to(words.locale))
    return [
        Drawing(figure(chart, bar_chart)),
        Grid("statements", words("investor.statements"), heads, rows, note=note),
    ]


def _bikes(visit: Visit, shares: Sequence[Share]) -> Grid:
    words = visit.words
    heads = (
        Heading(words("contract.bike")), Heading(words("investor.part"), True),
        Heading(words("investor.from")), Heading(words("investor.until")),
    )  # fmt: skip
    rows = [
        [Entry(one.bike_ref, f"{BASE}/bikes/{one.bike_ref}"), Entry(_points(visit, one.share_bp)),
         Entry(visit.moments.short(one.from_on)),
         _until(visit, one)]
        for one in shares
    ]  # fmt: skip
    return Grid("bikes", words("investor.bikes"), heads, rows, none=words("investor.no_bikes"))


def _until(visit: Visit, one: Share) -> Entry:
    if one.until_on:
        return Entry(visit.moments.short(one.until_on))
    if not visit.may("fleet:write"):
        return Entry("")
    return Entry(
        visit.words("investor.end_share"), deed("end-share", contract=one.contract_ref, bike=one.bike_ref)
    )


def _payouts(visit: Visit, paid: Sequence[KnownPayout]) -> Grid:
    """The latest first. One that did not arrive is reversed from here."""
    words = visit.words
    heads = (
        Heading(words("investor.paid_on")), Heading(words("investor.payout")),
        Heading(words("due.amount"), True, visit.sign), Heading(words("investor.on_account")),
        Heading(words("payment.channel"), narrow_out=True), Heading(words("investor.state")),
    )  # fmt: skip
    rows = [
        [Entry(visit.moments.short(one.payout.paid_on)), Entry(one.payout.ref),
         Entry(visit.bare(one.payout.amount)), Entry(PAYOUTS[one.payout.kind.value].to(words.locale)),
         Entry(CHANNELS[one.payout.channel.value].to(words.locale)), _state(visit, one)]
        for one in paid
    ]  # fmt: skip
    return Grid("payouts", words("investor.payouts"), heads, rows, none=words("investor.no_payouts"))


def _state(visit: Visit, one: KnownPayout) -> Entry:
    if one.reversed_at:
        return Entry(visit.words("payment.reversed"), tone="off")
    if not visit.may("fleet:write"):
        return Entry("")
    return Entry(visit.words("investor.take_back"), deed("reverse-payout", payout=one.payout.ref))


def _late(visit: Visit, found: Performance) -> list[Section]:
    """The least late first; what is on time has no arrears."""
    words, by_id = visit.words, {one.bucket: one for one in found.late}
    rows = [
        (words("investor.late", bucket=bucket.label.to(words.locale), n=by_id[bucket.id].contracts),
         Entry(visit.money(by_id[bucket.id].arrears)))
        for bucket in BUCKETS
        if bucket.id in by_id
    ]  # fmt: skip
    return [Terms("late", words("investor.arrears"), rows)] if rows else []


def _points(visit: Visit, basis_points: int) -> str:
    return visit.percent(Decimal(basis_points) / 10_000)
