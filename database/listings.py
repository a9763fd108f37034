"""The lists that people read and take away, by their names in addresses."""

from collections.abc import Mapping

from database.fleet.lists import CONTRACTS, DRIVERS, PAYMENTS
from database.shared.listing import Listing

LISTINGS: Mapping[str, Listing] = {one.name: one for one in (CONTRACTS, DRIVERS, PAYMENTS)}
