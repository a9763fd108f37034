"""What people do about reports: ask for one, subscribe, end a subscription."""

from typing import Any

from api.commands import Command
from api.fleet import reports
from database.fleet.report_lists import REPORTED, RHYTHM
from domain.decision import Bilingual
from web.console.acts import Act, Field, Values

LOCALES = {"fr": Bilingual("français", "French"), "en": Bilingual("anglais", "English")}
REPORT = Field("report", Bilingual("Rapport", "Report"), "choice", choices=REPORTED, initial="fleet")
SUBJECT = Field(
    "subject", Bilingual("De quoi", "Of what"), "ref", required=False,
    hint=Bilingual("La référence d’une seule station, moto, agence… ; vide : toutes.",
                   "The reference of one station, bike, agency…; empty: all of them."),
)  # fmt: skip
LOCALE = Field("locale", Bilingual("Langue", "Language"), "choice", choices=LOCALES, initial="fr")
RECIPIENTS = Field(
    "recipients", Bilingual("Destinataires", "Recipients"), "list", required=False,
    hint=Bilingual("Les références de contacts, séparées par des virgules ; chacun reçoit ses propres liens.",
                   "References of contacts, with commas between; each gets links of their own."),
)  # fmt: skip
FORMATS = Field(
    "formats", Bilingual("Formats", "Formats"), "several", initial="pdf",
    choices={"pdf": Bilingual("PDF", "PDF"), "xlsx": Bilingual("Excel", "Excel"),
             "csv": Bilingual("CSV", "CSV")},
)  # fmt: skip
WISHED = (REPORT, SUBJECT, FORMATS, LOCALE, RECIPIENTS)


def _wished(values: Values) -> dict[str, Any]:
    return {
        "report": values["report"], "subject": values["subject"], "locale": values["locale"],
        "formats": values["formats"],
        "recipients": values["recipients"],
    }  # fmt: skip


async def _ask(command: Command, values: Values) -> str:
    days = {name: values[name] for name in ("begins_on", "ends_on")}
    made = await reports.asked(command, reports.ReportGiven(**_wished(values), **days))
    return f"/reports/{made.ref}"


async def _subscribe(command: Command, values: Values) -> str:
    given = reports.SubscriptionGiven(
        **_wished(values), ref=values["ref"], rhythm=values["rhythm"]
    )  # fmt: skip
    await reports.subscribe_report(given, command)
    return "/report-subscriptions"


async def _end(command: Command, values: Values) -> str:
    await reports.end_report_subscription(values["ref"], command)
    return "/report-subscriptions"


REPORT_ACTS = (
    Act(
        "report", Bilingual("Demander un rapport", "Ask for a report"), Bilingual("Demander", "Ask"),
        Bilingual("Le rapport est demandé.", "The report is asked for."), "reports:write",
        (
            *WISHED[:2], Field("begins_on", Bilingual("Du", "From"), "date"),
            Field("ends_on", Bilingual("Au", "Until"), "date"), *WISHED[2:],
        ),
        do=_ask,
        follows=Bilingual("Il est établi dans l’instant, et reste aux archives.",
                          "It is made at once, and stays in the archive."),
    ),
    Act(
        "subscribe", Bilingual("S’abonner à un rapport", "Subscribe to a report"),
        Bilingual("Abonner", "Subscribe"),
        Bilingual("L’abonnement est pris.", "The subscription is made."), "reports:write",
        (
            Field("ref", Bilingual("Nom de l’abonnement", "Name of the subscription"), "ref",
                  hint=Bilingual("Sans espace : direction, stations-akwa…",
                                 "Without spaces: direction, stations-akwa…")),
            WISHED[0], Field("rhythm", Bilingual("Rythme", "Rhythm"), "choice", choices=RHYTHM,
                             initial="monthly"),
            *WISHED[1:],
        ),
        do=_subscribe,
        follows=Bilingual("Chaque rapport est établi le premier jour ouvré après sa période.",
                          "Each report is made on the first business day after its period."),
    ),
    Act(
        "unsubscribe", Bilingual("Mettre fin à un abonnement", "End a subscription"),
        Bilingual("Mettre fin", "End it"),
        Bilingual("L’abonnement a pris fin.", "The subscription has ended."), "reports:write",
        (Field("ref", Bilingual("Abonnement", "Subscription"), "ref"),), do=_end, grave=True,
        follows=Bilingual("Le rapport attendu est abandonné ; ceux qui ont été établis restent.",
                          "The report that is awaited is dropped; those that were made stay."),
    ),
)  # fmt: skip
