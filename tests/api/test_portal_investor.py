"""An investor's own page: what was put in, what it brought, and nothing of other investors."""

from datetime import date

import httpx

from adapters.links import SignedPersonLinks
from database.fleet import payouts
from database.fleet.investors import finance
from database.session import Database
from database.shared.audience import key_of
from domain.fleet.intake import PaidBy
from domain.fleet.investing import Payout, PayoutKind, Share
from domain.links import PersonTarget
from tests.api.conftest import Clock
from tests.database.test_figures import AT, SIGNED, a_fleet, franc
from tests.database.test_statements import an_investor, paid, state
from tests.ground import KEYRING, PUBLIC


async def invested(database: Database, owner: Database, clock: Clock) -> dict[str, str]:
    """Paths of the pages of two investors: one has a bike that brings money, the other has none."""
    home = await a_fleet(database, owner, 2)
    links = SignedPersonLinks(["a secret for tests"], PUBLIC)
    paths = {}
    async with database.tenant(home) as tx:
        for ref in ("I-1", "I-2"):
            await an_investor(tx, home, ref, share_bp=5_000)
            key = await key_of(tx, KEYRING, home, f"B-{ref}")
            until = clock.at.replace(year=clock.at.year + 1)
            target = PersonTarget(home, "investor", f"B-{ref}", key, until)
            paths[ref] = links.to(target).removeprefix(PUBLIC)
        await finance(tx, home, Share("I-1", "M-0", 7_500, SIGNED), AT)
        await paid(tx, home, "P-1", "C-0", date(2026, 1, 20), 26_000)
        await state(tx, home, "I-1", 2)
        given = Payout("V-1", "I-1", PayoutKind.SHARE, franc(9_000), date(2026, 2, 15), PaidBy.BANK)
        await payouts.pay_out(tx, home, given, clock.at)
    return paths


async def test_an_investor_sees_what_is_theirs(
    http: httpx.AsyncClient, database: Database, owner: Database, clock: Clock
) -> None:
    paths = await invested(database, owner, clock)
    page = await http.get(paths["I-1"], params={"lang": "en"})
    assert page.status_code == 200
    told = page.text.replace("\u202f", " ").replace("\xa0", " ")
    for said in ("Investment I-1", "M-0", "75 %", "Jan 2026", "9,750", "9,000", "My statements", "<svg"):
        assert said in told, said
    for outside in ("<script", "src=", "https://", "@import", "url(", " style="):
        assert outside not in page.text
    other = (await http.get(paths["I-2"])).text
    assert "Aucune moto" in other
    assert "M-0" not in other
    foreign = await http.get(f"{paths['I-2']}/statements/I-1/2026-01")
    assert foreign.status_code == 404
    assert (await http.get(f"{paths['I-1']}/receipts/P-1")).status_code == 404
