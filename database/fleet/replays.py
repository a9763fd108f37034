"""How contracts, payments and swaps that were kept aside are entered after their correction."""

from collections.abc import Mapping
from typing import Any

from database.fleet.contract import Written
from database.fleet.imports import enter_contracts
from database.fleet.kept_aside import COLUMNS, Replaying, replays
from database.fleet.payments import record_payment
from database.fleet.swaps import record_swap
from database.shared.contacts import Tenant, tenant_of
from domain.errors import BadInput, DomainError
from domain.fleet import columns
from domain.fleet.intake import Line

COLUMNS.update({source: one.all for source, one in columns.COLUMNS.items()}, webhook=columns.PAYMENTS.all)


@replays("contracts")
async def replay_contract(here: Replaying, given: Mapping[str, str]) -> str:
    home = await tenant_of(here.tx, here.tenant)
    entry = _sound(here.files.contract(given, home.country))
    [written] = await enter_contracts(here.tx, here.tenant, [entry], here.at, here.holidays)
    _raise(written)
    return str(entry.contract.ref)


@replays("payments")
@replays("webhook")
async def replay_payment(here: Replaying, given: Mapping[str, str]) -> str:
    home: Tenant = await tenant_of(here.tx, here.tenant)
    entry = _sound(here.files.payment(given, home.currency))
    await record_payment(here.tx, here.tenant, entry, here.at)
    return str(entry.ref)


@replays("swaps")
async def replay_swap(here: Replaying, given: Mapping[str, str]) -> str:
    home = await tenant_of(here.tx, here.tenant)
    entry = _sound(here.files.swap(given, home.currency))
    await record_swap(here.tx, here.tenant, entry, here.at)
    return str(entry.ref)


def _sound(line: Line[Any]) -> Any:
    if line.entry is None:
        raise BadInput(*line.mistakes)
    return line.entry


def _raise(written: Written) -> None:
    if isinstance(written, DomainError):
        raise written
