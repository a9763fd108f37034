"""The lists of what the fleet owns and where it works: bikes, stations, agencies, batteries, swaps, costs."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.sql import and_

from database.fleet.asset_tables import agency, battery, fleet_cost, station, swap, swap_month
from database.fleet.tables import bike, fleet_contract
from database.shared.listing import Ask, Filter, Listing, Scope
from database.shared.tables import contact, ledger_month
from domain.decision import Bilingual
from domain.fleet.contract import ACTIVE
from domain.table import Column, Kind

BIKE_STATES: Mapping[str, Bilingual] = {
    "in_stock": Bilingual("en stock", "in stock"), "in_use": Bilingual("en service", "in use"),
    "in_repair": Bilingual("en réparation", "in repair"), "stolen": Bilingual("volée", "stolen"),
    "repossessed": Bilingual("reprise", "repossessed"), "sold": Bilingual("vendue", "sold"),
    "retired": Bilingual("réformée", "retired"),
}  # fmt: skip
BATTERY_STATES: Mapping[str, Bilingual] = {
    "in_use": Bilingual("en service", "in use"), "in_repair": Bilingual("en réparation", "in repair"),
    "lost": Bilingual("perdue", "lost"), "retired": Bilingual("réformée", "retired"),
}  # fmt: skip
STATE_TONES = {
    "in_use": "good", "in_stock": "plain", "in_repair": "near", "stolen": "late", "repossessed": "near",
    "lost": "late", "sold": "off", "retired": "off",
}  # fmt: skip
SWAP_CHANNELS: Mapping[str, Bilingual] = {
    "mobile_money": Bilingual("mobile money", "mobile money"), "bank": Bilingual("banque", "bank"),
    "cash": Bilingual("espèces", "cash"), "included": Bilingual("compris", "included"),
}  # fmt: skip
SUBJECTS: Mapping[str, Bilingual] = {
    "bike": Bilingual("moto", "bike"), "station": Bilingual("station", "station"),
    "agency": Bilingual("agence", "agency"), "fleet": Bilingual("flotte", "fleet"),
}  # fmt: skip

REF = Bilingual("Référence", "Reference")
NAME = Bilingual("Nom", "Name")
STATE = Bilingual("État", "State")
AGENCY = Bilingual("Agence", "Agency")
STATION = Bilingual("Station", "Station")
BIKE = Bilingual("Moto", "Bike")
MANAGER = Bilingual("Responsable", "Manager")
OPENED = Bilingual("Ouverte le", "Opened on")
CLOSED = Bilingual("Fermée le", "Closed on")
FROM, UNTIL = Bilingual("Du", "From"), Bilingual("Au", "Until")
NAME_OR_REF = Bilingual("Nom ou référence", "Name or reference")


def _bikes(scope: Scope) -> Select[Any]:
    of = bike.c
    driven = (
        select(fleet_contract.c.ref.label("contract_ref"), fleet_contract.c.driver_ref)
        .where(
            fleet_contract.c.tenant_id == of.tenant_id, fleet_contract.c.bike_ref == of.ref,
            fleet_contract.c.state == ACTIVE,
        )
        .order_by(fleet_contract.c.signed_on.desc()).limit(1).lateral("driven")
    )  # fmt: skip
    return (
        select(
            of.ref, of.plate, of.model, of.state, of.agency_ref, driven.c.contract_ref, of.bought_on,
            of.cost_minor.label("cost"),
            func.coalesce(of.currency, literal(scope.currency)).label("currency"),
        )
        .select_from(bike.outerjoin(driven, literal(True)))
        .where(of.tenant_id == scope.tenant)
    )  # fmt: skip


def _light_bikes(scope: Scope) -> Select[Any]:
    """Without their contracts."""
    of = bike.c
    return select(of.ref, of.plate, of.state, of.agency_ref, of.bought_on).where(of.tenant_id == scope.tenant)


BIKES = Listing(
    "bikes", Bilingual("Motos", "Bikes"),
    (
        Column("ref", BIKE), Column("plate", Bilingual("Plaque", "Plate")),
        Column("model", Bilingual("Modèle", "Model")), Column("state", STATE, words=BIKE_STATES),
        Column("contract_ref", Bilingual("Contrat en cours", "Active contract")),
        Column("agency_ref", AGENCY), Column("bought_on", Bilingual("Achetée le", "Bought on"), Kind.DATE),
        Column("cost", Bilingual("Prix d’achat", "Cost"), Kind.MONEY),
    ),
    _bikes, "ref", "ref", "fleet:read",
    filters=(
        Filter("text", Bilingual("Référence ou plaque", "Reference or plate"), Ask.TEXT, ("ref", "plate")),
        Filter("state", STATE, Ask.IS, ("state",), BIKE_STATES),
        Filter("agency", AGENCY, Ask.IS, ("agency_ref",)),
    ),
    sorts=("ref", "bought_on", "cost"),
    links={
        "ref": "/bikes/{ref}", "contract_ref": "/contracts/{contract_ref}",
        "agency_ref": "/agencies/{agency_ref}",
    },
    presets={
        "state=in_repair": Bilingual("En réparation", "In repair"),
        "state=in_stock": Bilingual("En stock", "In stock"),
        "state=stolen": Bilingual("Volées", "Stolen"),
    },
    tones={"state": STATE_TONES}, wide=("bought_on",), empty=("bought_on", "cost"), light=_light_bikes,
)  # fmt: skip


def _stations(scope: Scope) -> Select[Any]:
    """With what this month has brought so far."""
    of, month = station.c, scope.day.replace(day=1)
    swaps = select(swap_month.c.swaps).where(
        swap_month.c.tenant_id == of.tenant_id, swap_month.c.station_ref == of.ref,
        swap_month.c.month_on == month,
    )  # fmt: skip
    return (
        select(
            of.ref, of.name, _sorting(of), of.agency_ref, contact.c.full_name.label("manager"),
            func.coalesce(swaps.scalar_subquery(), 0).label("swaps"),
            _month_sum(of, "swap_revenue", month, -1).label("revenue"),
            _month_sum(of, "station_cost", month, 1).label("costs"),
            of.opened_on, of.closed_on, of.currency,
        )
        .select_from(
            station.outerjoin(
                contact, and_(contact.c.tenant_id == of.tenant_id, contact.c.ref == of.manager_ref)
            )
        )
        .where(of.tenant_id == scope.tenant)
    )  # fmt: skip


def _sorting(of: Any) -> ColumnElement[str]:
    """Of some hundreds at most: no index is needed."""
    return func.sorting_name(of.name).collate("C").label("sorting_name")


def _month_sum(of: Any, account: str, month: Any, sign: int) -> Any:
    kept = ledger_month.c
    total = select(func.sum(sign * (kept.debit_minor - kept.credit_minor))).where(
        kept.tenant_id == of.tenant_id, kept.account == account, kept.subject == of.ref,
        kept.month_on == month,
    )  # fmt: skip
    return func.coalesce(total.scalar_subquery(), 0)


THIS_MONTH_SWAPS = Bilingual("Échanges ce mois", "Swaps this month")
STATIONS = Listing(
    "stations", Bilingual("Stations", "Stations"),
    (
        Column("name", NAME), Column("ref", REF), Column("agency_ref", AGENCY), Column("manager", MANAGER),
        Column("swaps", THIS_MONTH_SWAPS, Kind.INT),
        Column("revenue", Bilingual("Recettes ce mois", "Revenue this month"), Kind.MONEY),
        Column("costs", Bilingual("Charges ce mois", "Costs this month"), Kind.MONEY),
        Column("opened_on", OPENED, Kind.DATE), Column("closed_on", CLOSED, Kind.DATE),
    ),
    _stations, "ref", "name", "fleet:read",
    filters=(
        Filter("text", NAME_OR_REF, Ask.TEXT, ("name", "ref")),
        Filter("agency", AGENCY, Ask.IS, ("agency_ref",)),
    ),
    sorts=("name", "ref", "swaps", "revenue", "costs", "opened_on"),
    links={"name": "/stations/{ref}", "ref": "/stations/{ref}", "agency_ref": "/agencies/{agency_ref}"},
    presets={"order=-revenue": Bilingual("Plus fortes recettes", "Highest revenue")},
    wide=("manager", "opened_on", "closed_on"), names={"name": "sorting_name"},
)  # fmt: skip


def _agencies(scope: Scope) -> Select[Any]:
    of, agreed = agency.c, fleet_contract.c
    running = select(func.count()).where(
        agreed.tenant_id == of.tenant_id, agreed.agency_ref == of.ref, agreed.state == ACTIVE
    )
    bikes = select(func.count()).where(bike.c.tenant_id == of.tenant_id, bike.c.agency_ref == of.ref)
    posts = select(func.count()).where(station.c.tenant_id == of.tenant_id, station.c.agency_ref == of.ref)
    led = contact.c
    return (
        select(
            of.ref, of.name, _sorting(of), led.full_name.label("manager"),
            running.scalar_subquery().label("contracts"), bikes.scalar_subquery().label("bikes"),
            posts.scalar_subquery().label("stations"), of.opened_on, of.closed_on,
        )
        .select_from(
            agency.outerjoin(contact, and_(led.tenant_id == of.tenant_id, led.ref == of.manager_ref))
        )
        .where(of.tenant_id == scope.tenant)
    )  # fmt: skip


AGENCIES = Listing(
    "agencies", Bilingual("Agences", "Agencies"),
    (
        Column("name", NAME), Column("ref", REF), Column("manager", MANAGER),
        Column("contracts", Bilingual("Contrats en cours", "Active contracts"), Kind.INT),
        Column("bikes", Bilingual("Motos", "Bikes"), Kind.INT),
        Column("stations", Bilingual("Stations", "Stations"), Kind.INT),
        Column("opened_on", OPENED, Kind.DATE), Column("closed_on", CLOSED, Kind.DATE),
    ),
    _agencies, "ref", "name", "fleet:read",
    filters=(Filter("text", NAME_OR_REF, Ask.TEXT, ("name", "ref")),),
    sorts=("name", "ref", "contracts", "opened_on"),
    links={"name": "/agencies/{ref}", "ref": "/agencies/{ref}"}, wide=("closed_on",),
    names={"name": "sorting_name"},
)  # fmt: skip


def _batteries(scope: Scope) -> Select[Any]:
    of = battery.c
    return select(
        of.ref, of.state, of.bike_ref, of.station_ref, of.placed_at,
        (of.cycles_before + of.cycles).label("cycles"), of.bought_on, of.cost_minor.label("cost"),
        func.coalesce(of.currency, literal(scope.currency)).label("currency"),
    ).where(of.tenant_id == scope.tenant)  # fmt: skip


BATTERIES = Listing(
    "batteries", Bilingual("Batteries", "Batteries"),
    (
        Column("ref", Bilingual("Batterie", "Battery")), Column("state", STATE, words=BATTERY_STATES),
        Column("bike_ref", Bilingual("Sur la moto", "On the bike")),
        Column("station_ref", Bilingual("À la station", "At the station")),
        Column("placed_at", Bilingual("Depuis", "Since"), Kind.INSTANT),
        Column("cycles", Bilingual("Cycles", "Cycles"), Kind.INT),
        Column("bought_on", Bilingual("Achetée le", "Bought on"), Kind.DATE),
        Column("cost", Bilingual("Prix d’achat", "Cost"), Kind.MONEY),
    ),
    _batteries, "ref", "ref", "fleet:read",
    filters=(
        Filter("text", REF, Ask.TEXT, ("ref",)),
        Filter("state", STATE, Ask.IS, ("state",), BATTERY_STATES),
        Filter("station", STATION, Ask.IS, ("station_ref",)), Filter("bike", BIKE, Ask.IS, ("bike_ref",)),
    ),
    sorts=("ref", "cycles", "placed_at"),
    links={"bike_ref": "/bikes/{bike_ref}", "station_ref": "/stations/{station_ref}"},
    presets={"order=-cycles": Bilingual("Plus de cycles", "Most cycles")},
    tones={"state": STATE_TONES}, wide=("bought_on",), empty=("placed_at",),
)  # fmt: skip


def _swaps(scope: Scope) -> Select[Any]:
    of = swap.c
    return select(
        of.swapped_at, of.ref, of.station_ref, of.bike_ref, of.battery_in, of.battery_out, of.charge_in,
        of.charge_out, of.price_minor.label("price"), of.currency, of.channel, of.source, of.voided_at,
    ).where(of.tenant_id == scope.tenant)  # fmt: skip


SWAPS = Listing(
    "swaps", Bilingual("Échanges de batteries", "Battery swaps"),
    (
        Column("swapped_at", Bilingual("Quand", "When"), Kind.INSTANT), Column("station_ref", STATION),
        Column("bike_ref", BIKE), Column("battery_in", Bilingual("Rendue", "Returned")),
        Column("battery_out", Bilingual("Remise", "Given")),
        Column("charge_in", Bilingual("Charge rendue", "Charge in"), Kind.INT),
        Column("price", Bilingual("Prix", "Price"), Kind.MONEY),
        Column("channel", Bilingual("Moyen", "Means"), words=SWAP_CHANNELS),
        Column("ref", REF), Column("voided_at", Bilingual("Annulé", "Voided"), Kind.INSTANT),
    ),
    _swaps, "ref", "-swapped_at", "fleet:read",
    filters=(
        Filter("station", STATION, Ask.IS, ("station_ref",)), Filter("bike", BIKE, Ask.IS, ("bike_ref",)),
        Filter("channel", Bilingual("Moyen", "Means"), Ask.IS, ("channel",), SWAP_CHANNELS),
        Filter("from", FROM, Ask.SINCE, ("swapped_at",)), Filter("until", UNTIL, Ask.UNTIL, ("swapped_at",)),
        Filter("ref", REF, Ask.IS, ("ref",)),
    ),
    sorts=("swapped_at",),
    links={"station_ref": "/stations/{station_ref}", "bike_ref": "/bikes/{bike_ref}"},
    wide=("ref", "voided_at", "charge_in"), bounded=("channel", "bike"),
)  # fmt: skip


def _costs(scope: Scope) -> Select[Any]:
    of = fleet_cost.c
    return select(
        of.incurred_on, of.ref, of.kind, of.subject_kind, of.subject_ref, of.amount_minor.label("amount"),
        of.currency, of.channel, of.note, of.reversed_at,
    ).where(of.tenant_id == scope.tenant)  # fmt: skip


COSTS = Listing(
    "costs", Bilingual("Charges", "Costs"),
    (
        Column("incurred_on", Bilingual("Jour", "Day"), Kind.DATE), Column("ref", REF),
        Column("kind", Bilingual("Nature", "Kind")),
        Column("subject_kind", Bilingual("Pour", "For"), words=SUBJECTS),
        Column("subject_ref", Bilingual("Objet", "Subject")),
        Column("amount", Bilingual("Montant", "Amount"), Kind.MONEY),
        Column("note", Bilingual("Note", "Note")),
        Column("reversed_at", Bilingual("Annulée", "Reversed"), Kind.INSTANT),
    ),
    _costs, "ref", "-incurred_on", "fleet:read",
    filters=(
        Filter("text", REF, Ask.TEXT, ("ref", "note", "subject_ref")),
        Filter("about", Bilingual("Pour", "For"), Ask.IS, ("subject_kind",), SUBJECTS),
        Filter("subject", Bilingual("Objet", "Subject"), Ask.IS, ("subject_ref",)),
        Filter("from", FROM, Ask.SINCE, ("incurred_on",)),
        Filter("until", UNTIL, Ask.UNTIL, ("incurred_on",)),
    ),
    sorts=("incurred_on", "amount"), wide=("reversed_at",),
)  # fmt: skip
