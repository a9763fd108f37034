"""One payment: what it was, what it was entered as, and what became of it."""

from urllib.parse import urlencode

from starlette.responses import Response

from database.fleet.lists import CHANNELS
from database.fleet.payments import payment_of
from database.fleet.queries import contract_of
from database.shared.contacts import contact_of
from web.console.acts import link_to
from web.console.fleet_acts import REVERSALS
from web.console.layout import Deed, Detail, Entry, Number, Terms
from web.console.visit import BASE, Visit


async def payment(visit: Visit) -> Response:
    ref, words, moments = visit.path("ref"), visit.words, visit.moments
    async with visit.database.tenant(visit.tenant.id) as tx:
        known = await payment_of(tx, visit.tenant.id, ref)
        agreed = (await contract_of(tx, visit.tenant.id, known.entry.contract_ref)).contract
        driver = await contact_of(tx, visit.tenant.id, agreed.driver_ref)
    entry = known.entry
    contract = f"{BASE}/contracts/{agreed.ref}"
    ledger = f"{BASE}/ledger?{urlencode({'subject': agreed.ref, 'from': moments.day_of(entry.received_at)})}"
    rows = [
        (words("payment.contract"), Entry(agreed.ref, contract)),
        (words("nav.driver"), Entry(driver.full_name, f"{BASE}/drivers/{driver.ref}")),
        (words("payment.channel"), Entry(CHANNELS[entry.channel.value].to(words.locale))),
        (words("payment.source"), Entry(entry.source or "—")),
        (words("payment.recorded"), Entry(moments.moment(known.recorded_at))),
    ]
    if known.reversed_at:
        rows.append((words("payment.reversed_at"), Entry(moments.moment(known.reversed_at))))
        if known.reversed_for:
            why = REVERSALS[known.reversed_for.value].to(words.locale)
            rows.append((words("payment.why"), Entry(why)))
        rows.append((words("payment.reason"), Entry(known.reversal_reason)))
    tags = [Entry(words("payment.reversed"), tone="off")] if known.reversed_at else []
    can = visit.may("fleet:write") and not known.reversed_at
    return visit.page(
        "detail.html.j2",
        page=Detail(
            ref, (words("nav.payments"), f"{BASE}/payments"), tags,
            deeds=[Deed(words("payment.take_back"), link_to("reverse", payment=ref))] if can else [],
            numbers=[
                Number(words("due.amount"), visit.money(entry.amount), ledger),
                Number(words("payment.received"), moments.moment(entry.received_at)),
            ],
            main=[Terms("payment", words("payment.title"), rows)],
        ),
    )  # fmt: skip
