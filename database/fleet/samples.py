"""A sample of contracts as they stood on a past day, drawn from each stratum of arrears with a seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

STOOD = text("""
    select c.ref, coalesce(fallen.cumulative_minor, 0) - coalesce(had.minor, 0) as arrears,
           coalesce(fallen.amount_minor, 1) as due
      from fleet_contract c
      left join lateral (select d.cumulative_minor, d.amount_minor from due d
                          where d.tenant_id = c.tenant_id and d.contract_ref = c.ref and d.due_on < :day
                          order by d.due_on desc, d.number desc limit 1) fallen on true
      left join lateral (select sum(p.amount_minor) as minor from payment p
                          where p.tenant_id = c.tenant_id and p.contract_ref = c.ref
                            and p.reversed_at is null and p.received_at < :day) had on true
     where c.tenant_id = :tenant and c.state <> 'draft' and c.signed_on < :day
       and (c.ended_at is null or c.ended_at >= :day)
     order by md5(:seed || c.ref)
""")
PAID, BEHIND, FAR_BEHIND = "paid", "behind", "far_behind"
FAR = 7
"""Dues behind."""


@dataclass(frozen=True)
class Stratum:
    """``refs`` stand for ``of`` contracts."""

    name: str
    refs: tuple[str, ...]
    of: int

    @property
    def weight(self) -> float:
        return self.of / len(self.refs)


async def sample(tx: AsyncConnection, tenant: str, day: date, size: int, seed: int) -> list[Stratum]:
    """In proportion, one at least of each stratum that there is. The same seed, the same sample."""
    stood: dict[str, list[str]] = {PAID: [], BEHIND: [], FAR_BEHIND: []}
    for row in await tx.execute(STOOD, {"tenant": tenant, "day": day, "seed": str(seed)}):
        stood[_stratum(row.arrears, row.due)].append(row.ref)
    return drawn(stood, size)


def _stratum(arrears: int, due: int) -> str:
    if arrears <= 0:
        return PAID
    return BEHIND if arrears <= FAR * due else FAR_BEHIND


def drawn(stood: Mapping[str, Sequence[str]], size: int) -> list[Stratum]:
    """``stood`` in the order in which they are drawn."""
    everybody = sum(map(len, stood.values()))
    found = []
    for name, refs in stood.items():
        if refs:
            take = min(len(refs), max(1, round(size * len(refs) / everybody)))
            found.append(Stratum(name, tuple(refs[:take]), len(refs)))
    return found
