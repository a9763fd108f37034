"""The lists of a planner: visits, technicians, plans."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Date, Select, String, and_, case, cast, func, select

from database.maintenance.tables import plan, technician, visit
from database.shared.listing import Ask, Filter, Listing, Scope
from database.shared.tables import contact
from domain.decision import Bilingual
from domain.table import Column, Kind

VISIT_STATES: Mapping[str, Bilingual] = {
    "to_plan": Bilingual("à planifier", "to be planned"), "planned": Bilingual("planifiée", "planned"),
    "started": Bilingual("en cours", "under way"), "done": Bilingual("faite", "done"),
    "missed": Bilingual("client absent", "customer absent"), "cancelled": Bilingual("annulée", "cancelled"),
}  # fmt: skip
VISIT_TONES = {
    "to_plan": "near", "planned": "plain", "started": "near", "done": "good", "missed": "late",
    "cancelled": "off",
}  # fmt: skip
HANDS: Mapping[str, Bilingual] = {
    "active": Bilingual("en activité", "active"), "left": Bilingual("parti", "left"),
}  # fmt: skip
PLAN_STATES: Mapping[str, Bilingual] = {
    "waiting": Bilingual("en attente", "waiting"), "running": Bilingual("en cours", "under way"),
    "ready": Bilingual("prêt", "ready"), "failed": Bilingual("échoué", "failed"),
    "stopped": Bilingual("arrêté", "stopped"),
}  # fmt: skip
PLAN_KINDS: Mapping[str, Bilingual] = {
    "horizon": Bilingual("plan", "plan"), "replan": Bilingual("replanification", "re-planning"),
}  # fmt: skip
STATE = Bilingual("État", "State")
CUSTOMER = Bilingual("Client", "Customer")
TECHNICIAN = Bilingual("Technicien", "Technician")


def _visits(scope: Scope) -> Select[Any]:
    of = visit.c
    who = contact.alias("who")
    clock = func.to_char(of.planned_begins_s / 3600, "FM00") + ":"
    clock += func.to_char(of.planned_begins_s % 3600 / 60, "FM00")
    return (
        select(
            of.ref, who.c.full_name.label("customer"), who.c.sorting_name, of.work, of.address, of.zone,
            of.state, of.due_on, of.planned_on, clock.label("begins"), of.technician_ref, of.contact_ref,
        )
        .join(who, and_(who.c.tenant_id == of.tenant_id, who.c.ref == of.contact_ref))
        .where(of.tenant_id == scope.tenant)
    )  # fmt: skip


VISITS = Listing(
    "visits", Bilingual("Visites", "Visits"),
    (
        Column("ref", Bilingual("Référence", "Reference")), Column("customer", CUSTOMER),
        Column("work", Bilingual("Travail", "Work")), Column("state", STATE, words=VISIT_STATES),
        Column("due_on", Bilingual("À faire avant le", "Due by"), Kind.DATE),
        Column("planned_on", Bilingual("Planifiée le", "Planned on"), Kind.DATE),
        Column("begins", Bilingual("Heure", "Time")), Column("technician_ref", TECHNICIAN),
        Column("zone", Bilingual("Zone", "Zone")), Column("address", Bilingual("Adresse", "Address")),
    ),
    _visits, "ref", "ref", "planning:read",
    filters=(
        Filter("text", Bilingual("Client, travail, adresse", "Customer, work, address"), Ask.TEXT,
               ("ref", "customer", "work", "address")),
        Filter("state", STATE, Ask.IS, ("state",), VISIT_STATES),
        Filter("from", Bilingual("Du", "From"), Ask.SINCE, ("planned_on",)),
        Filter("until", Bilingual("Au", "Until"), Ask.UNTIL, ("planned_on",)),
        Filter("due", Bilingual("À faire avant le", "Due by"), Ask.UNTIL, ("due_on",)),
        Filter("technician", TECHNICIAN, Ask.IS, ("technician_ref",), hidden=True),
        Filter("customer", CUSTOMER, Ask.IS, ("contact_ref",), hidden=True),
    ),
    sorts=("ref", "customer", "due_on", "planned_on"),
    links={
        "ref": "/visits/{ref}", "customer": "/visits/{ref}",
        "technician_ref": "/technicians/{technician_ref}",
    },
    presets={
        "state=to_plan&order=due_on": Bilingual("À planifier", "To be planned"),
        "state=missed": Bilingual("Clients absents", "Customers absent"),
    },
    tones={"state": VISIT_TONES}, wide=("address", "zone", "ref"), empty=("due_on", "planned_on"),
    names={"customer": "sorting_name"},
)  # fmt: skip


def _technicians(scope: Scope) -> Select[Any]:
    of = technician.c
    skills = select(func.string_agg(func.jsonb_object_keys(of.skills).column_valued("skill"), ", "))
    return (
        select(
            of.ref, contact.c.full_name.label("name"), contact.c.sorting_name, of.state,
            func.array_to_string(of.zones, ", ").label("zones"),
            skills.correlate(technician).scalar_subquery().label("skills"), of.contact_ref,
            of.per_hour_minor.label("per_hour"), cast(scope.currency, String).label("currency"),
        )
        .join(contact, and_(contact.c.tenant_id == of.tenant_id, contact.c.ref == of.contact_ref))
        .where(of.tenant_id == scope.tenant)
    )  # fmt: skip


TECHNICIANS = Listing(
    "technicians", Bilingual("Techniciens", "Technicians"),
    (
        Column("name", Bilingual("Nom", "Name")), Column("ref", Bilingual("Référence", "Reference")),
        Column("state", STATE, words=HANDS), Column("skills", Bilingual("Compétences", "Skills")),
        Column("zones", Bilingual("Zones", "Zones")),
        Column("per_hour", Bilingual("Coût horaire", "Cost per hour"), Kind.MONEY),
    ),
    _technicians, "ref", "name", "planning:read",
    filters=(
        Filter("text", Bilingual("Nom", "Name"), Ask.TEXT, ("ref", "name", "skills", "zones")),
        Filter("state", STATE, Ask.IS, ("state",), HANDS),
    ),
    sorts=("name", "ref"), links={"name": "/technicians/{ref}", "ref": "/technicians/{ref}"},
    tones={"state": {"active": "good", "left": "off"}}, wide=("zones", "per_hour"),
    names={"name": "sorting_name"},
)  # fmt: skip


def _plans(scope: Scope) -> Select[Any]:
    of = plan.c
    first = cast(of.wish["first_on"].astext, Date)
    return select(
        of.id, of.created_at, first.label("first_on"), of.wish["days"].astext.label("days"), of.kind,
        of.state,
        of.cost_minor.label("cost"), cast(scope.currency, String).label("currency"),
        case((of.unplanned.is_(None), 0), else_=of.unplanned).label("unplanned"), of.asked_by,
    ).where(of.tenant_id == scope.tenant)  # fmt: skip


PLANS = Listing(
    "plans", Bilingual("Plans", "Plans"),
    (
        Column("created_at", Bilingual("Demandé", "Asked"), Kind.INSTANT),
        Column("first_on", Bilingual("Premier jour", "First day"), Kind.DATE),
        Column("days", Bilingual("Jours", "Days")),
        Column("kind", Bilingual("Sorte", "Kind"), words=PLAN_KINDS),
        Column("state", STATE, words=PLAN_STATES), Column("cost", Bilingual("Coût", "Cost"), Kind.MONEY),
        Column("unplanned", Bilingual("Non planifiées", "Not planned"), Kind.INT),
        Column("id", Bilingual("Numéro", "Number")),
    ),
    _plans, "id", "-created_at", "planning:read",
    filters=(
        Filter("state", STATE, Ask.IS, ("state",), PLAN_STATES),
        Filter("kind", Bilingual("Sorte", "Kind"), Ask.IS, ("kind",), PLAN_KINDS),
    ),
    sorts=("created_at", "first_on"), links={"created_at": "/plans/{id}", "id": "/plans/{id}"},
    tones={
        "state": {"waiting": "near", "running": "near", "ready": "good", "failed": "late", "stopped": "off"},
    },
    wide=("id", "kind"),
)  # fmt: skip
