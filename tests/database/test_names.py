"""Names are in the order in which people look for them, on every page of a list, and are found as typed."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from sqlalchemy import func, insert, select, update

from adapters.holidays import PublicHolidays
from database.fleet.asset_tables import agency
from database.fleet.contract import create_signed
from database.fleet.finding import look_for
from database.listings import LISTINGS
from database.session import Database
from database.shared.contacts import Contact, save_contact
from database.shared.listing import Scope, asked_of, find
from database.shared.tables import contact, tenant
from domain.fleet.intake import Contract
from domain.fleet.terms import Frequency, Kind, Terms
from domain.money import Money

NAMES = (
    "abena Marthe", "Aïcha Bello", "AICHA BELLO", "Armand Fotso", "Élodie Ngo Bum", "Emmanuel Tchoua",
    "Ɛyong Ako", "Jean Paul", "Jean-Paul", "Jeanne Abah", "N’Diaye Awa", "Ndiaye Omar", "Œuvrard", "Ofon",
    "Zoé Mbarga",
)  # fmt: skip
"""As they are to come. Of two that are spelt alike, the reference decides."""
SIGNED = date(2026, 1, 5)
FRANCS = Money("XAF", 60_000)
TERMS = Terms(Kind.LEASE_TO_OWN, FRANCS, Money("XAF", 0), 2, Frequency.MONTHLY, date(2026, 2, 1), SIGNED)


@pytest.fixture(scope="module")
async def home(database: Database, owner: Database) -> str:
    """Everybody drives by contract, and each has an agency of their name."""
    home, at = f"moto-{uuid4().hex[:8]}", datetime(2026, 1, 5, 9, tzinfo=UTC)
    row = {"id": home, "name": "Moto", "country": "CM", "zone": "Africa/Douala", "currency": "XAF"}
    async with owner.anyone() as tx:
        await tx.execute(insert(tenant).values({**row, "locale": "fr"}))
    async with database.tenant(home) as tx:
        for place, name in enumerate(NAMES):
            number = f"{7 * place % len(NAMES):02}"
            await save_contact(tx, home, Contact(f"D-{number}", name, None, None, "fr"))
            agreed = Contract(f"C-{number}", f"D-{number}", f"M-{number}", TERMS)
            await create_signed(tx, home, agreed, at, PublicHolidays())
            opened = {"tenant_id": home, "ref": f"A-{number}", "name": name, "opened_on": SIGNED}
            await tx.execute(insert(agency).values(opened))
    return home


async def names_of(database: Database, home: str, name: str, asked: dict[str, str]) -> list[str]:
    """From pages of two."""
    listing, found, after = LISTINGS[name], [], ""
    by = listing.order if name != "contracts" else "driver"
    question = asked_of(listing, {"order": by, **asked})
    async with database.tenant(home) as tx:
        while True:
            page = await find(tx, Scope(home, SIGNED, "Africa/Douala", "XAF"), listing, question, after, 2)
            found += [getattr(row, by) for row in page.rows]
            if not (after := page.after):
                return found


@pytest.mark.parametrize("name", ["drivers", "contracts", "agencies"])
async def test_names_are_sorted_as_in_a_directory(database: Database, home: str, name: str) -> None:
    by = "name" if name == "agencies" else "driver"
    assert await names_of(database, home, name, {}) == list(NAMES)
    assert await names_of(database, home, name, {"order": f"-{by}"}) == list(reversed(NAMES))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("aicha", NAMES[1:3]),
        ("ndiaye", NAMES[10:12]),
        ("jean-p", NAMES[7:9]),
        ("oeuv", NAMES[12:13]),
        ("'", ()),
    ],
)
async def test_who_types_no_accents_finds_the_name(
    database: Database, home: str, text: str, found: tuple[str, ...]
) -> None:
    for name in ("drivers", "contracts", "agencies"):
        assert await names_of(database, home, name, {"text": text}) == list(found)
    async with database.tenant(home) as tx:
        hits = await look_for(tx, home, text)
    for kind in ("driver", "contract", "agency"):
        assert {one.name for one in hits if one.kind == kind} == set(found)


async def test_a_corrected_name_moves_to_its_place(database: Database, home: str) -> None:
    async with database.tenant(home) as tx:
        named = update(contact).where(contact.c.tenant_id == home, contact.c.full_name == NAMES[-1])
        await tx.execute(named.values(full_name="Ébogo"))
    assert (await names_of(database, home, "drivers", {}))[4] == "Ébogo"
    async with database.tenant(home) as tx:
        named = update(contact).where(contact.c.tenant_id == home, contact.c.full_name == "Ébogo")
        await tx.execute(named.values(full_name=NAMES[-1]))


def test_every_list_that_is_sorted_by_a_name_is_sorted_so() -> None:
    """A name is what a column of names says, whatever the list."""
    named = {"driver", "name", "investor", "agent", "customer", "manager", "technician"}
    for one in LISTINGS.values():
        assert named & {*one.sorts, one.order} == one.names.keys(), one.name


async def test_a_name_without_end_is_kept(database: Database, home: str) -> None:
    """Other names than people have: no index takes them whole."""
    endless = "".join(map(chr, range(0x4E00, 0x4E00 + 3000))), "".join(map(chr, range(0xFB50, 0xFBB0))) * 9
    async with database.tenant(home) as tx:
        for number, name in enumerate(endless):
            await save_contact(tx, home, Contact(f"E-{number}", name, None, None, "fr"))
        query = select(func.length(contact.c.sorting_name)).where(contact.c.ref.in_(("E-0", "E-1")))
        assert (await tx.execute(query)).scalars().all() == [300, 300]
