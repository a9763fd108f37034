"""The lists of reports and of subscriptions to them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, case, func, select

from database.fleet.report_tables import report, report_subscription
from database.shared.listing import Ask, Filter, Listing, Scope
from domain.decision import Bilingual
from domain.fleet.report import RHYTHMS, TITLES
from domain.table import Column, Kind

REPORTED: Mapping[str, Bilingual] = {one.value: title for one, title in TITLES.items()}
STATES: Mapping[str, Bilingual] = {
    "awaited": Bilingual("attendu", "awaited"), "made": Bilingual("établi", "made"),
    "failed": Bilingual("non établi", "not made"), "dropped": Bilingual("abandonné", "dropped"),
}  # fmt: skip
TONES = {"awaited": "near", "made": "good", "failed": "late", "dropped": "off"}
RHYTHM: Mapping[str, Bilingual] = {one.value: said for one, said in RHYTHMS.items()}
GOES_ON: Mapping[str, Bilingual] = {
    "active": Bilingual("en cours", "active"), "ended": Bilingual("terminé", "ended")
}  # fmt: skip

REPORT = Bilingual("Rapport", "Report")
STATE = Bilingual("État", "State")
SUBSCRIPTION = Bilingual("Abonnement", "Subscription")
OF = Bilingual("De", "Of")
FORMATS = Bilingual("Formats", "Formats")
RECIPIENTS = Bilingual("Destinataires", "Recipients")


def _reports(scope: Scope) -> Select[Any]:
    of = report.c
    figures = of.figures["margin"].as_integer(), of.figures["revenue"].as_integer()
    return select(
        of.ref, of.report, of.subject, of.begins_on, of.ends_on, of.due_on, of.state,
        func.coalesce(of.subscription_ref, "").label("subscription"), figures[0].label("margin"),
        figures[1].label("revenue"), func.array_to_string(of.formats, ", ").label("formats"),
    ).where(of.tenant_id == scope.tenant)  # fmt: skip


REPORTS = Listing(
    "reports", Bilingual("Rapports", "Reports"),
    (
        Column("ref", Bilingual("Référence", "Reference")), Column("report", REPORT, words=REPORTED),
        Column("subject", OF), Column("begins_on", Bilingual("Du", "From"), Kind.DATE),
        Column("ends_on", Bilingual("Au", "Until"), Kind.DATE), Column("state", STATE, words=STATES),
        Column("due_on", Bilingual("Échéance", "Due"), Kind.DATE),
        Column("revenue", Bilingual("Recettes", "Revenue"), Kind.MONEY),
        Column("margin", Bilingual("Marge", "Margin"), Kind.MONEY),
        Column("subscription", SUBSCRIPTION), Column("formats", FORMATS),
    ),
    _reports, "ref", "-due_on", "reports:read",
    filters=(
        Filter("report", REPORT, Ask.IS, ("report",), REPORTED),
        Filter("state", STATE, Ask.IS, ("state",), STATES),
        Filter("since", Bilingual("Échéance depuis le", "Due since"), Ask.SINCE, ("due_on",)),
        Filter("subscription", SUBSCRIPTION, Ask.IS, ("subscription",)),
    ),
    sorts=("due_on", "ref"),
    links={"ref": "/reports/{ref}", "subscription": "/reports?subscription={subscription}"},
    presets={"state=made": Bilingual("Établis", "Made"), "state=awaited": Bilingual("Attendus", "Awaited")},
    tones={"state": TONES}, wide=("subject", "due_on", "revenue", "subscription", "formats"),
)  # fmt: skip


def _subscriptions(scope: Scope) -> Select[Any]:
    of = report_subscription.c
    return select(
        of.ref, of.report, of.subject, of.rhythm, of.locale, of.created_at,
        func.array_to_string(of.formats, ", ").label("formats"),
        func.array_to_string(of.recipients, ", ").label("recipients"),
        case((of.ended_at.is_(None), "active"), else_="ended").label("state"),
    ).where(of.tenant_id == scope.tenant)  # fmt: skip


SUBSCRIPTIONS = Listing(
    "report-subscriptions", Bilingual("Abonnements aux rapports", "Subscriptions to reports"),
    (
        Column("ref", SUBSCRIPTION), Column("report", REPORT, words=REPORTED), Column("subject", OF),
        Column("rhythm", Bilingual("Rythme", "Rhythm"), words=RHYTHM),
        Column("recipients", RECIPIENTS), Column("formats", FORMATS),
        Column("state", STATE, words=GOES_ON),
        Column("created_at", Bilingual("Depuis", "Since"), Kind.INSTANT),
    ),
    _subscriptions, "ref", "ref", "reports:read",
    filters=(
        Filter("report", REPORT, Ask.IS, ("report",), REPORTED),
        Filter("state", STATE, Ask.IS, ("state",), GOES_ON),
    ),
    links={"ref": "/reports?subscription={ref}"},
    presets={"state=active": Bilingual("En cours", "Active")},
    tones={"state": {"active": "good", "ended": "off"}}, wide=("subject", "formats", "created_at"),
)  # fmt: skip
