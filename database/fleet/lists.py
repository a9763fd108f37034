"""The lists of the fleet: contracts, drivers, payments."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, case, exists, func, literal, select
from sqlalchemy.sql import and_

from database.fleet.positions import positions
from database.fleet.score_tables import driver_class
from database.fleet.tables import fleet_contract, fleet_purse, payment
from database.shared.listing import Ask, Filter, Listing, Scope
from database.shared.tables import contact
from domain.decision import Bilingual
from domain.fleet.contract import DRAFT
from domain.table import Column, Kind

STATES: Mapping[str, Bilingual] = {
    "draft": Bilingual("projet", "draft"), "active": Bilingual("en cours", "active"),
    "completed": Bilingual("soldé", "completed"), "terminated": Bilingual("résilié", "terminated"),
}  # fmt: skip
CHANNELS: Mapping[str, Bilingual] = {
    "mobile_money": Bilingual("mobile money", "mobile money"), "bank": Bilingual("banque", "bank"),
    "cash": Bilingual("espèces", "cash"),
}  # fmt: skip
KINDS: Mapping[str, Bilingual] = {
    "purchase": Bilingual("achat", "purchase"),
    "lease_to_own": Bilingual("location-vente", "lease to own"),
    "financing": Bilingual("financement", "financing"),
}  # fmt: skip
BANDS: Mapping[str, Bilingual] = {one: Bilingual(one.upper(), one.upper()) for one in "abcde"}
OUTCOMES: Mapping[str, Bilingual] = {
    "reliable": Bilingual("fiable", "reliable"), "ordinary": Bilingual("ordinaire", "ordinary"),
    "watch": Bilingual("à surveiller", "to watch"), "at_risk": Bilingual("à risque", "at risk"),
}  # fmt: skip
TONES = {"draft": "near", "active": "plain", "completed": "good", "terminated": "off"}

REF = Bilingual("Référence", "Reference")
DRIVER = Bilingual("Conducteur", "Driver")
CONTRACT = Bilingual("Contrat", "Contract")
STATE = Bilingual("État", "State")
AGENCY = Bilingual("Agence", "Agency")
ARREARS = Bilingual("Impayés", "Arrears")
DAYS_LATE = Bilingual("Jours de retard", "Days late")
REMAINING = Bilingual("Reste à payer", "Still to pay")
PAID = Bilingual("Payé", "Paid")
NAME_OR_REF = Bilingual("Nom ou référence", "Name or reference")
LATE_TO = Bilingual("Retard, en jours, d’au plus", "Days late, at most")
LATE_BY = Bilingual("Retard, en jours, d’au moins", "Days late, at least")


def _contracts(scope: Scope) -> Select[Any]:
    where, of = positions(scope.tenant, scope.day), fleet_contract.c
    join = fleet_contract.join(
        contact, and_(contact.c.tenant_id == of.tenant_id, contact.c.ref == of.driver_ref)
    ).outerjoin(where, where.c.contract_ref == of.ref)
    return (
        select(
            of.ref, contact.c.full_name.label("driver"), contact.c.sorting_name, of.driver_ref, of.bike_ref,
            of.agency_ref, of.kind, of.state, of.signed_on, of.currency, where.c.total_minor.label("total"),
            where.c.paid_minor.label("paid"), where.c.remaining_minor.label("remaining"),
            where.c.arrears_minor.label("arrears"), where.c.days_late, where.c.next_unpaid_on,
            where.c.last_paid_at,
        )
        .select_from(join)
        .where(of.tenant_id == scope.tenant)
    )  # fmt: skip


def _light_contracts(scope: Scope) -> Select[Any]:
    """Without what is late of them, which asks their schedules."""
    of, purse = fleet_contract.c, fleet_purse.c
    join = fleet_contract.join(
        contact, and_(contact.c.tenant_id == of.tenant_id, contact.c.ref == of.driver_ref)
    ).outerjoin(
        fleet_purse, and_(purse.tenant_id == of.tenant_id, purse.contract_ref == of.ref, of.state != DRAFT)
    )
    day = literal(scope.day)
    is_late = purse.unpaid_on < day - of.grace_days
    return (
        select(
            of.ref, contact.c.full_name.label("driver"), contact.c.sorting_name, of.driver_ref, of.bike_ref,
            of.agency_ref, of.kind, of.state, of.signed_on, purse.unpaid_on.label("next_unpaid_on"),
            case((of.state == DRAFT, None), (is_late, day - purse.unpaid_on), else_=0).label("days_late"),
            case(
                (of.state == DRAFT, None),
                else_=func.greatest(of.total_minor - func.coalesce(purse.paid_minor, 0), 0),
            ).label("remaining"),
        )
        .select_from(join)
        .where(of.tenant_id == scope.tenant)
    )  # fmt: skip


CONTRACTS = Listing(
    "contracts", Bilingual("Contrats", "Contracts"),
    (
        Column("ref", CONTRACT), Column("driver", DRIVER), Column("bike_ref", Bilingual("Moto", "Bike")),
        Column("agency_ref", AGENCY),
        Column("kind", Bilingual("Forme", "Kind"), words=KINDS), Column("state", STATE, words=STATES),
        Column("signed_on", Bilingual("Signé le", "Signed on"), Kind.DATE),
        Column("paid", PAID, Kind.MONEY), Column("remaining", REMAINING, Kind.MONEY),
        Column("arrears", ARREARS, Kind.MONEY), Column("days_late", DAYS_LATE, Kind.INT),
        Column("next_unpaid_on", Bilingual("Prochaine échéance", "Next due"), Kind.DATE),
    ),
    _contracts, "ref", "ref", "fleet:read",
    filters=(
        Filter("text", NAME_OR_REF, Ask.TEXT, ("ref", "driver", "bike_ref")),
        Filter("state", STATE, Ask.IS, ("state",), STATES),
        Filter("kind", Bilingual("Forme", "Kind"), Ask.IS, ("kind",), KINDS),
        Filter("late", LATE_BY, Ask.LEAST, ("days_late",)),
        Filter("late_most", LATE_TO, Ask.MOST, ("days_late",)),
        Filter("signed_from", Bilingual("Signé depuis le", "Signed since"), Ask.SINCE, ("signed_on",)),
        Filter("agency", AGENCY, Ask.IS, ("agency_ref",)),
        Filter("driver", DRIVER, Ask.IS, ("driver_ref",), hidden=True),
        Filter("bike", Bilingual("Moto", "Bike"), Ask.IS, ("bike_ref",), hidden=True),
    ),
    sorts=("ref", "driver", "signed_on", "remaining", "arrears", "days_late", "next_unpaid_on"),
    links={
        "ref": "/contracts/{ref}", "driver": "/drivers/{driver_ref}", "bike_ref": "/bikes/{bike_ref}",
        "agency_ref": "/agencies/{agency_ref}",
    },
    presets={
        "state=active": Bilingual("En cours", "Active"),
        "state=active&late=1&order=-days_late": Bilingual("En retard", "Late"),
        "state=active&late=31&order=-arrears": Bilingual("Retard de plus de 30 jours", "Over 30 days late"),
        "state=draft": Bilingual("À signer", "To be signed"),
    },
    tones={"state": TONES}, wide=("kind", "bike_ref", "agency_ref", "signed_on"),
    empty=("remaining", "arrears", "days_late", "next_unpaid_on"), light=_light_contracts,
    names={"driver": "sorting_name"},
)  # fmt: skip


def _drivers(scope: Scope) -> Select[Any]:
    scored = driver_class.c
    where = positions(scope.tenant, scope.day)
    sums = (
        select(
            func.count().label("contracts"), func.sum(where.c.arrears_minor).label("arrears"),
            func.max(where.c.days_late).label("days_late"),
            func.sum(where.c.remaining_minor).label("remaining"),
            func.max(where.c.last_paid_at).label("last_paid_at"),
        )
        .where(where.c.driver_ref == contact.c.ref)
        .lateral("sums")
    )  # fmt: skip
    drives = exists().where(
        fleet_contract.c.tenant_id == scope.tenant, fleet_contract.c.driver_ref == contact.c.ref
    )
    return (
        select(
            contact.c.ref, contact.c.full_name.label("driver"), contact.c.sorting_name, contact.c.phone,
            scored.points, scored.band, scored.points_change, scored.outcome, *sums.c,
        )
        .select_from(contact)
        .join(sums, contact.c.tenant_id == scope.tenant)
        .outerjoin(
            driver_class, and_(scored.tenant_id == contact.c.tenant_id, scored.driver_ref == contact.c.ref)
        )
        .where(contact.c.tenant_id == scope.tenant, drives)
    )  # fmt: skip


def _light_drivers(scope: Scope) -> Select[Any]:
    """Without what they owe."""
    scored, who = driver_class.c, contact.c
    drives = exists().where(
        fleet_contract.c.tenant_id == scope.tenant, fleet_contract.c.driver_ref == who.ref
    )
    join = contact.outerjoin(
        driver_class, and_(scored.tenant_id == who.tenant_id, scored.driver_ref == who.ref)
    )
    return (
        select(
            who.ref, who.full_name.label("driver"), who.sorting_name, who.phone, scored.points, scored.band,
            scored.points_change, scored.outcome,
        )
        .select_from(join)
        .where(who.tenant_id == scope.tenant, drives)
    )  # fmt: skip


DRIVERS = Listing(
    "drivers", Bilingual("Conducteurs", "Drivers"),
    (
        Column("driver", DRIVER), Column("ref", REF),
        Column("phone", Bilingual("Téléphone", "Telephone")),
        Column("outcome", Bilingual("Avis", "Verdict"), words=OUTCOMES),
        Column("band", Bilingual("Classe", "Class"), words=BANDS),
        Column("points", Bilingual("Points", "Points"), Kind.INT),
        Column("points_change", Bilingual("En une semaine", "In a week"), Kind.INT),
        Column("contracts", Bilingual("Contrats", "Contracts"), Kind.INT),
        Column("arrears", ARREARS, Kind.MONEY), Column("days_late", DAYS_LATE, Kind.INT),
        Column("remaining", REMAINING, Kind.MONEY),
        Column("last_paid_at", Bilingual("Dernier paiement", "Last payment"), Kind.INSTANT),
    ),
    _drivers, "ref", "driver", "fleet:read",
    filters=(
        Filter("text", NAME_OR_REF, Ask.TEXT, ("ref", "driver", "phone")),
        Filter("outcome", Bilingual("Avis", "Verdict"), Ask.IS, ("outcome",), OUTCOMES),
        Filter("band", Bilingual("Classe", "Class"), Ask.IS, ("band",), BANDS),
        Filter("late", LATE_BY, Ask.LEAST, ("days_late",)),
    ),
    sorts=("driver", "ref", "points", "points_change", "arrears", "days_late", "remaining", "last_paid_at"),
    links={"driver": "/drivers/{ref}", "ref": "/drivers/{ref}"},
    presets={
        "outcome=reliable&order=-points": Bilingual("Fiables", "Reliable"),
        "outcome=at_risk&order=points": Bilingual("À risque", "At risk"),
        "order=points_change": Bilingual("En baisse", "Falling"),
        "late=1&order=-days_late": Bilingual("En retard", "Late"),
    },
    tones={
        "outcome": {"reliable": "good", "ordinary": "plain", "watch": "near", "at_risk": "late"},
    },
    wide=("remaining", "phone", "last_paid_at"),
    empty=("points", "points_change", "arrears", "days_late", "remaining", "last_paid_at"),
    light=_light_drivers, names={"driver": "sorting_name"},
)  # fmt: skip


def _payments(scope: Scope) -> Select[Any]:
    of, agreed = payment.c, fleet_contract.c
    join = payment.join(
        fleet_contract, and_(agreed.tenant_id == of.tenant_id, agreed.ref == of.contract_ref)
    ).join(contact, and_(contact.c.tenant_id == of.tenant_id, contact.c.ref == agreed.driver_ref))
    return (
        select(
            of.received_at, of.ref, of.contract_ref, contact.c.full_name.label("driver"), agreed.driver_ref,
            of.amount_minor.label("amount"), of.currency, of.channel, of.source, of.reversed_at,
        )
        .select_from(join)
        .where(of.tenant_id == scope.tenant)
    )  # fmt: skip


PAYMENTS = Listing(
    "payments", Bilingual("Paiements", "Payments"),
    (
        Column("received_at", Bilingual("Reçu", "Received"), Kind.INSTANT),
        Column("ref", Bilingual("Paiement", "Payment")), Column("contract_ref", CONTRACT),
        Column("driver", DRIVER), Column("amount", Bilingual("Montant", "Amount"), Kind.MONEY),
        Column("channel", Bilingual("Moyen", "Means"), words=CHANNELS),
        Column("source", Bilingual("Annoncé par", "Reported by")),
        Column("reversed_at", Bilingual("Annulé", "Reversed"), Kind.INSTANT),
    ),
    _payments, "ref", "-received_at", "fleet:read",
    filters=(
        Filter("ref", Bilingual("Paiement", "Payment"), Ask.IS, ("ref",)),
        Filter("contract", CONTRACT, Ask.IS, ("contract_ref",)),
        Filter("channel", Bilingual("Moyen", "Means"), Ask.IS, ("channel",), CHANNELS),
        Filter("from", Bilingual("Du", "From"), Ask.SINCE, ("received_at",)),
        Filter("until", Bilingual("Au", "Until"), Ask.UNTIL, ("received_at",)),
    ),
    sorts=("received_at",),
    links={
        "ref": "/payments/{ref}", "contract_ref": "/contracts/{contract_ref}",
        "driver": "/drivers/{driver_ref}",
    },
    wide=("source", "reversed_at"), bounded=("channel",),
)  # fmt: skip
