"""How somebody becomes a driver: a person who is written to, and a contract with its terms."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from api.commands import Command
from api.fleet import contract as contracts
from api.fleet.terms import ContractGiven
from api.platform import contacts
from database.fleet.lists import KINDS
from database.shared.contacts import contact_or_none
from domain.decision import Bilingual
from web.console.acts import Act, Field, Values
from web.console.visit import Visit

FREQUENCIES = {
    "daily": Bilingual("chaque jour", "every day"), "weekly": Bilingual("chaque semaine", "every week"),
    "monthly": Bilingual("chaque mois", "every month"),
    "every_n_days": Bilingual("tous les n jours", "every n days"),
}  # fmt: skip
DAYS = {
    "0": Bilingual("lundi", "Monday"), "1": Bilingual("mardi", "Tuesday"),
    "2": Bilingual("mercredi", "Wednesday"), "3": Bilingual("jeudi", "Thursday"),
    "4": Bilingual("vendredi", "Friday"), "5": Bilingual("samedi", "Saturday"),
    "6": Bilingual("dimanche", "Sunday"),
}  # fmt: skip
HOLIDAYS = {
    "keep": Bilingual("comme les autres jours", "like other days"),
    "next_open_day": Bilingual("repoussés au jour ouvré suivant", "moved to the next open day"),
    "skip": Bilingual("sautés", "skipped"),
}  # fmt: skip
LANGUAGES = {"fr": Bilingual("français", "French"), "en": Bilingual("anglais", "English")}
CHANNELS = {"sms": Bilingual("SMS", "SMS"), "email": Bilingual("courriel", "e-mail")}


async def _known(visit: Visit, tx: AsyncConnection, values: Values) -> Values:
    """What is known of somebody already is there to be corrected."""
    person = await contact_or_none(tx, visit.tenant.id, values["ref"]) if values["ref"] else None
    if person is None:
        return {}
    return {
        "full_name": person.full_name, "phone": person.phone or "", "email": person.email or "",
        "locale": person.locale, "channels": list(person.channels),
    }  # fmt: skip


async def _person(command: Command, values: Values) -> str:
    given = contacts.ContactGiven(
        full_name=values["full_name"], email=values["email"] or None, phone=values["phone"] or None,
        locale=values["locale"], channels=tuple(values["channels"]),
    )  # fmt: skip
    await contacts.write_contact(values["ref"], given, command)
    return f"/drivers/{values['ref']}"


async def _agree(command: Command, values: Values) -> str:
    asked: dict[str, Any] = {
        "ref": values["ref"], "driver_ref": values["driver"], "bike_ref": values["bike"],
        "kind": values["kind"], "price": values["price"], "down_payment": values["down_payment"] or None,
        "instalments": values["instalments"], "frequency": values["frequency"],
        "every_days": values["every_days"] or 0, "signed_on": values["signed_on"],
        "first_due_on": values["first_due_on"], "rest_days": [int(one) for one in values["rest_days"]],
        "holiday_rule": values["holiday_rule"], "grace_days": values["grace_days"] or 0,
        "charge": {"fee": values["fee"]} if values["fee"] else None,
    }  # fmt: skip
    await contracts.create_contract(ContractGiven.model_validate(asked), command, values["draft"])
    return f"/contracts/{values['ref']}"


SIGN_ACTS = (
    Act(
        "person", Bilingual("Une personne à qui écrire", "Somebody to write to"),
        Bilingual("Enregistrer", "Save"), Bilingual("La personne est enregistrée.", "The person is saved."),
        "contacts:write",
        (
            Field("ref", Bilingual("Référence", "Reference"), "ref",
                  hint=Bilingual("Elle ne dit pas le nom : CH-042.", "It does not tell the name: CH-042.")),
            Field("full_name", Bilingual("Nom", "Name")),
            Field("phone", Bilingual("Téléphone", "Telephone"), required=False),
            Field("email", Bilingual("Courriel", "E-mail"), required=False),
            Field("locale", Bilingual("Langue", "Language"), "choice", choices=LANGUAGES, initial="fr"),
            Field("channels", Bilingual("Moyens préférés", "Preferred means"), "several", required=False,
                  choices=CHANNELS),
        ),
        _person, fill=_known,
    ),
    Act(
        "contract", Bilingual("Nouveau contrat", "New contract"), Bilingual("Enregistrer", "Save"),
        Bilingual("Le contrat est enregistré.", "The contract is saved."), "fleet:write",
        (
            Field("ref", Bilingual("Référence du contrat", "Reference of the contract"), "ref"),
            Field("driver", Bilingual("Conducteur", "Driver"), "ref", places=("driver_ref",)),
            Field("bike", Bilingual("Moto", "Bike"), "ref", places=("bike_ref",)),
            Field("kind", Bilingual("Forme", "Kind"), "choice", choices=KINDS, initial="lease_to_own"),
            Field("price", Bilingual("Prix", "Price"), "money"),
            Field("down_payment", Bilingual("Apport", "Down payment"), "money", required=False),
            Field("instalments", Bilingual("Nombre d’échéances", "Number of instalments"), "number"),
            Field("frequency", Bilingual("Rythme", "Rhythm"), "choice", choices=FREQUENCIES, initial="daily"),
            Field("every_days", Bilingual("n, si « tous les n jours »", "n, if “every n days”"), "number",
                  required=False),
            Field("signed_on", Bilingual("Signé le", "Signed on"), "date", initial="today"),
            Field("first_due_on", Bilingual("Première échéance", "First due"), "date"),
            Field("rest_days", Bilingual("Jours de repos", "Days of rest"), "several", required=False,
                  choices=DAYS),
            Field("holiday_rule", Bilingual("Jours fériés", "Public holidays"), "choice", choices=HOLIDAYS,
                  initial="keep"),
            Field("grace_days", Bilingual("Jours de grâce", "Days of grace"), "number", required=False),
            Field("fee", Bilingual("Frais fixes", "Flat fee"), "money", required=False, places=("charge",)),
            Field("draft", Bilingual("Projet : il attend sa signature", "Draft: it waits for its signature"),
                  "check", required=False),
        ),
        _agree,
        Bilingual("Signé, il reçoit son échéancier et il est suivi dès maintenant.",
                  "Signed, it gets its schedule and is watched from now on."),
    ),
)  # fmt: skip
