"""The pages one can go to, in groups; who may not read a page does not see its name."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

BASE = "/console"


@dataclass(frozen=True)
class Place:
    """``key`` is a word of the console."""

    path: str
    key: str
    permission: str


@dataclass(frozen=True)
class Group:
    """``business``: only for tenants that are in it."""

    key: str
    places: tuple[Place, ...]
    business: str = ""


GROUPS: Sequence[Group] = (
    Group(
        "nav.group.today",
        (
            Place("/", "nav.home", "processes:read"),
            Place("/alerts", "alerts.title", "alerts:read"),
            Place("/cases", "nav.cases", "processes:read"),
            Place("/messages", "nav.messages", "processes:read"),
        ),
    ),
    Group(
        "nav.group.fleet",
        (
            Place("/contracts", "nav.contracts", "fleet:read"),
            Place("/drivers", "nav.drivers", "fleet:read"),
            Place("/payments", "nav.payments", "fleet:read"),
            Place("/foresight", "nav.foresight", "fleet:read"),
            Place("/bikes", "nav.bikes", "fleet:read"),
            Place("/stations", "nav.stations", "fleet:read"),
            Place("/swaps", "nav.swaps", "fleet:read"),
            Place("/batteries", "nav.batteries", "fleet:read"),
            Place("/agencies", "nav.agencies", "fleet:read"),
        ),
        business="fleet",
    ),
    Group(
        "nav.group.money",
        (
            Place("/finance", "nav.finance", "fleet:read"),
            Place("/investors", "nav.investors", "fleet:read"),
            Place("/investor-statements", "nav.statements", "fleet:read"),
            Place("/reconciliation", "nav.reconciliation", "fleet:read"),
            Place("/imports", "nav.imports", "imports:write"),
            Place("/kept-aside", "nav.kept_aside", "imports:write"),
            Place("/agents", "nav.agents", "fleet:read"),
            Place("/deposits", "nav.deposits", "fleet:read"),
            Place("/costs", "nav.costs", "fleet:read"),
            Place("/ledger", "nav.ledger", "fleet:read"),
            Place("/reports", "nav.reports", "reports:read"),
        ),
        business="fleet",
    ),
    Group(
        "nav.group.maintenance",
        (
            Place("/planning", "nav.planning", "planning:read"),
            Place("/plans", "nav.plans", "planning:read"),
            Place("/slots", "nav.slots", "planning:read"),
            Place("/visits", "nav.visits", "planning:read"),
            Place("/technicians", "nav.technicians", "planning:read"),
        ),
        business="maintenance",
    ),
    Group(
        "nav.group.rules",
        (
            Place("/books", "nav.books", "rules:read"),
            Place("/exports", "nav.exports", "reports:read"),
            Place("/webhooks", "nav.webhooks", "webhooks:read"),
            Place("/audit", "nav.audit", "audit:read"),
            Place("/privacy", "nav.privacy", "privacy:read"),
            Place("/settings", "settings.title", "settings:read"),
        ),
    ),
)


@dataclass(frozen=True)
class Link:
    address: str
    key: str
    current: bool


def menu(may: Callable[[str], bool], here: str, businesses: Collection[str]) -> list[tuple[str, list[Link]]]:
    """What somebody may open, and where they are (``here``, the path)."""
    found = []
    for group in GROUPS:
        if group.business and group.business not in businesses:
            continue
        links = [_link(one, here) for one in group.places if may(one.permission)]
        if links:
            found.append((group.key, links))
    return found


def _link(place: Place, here: str) -> Link:
    address = f"{BASE}{place.path}"
    inside = place.path != "/" and here.startswith(f"{address}/")
    return Link(address, place.key, here == address or inside)
