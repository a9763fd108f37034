"""The lists that people read and take away, by their names in addresses."""

from collections.abc import Mapping

from database.fleet.asset_lists import AGENCIES, BATTERIES, BIKES, COSTS, STATIONS, SWAPS
from database.fleet.cash_lists import AGENTS, DEPOSITS, KEPT, LINES
from database.fleet.intake_list import INTAKES
from database.fleet.investor_lists import INVESTORS, STATEMENTS
from database.fleet.ledger_list import ENTRIES
from database.fleet.lists import CONTRACTS, DRIVERS, PAYMENTS
from database.fleet.report_lists import REPORTS, SUBSCRIPTIONS
from database.maintenance.lists import PLANS, TECHNICIANS, VISITS
from database.shared.listing import Listing

LISTINGS: Mapping[str, Listing] = {
    one.name: one
    for one in (
        CONTRACTS, DRIVERS, PAYMENTS, ENTRIES, BIKES, BATTERIES, STATIONS, AGENCIES, SWAPS, COSTS, INVESTORS,
        STATEMENTS, AGENTS, DEPOSITS, LINES, KEPT, INTAKES, REPORTS, SUBSCRIPTIONS, VISITS, TECHNICIANS,
        PLANS,
    )
}  # fmt: skip
