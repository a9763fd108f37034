"""The forms of technicians and of visits."""

from domain.decision import Bilingual
from web.console.acts import Act, Field
from web.console.planning_entries import (
    add_technician,
    add_visit,
    change_technician,
    change_visit,
    fill_technician,
    fill_visit,
)

WEEK = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
USUAL = "08:00-18:00"


def of_days(name: str) -> tuple[str, ...]:
    """What the form asks once and every day of the week has."""
    return tuple(f"week.{number}.{name}" for number in range(1, 8))


CONTACT = Field(
    "contact",
    Bilingual("Contact existant", "Contact that is there"),
    "ref",
    required=False,
    hint=Bilingual("Sa référence ; vide : une nouvelle personne.", "Its reference; empty: a new person."),
    places=("contact_ref",),
)
PHONE = Field("phone", Bilingual("Téléphone", "Telephone"), required=False)
EMAIL = Field("email", Bilingual("Adresse électronique", "Email"), required=False)
HERE = Bilingual("Latitude et longitude, comme les donnent les cartes : 45.8992, 6.1294.",
                 "Latitude and longitude, as maps give them: 45.8992, 6.1294.")  # fmt: skip
SKILLS = Field(
    "skills",
    Bilingual("Compétences", "Skills"),
    required=False,
    hint=Bilingual(
        "Avec leur niveau : chaudière 2, pompe à chaleur.", "With their level: boiler 2, heat pump."
    ),
)
HAND = (
    Field("start", Bilingual("Départ", "Start"), hint=HERE),
    Field("end", Bilingual("Retour", "Return"), required=False,
          hint=Bilingual("Vide : là où la tournée commence.", "Empty: where the round begins.")),
    SKILLS,
    Field("zones", Bilingual("Zones", "Zones"), required=False,
          hint=Bilingual("Séparées par des virgules ; vide : partout.",
                         "With commas between; empty: everywhere.")),
    *(
        Field(f"day{number}", Bilingual(french.capitalize(), english), required=False,
              initial=USUAL if number < 6 else "", places=(f"week.{number}",))
        for number, (french, english) in enumerate(zip(WEEK, WEEKDAYS, strict=True), start=1)
    ),
    Field("breaks", Bilingual("Pauses", "Breaks"), "area", required=False, places=of_days("breaks"),
          hint=Bilingual("Une par ligne, le début entre deux heures, puis la durée : 11:30-13:30 00:45. "
                         "Vide : comme avant ; « aucune » : sans pause.",
                         "One a line, its beginning between two hours, then how long: 11:30-13:30 00:45. "
                         "Empty: as before; “none”: no breaks.")),
    Field("ordinary", Bilingual("Heures ordinaires par jour", "Ordinary hours a day"), initial="08:00",
          required=False, places=of_days("ordinary")),
    Field("overtime_most", Bilingual("Heures supplémentaires au plus", "Overtime at most"),
          initial="01:00", required=False, places=of_days("overtime_most")),
    Field("parts", Bilingual("Pièces dans le véhicule", "Parts in the van"), required=False,
          hint=Bilingual("filtre 3, vanne ; vide : elles ne sont pas comptées.",
                         "filter 3, valve; empty: they are not counted.")),
    Field("per_hour", Bilingual("Coût d’une heure", "Cost of an hour"), "money", required=False),
    Field("overtime_per_hour", Bilingual("Coût d’une heure supplémentaire", "Cost of an hour of overtime"),
          "money", required=False),
    Field("per_km", Bilingual("Coût d’un kilomètre", "Cost of a kilometre"), "money", required=False),
    Field("per_day", Bilingual("Coût d’une tournée", "Cost of a round"), "money", required=False),
)  # fmt: skip
ORDER = (
    Field("work", Bilingual("Travail", "Work")),
    Field("address", Bilingual("Adresse", "Address"), required=False),
    Field("place", Bilingual("Lieu", "Place"), hint=HERE),
    Field("duration", Bilingual("Durée", "Duration"), initial="01:00"),
    SKILLS,
    Field("zone", Bilingual("Zone", "Zone"), required=False),
    Field("windows", Bilingual("Quand le client est là", "When the customer is there"), "area",
          required=False,
          hint=Bilingual("Une plage par ligne : « lun mar 08:00-12:00 », « 2026-03-27 14:00-18:00 » ; "
                         "vide : à toute heure.",
                         "One a line: “mon tue 08:00-12:00”, “2026-03-27 14:00-18:00”; empty: at any time.")),
    Field("not_before_on", Bilingual("Pas avant le", "Not before"), "date", required=False),
    Field("due_on", Bilingual("Au plus tard le", "Due by"), "date", required=False),
    Field("promised_on", Bilingual("Promise pour le", "Promised for"), "date", required=False),
    Field("promised_at", Bilingual("à", "at"), required=False, places=("promise",),
          hint=Bilingual("Ce qui a été dit au client : 09:30.", "What the customer was told: 09:30.")),
    Field("preferred", Bilingual("Technicien du client", "The customer’s technician"), "ref", required=False,
          places=("preferred_technician_ref",)),
    Field("urgency", Bilingual("Prix de chaque jour d’attente", "Price of each day that it waits"), "money",
          required=False),
    Field("optional", Bilingual("Peut être laissée de côté", "May be left out"), "check", required=False),
)  # fmt: skip
NAME = Bilingual("Nom", "Name")
SAVE, WRITE = Bilingual("Enregistrer", "Save"), "planning:write"

ENTRY_ACTS = (
    Act(
        "add-technician", Bilingual("Nouveau technicien", "New technician"), SAVE,
        Bilingual("Le technicien est enregistré", "The technician is saved"), WRITE,
        (Field("technician", Bilingual("Référence", "Reference"), "ref", places=("ref",)),
         Field("full_name", NAME, required=False), PHONE, EMAIL, CONTACT, *HAND),
        add_technician,
    ),
    Act(
        "change-technician", Bilingual("Modifier le technicien", "Change the technician"), SAVE,
        Bilingual("Le technicien est enregistré", "The technician is saved"), WRITE,
        (Field("technician", Bilingual("Technicien", "Technician"), "hidden"),
         Field("full_name", NAME), PHONE, EMAIL, *HAND),
        change_technician,
        Bilingual("Les plans déjà calculés gardent ce dont ils sont faits.",
                  "Plans made before keep what they were made of."),
        fill=fill_technician,
    ),
    Act(
        "add-visit", Bilingual("Nouvelle visite", "New visit"), SAVE,
        Bilingual("La visite attend sa place", "The visit waits for its place"), WRITE,
        (Field("visit", Bilingual("Référence", "Reference"), "ref", places=("ref",)),
         Field("contact", Bilingual("Client existant", "Customer that is there"), "ref", required=False,
               hint=CONTACT.hint, places=("contact_ref",)),
         Field("full_name", Bilingual("Nom du client", "Name of the customer"), required=False), PHONE, EMAIL,
         *ORDER),
        add_visit, fill=fill_visit,
    ),
    Act(
        "change-visit", Bilingual("Modifier la visite", "Change the visit"), SAVE,
        Bilingual("La visite est enregistrée", "The visit is saved"), WRITE,
        (Field("visit", Bilingual("Visite", "Visit"), "hidden"), *ORDER), change_visit,
        Bilingual("Une visite qui a sa place dans une tournée la garde jusqu’au prochain plan.",
                  "A visit that stands in a round keeps its place there until the next plan."),
        fill=fill_visit,
    ),
)  # fmt: skip
