"""The week of `seeds.rounds` as a planning file, to try `echeance plan` with: python -m seeds.make_rounds."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from domain.calendar import DAY
from domain.maintenance.planning.codec import problem_value
from domain.maintenance.planning.horizon import Horizon, Wish, problem_of
from domain.maintenance.planning.intake import KnownVisit, Standing
from domain.maintenance.planning.naming import Called, Names
from domain.maintenance.planning.values.named import with_names
from seeds.maintenance import FIRM
from seeds.maintenance_rounds import order_of, worker_of
from seeds.rounds import HANDS, VISITS

FILE = Path(__file__).with_name("data") / "annecy.json"
MONDAY = date(2027, 1, 11)


def document() -> dict[str, Any]:
    days = [MONDAY + DAY * n for n in range(5)]
    orders = [order_of(one, number, MONDAY - DAY, days) for number, one in enumerate(VISITS, start=1)]
    visits = tuple(KnownVisit(one, Standing(), FIRM.at(MONDAY)) for one in orders)
    workers = tuple(worker_of(one) for one in HANDS)
    problem = problem_of(Horizon(Wish(MONDAY, len(days)), workers, visits))
    names = Names(
        FIRM.name,
        {one.ref: one.name for one in HANDS},
        {
            order.ref: Called(one.customer, order.work, order.address)
            for order, one in zip(orders, VISITS, strict=True)
        },
    )
    return with_names(problem_value(problem, roads=False), names)


def text() -> str:
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), "utf-8")
