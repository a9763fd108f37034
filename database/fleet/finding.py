"""What somebody looks for, by a piece of its name or by its reference, over everything of the fleet."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, Text, cast, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import and_

from database.fleet.asset_tables import agency, battery, station, swap
from database.fleet.investor_tables import investor_contract
from database.fleet.tables import bike, fleet_contract, payment
from database.shared.hits import Hit, ask, found, has
from database.shared.tables import contact


async def look_for(tx: AsyncConnection, tenant: str, text: str) -> list[Hit]:
    """Millions of payments and swaps are found by their whole reference alone."""
    return await ask(tx, _questions(tenant, text.strip()), text)


def _questions(tenant: str, text: str) -> Iterable[tuple[str, Select[Any]]]:
    of, who = fleet_contract.c, contact.c
    join = fleet_contract.join(contact, and_(who.tenant_id == of.tenant_id, who.ref == of.driver_ref))
    yield "contract", found(
        select(of.ref, who.full_name.label("name")).select_from(join), of.tenant_id == tenant, of.ref,
        has(text, of.ref, who.full_name, spelt=who.sorting_name), text,
    )  # fmt: skip
    drives = select(of.ref).where(of.tenant_id == who.tenant_id, of.driver_ref == who.ref).exists()
    yield "driver", found(
        select(who.ref, who.full_name.label("name")), and_(who.tenant_id == tenant, drives), who.ref,
        has(text, who.ref, who.full_name, who.phone, spelt=who.sorting_name), text,
    )  # fmt: skip
    put, by = investor_contract.c, contact.alias("investor")
    pair = investor_contract.join(by, and_(by.c.tenant_id == put.tenant_id, by.c.ref == put.investor_ref))
    yield "investor", found(
        select(put.ref, by.c.full_name.label("name")).select_from(pair), put.tenant_id == tenant, put.ref,
        has(text, put.ref, by.c.full_name, put.investor_ref, spelt=by.c.sorting_name), text,
    )  # fmt: skip
    for kind, table, name in (
        ("bike", bike, func.trim(bike.c.model + " " + bike.c.plate)), ("station", station, station.c.name),
        ("agency", agency, agency.c.name), ("battery", battery, literal("")),
    ):  # fmt: skip
        mine = table.c
        yield kind, found(
            select(mine.ref, name.label("name")), mine.tenant_id == tenant, mine.ref,
            has(text, mine.ref, cast(name, Text), spelt=func.sorting_name(name)), text,
        )  # fmt: skip
    for kind, table, about in (
        ("payment", payment, payment.c.contract_ref), ("swap", swap, swap.c.station_ref),
    ):  # fmt: skip
        exactly = (table.c.tenant_id == tenant, table.c.ref == text)
        yield kind, select(table.c.ref, about.label("name")).where(*exactly)
