"""What people enter of the fleet's equipment: agencies, stations, bikes, batteries, swaps, costs."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from api.commands import Command
from api.fields import ReasonGiven
from api.fleet import agencies, bikes, costs, stations, swaps
from database.fleet import vehicles
from database.fleet.asset_lists import BATTERY_STATES, BIKE_STATES, SUBJECTS, SWAP_CHANNELS
from database.fleet.lists import CHANNELS
from domain.decision import Bilingual
from domain.errors import NotFound
from web.console.acts import Act, Field, Values
from web.console.fleet_acts import AMOUNT, REASON
from web.console.visit import Visit

COSTS = {
    "rent": Bilingual("loyer", "rent"), "energy": Bilingual("énergie", "energy"),
    "staff": Bilingual("personnel", "staff"), "maintenance": Bilingual("entretien", "maintenance"),
    "repair": Bilingual("réparation", "repair"), "insurance": Bilingual("assurance", "insurance"),
    "tax": Bilingual("taxes", "tax"), "transport": Bilingual("transport", "transport"),
    "other": Bilingual("autre", "other"),
}  # fmt: skip
REF = Field("ref", Bilingual("Référence", "Reference"), "ref")
NAME = Field("name", Bilingual("Nom", "Name"))
OPENED = Field("opened_on", Bilingual("Ouverte le", "Opened on"), "date", initial="today")
CLOSED = Field("closed_on", Bilingual("Dernier jour", "Last day"), "date", initial="today")
WHO = Bilingual("Une personne à qui écrire : sa référence.", "Somebody to write to: their reference.")
MANAGER = Field(
    "manager", Bilingual("Responsable", "Manager"), "ref", required=False, places=("manager_ref",), hint=WHO
)
AGENCY = Field("agency", Bilingual("Agence", "Agency"), "ref", required=False, places=("agency_ref",))
BOUGHT = (
    Field("bought_on", Bilingual("Achetée le", "Bought on"), "date", required=False),
    Field("cost", Bilingual("Prix d’achat", "Cost"), "money", required=False),
)
STATION = Field("station", Bilingual("Station", "Station"), "ref", places=("station_ref",))
BIKE = Field("bike", Bilingual("Moto", "Bike"), "ref", places=("bike_ref",))


async def _agency(command: Command, values: Values) -> str:
    given = agencies.NewAgencyGiven(
        ref=values["ref"], name=values["name"], opened_on=values["opened_on"],
        manager_ref=values["manager"] or None, new_target=values["new_target"] or None,
    )  # fmt: skip
    await agencies.open_agency(given, command)
    return f"/agencies/{values['ref']}"


async def _close_agency(command: Command, values: Values) -> str:
    given = agencies.ClosingGiven(closed_on=values["closed_on"])
    await agencies.close_agency(values["ref"], given, command)
    return f"/agencies/{values['ref']}"


async def _station(command: Command, values: Values) -> str:
    given = stations.NewStationGiven(
        ref=values["ref"], name=values["name"], opened_on=values["opened_on"],
        swap_price=values["swap_price"], capacity_a_day=values["capacity_a_day"] or 0,
        open_minutes_a_day=60 * (values["hours"] or 0), agency_ref=values["agency"] or None,
        manager_ref=values["manager"] or None,
    )  # fmt: skip
    await stations.open_station(given, command)
    return f"/stations/{values['ref']}"


async def _close_station(command: Command, values: Values) -> str:
    given = agencies.ClosingGiven(closed_on=values["closed_on"])
    await stations.close_station(values["ref"], given, command)
    return f"/stations/{values['ref']}"


async def _bike(command: Command, values: Values) -> str:
    given = bikes.BikeGiven(
        model=values["model"], plate=values["plate"], state=values["state"],
        agency_ref=values["agency"] or None, bought_on=values["bought_on"] or None,
        cost=values["cost"] or None,
    )  # fmt: skip
    await bikes.write_bike(values["ref"], given, command)
    return f"/bikes/{values['ref']}"


async def _battery(command: Command, values: Values) -> str:
    given = bikes.BatteryGiven(
        state=values["state"], bike_ref=values["bike"] or None, station_ref=values["station"] or None,
        cycles_before=values["cycles_before"] or 0, bought_on=values["bought_on"] or None,
        cost=values["cost"] or None,
    )  # fmt: skip
    await bikes.write_battery(values["ref"], given, command)
    return f"/batteries?text={values['ref']}"


async def _cost(command: Command, values: Values) -> str:
    asked: dict[str, Any] = {
        "ref": values["ref"], "kind": values["kind"], "subject_kind": values["about"],
        "incurred_on": values["incurred_on"], "amount": values["amount"], "channel": values["channel"],
        "note": values["note"],
    }  # fmt: skip
    if values["subject"]:
        asked["subject_ref"] = values["subject"]
    await costs.record_cost(costs.CostGiven.model_validate(asked), command)
    return f"/costs?text={values['ref']}"


async def _reverse_cost(command: Command, values: Values) -> str:
    await costs.reverse_cost(values["ref"], ReasonGiven(reason=values["reason"]), command)
    return f"/costs?text={values['ref']}"


async def _swap(command: Command, values: Values) -> str:
    given = swaps.SwapGiven(
        ref=values["ref"], station_ref=values["station"], bike_ref=values["bike"],
        battery_in=values["battery_in"], battery_out=values["battery_out"], swapped_at=values["swapped_at"],
        channel=values["channel"], price=values["price"] or None,
    )  # fmt: skip
    await swaps.record_swap(given, command)
    return f"/swaps?ref={values['ref']}"


async def _void(command: Command, values: Values) -> str:
    await swaps.void_swap(values["ref"], ReasonGiven(reason=values["reason"]), command)
    return f"/swaps?ref={values['ref']}"


async def _known_bike(visit: Visit, tx: AsyncConnection, values: Values) -> Values:
    """What is known of a bike is there to be corrected."""
    try:
        known = await vehicles.bike_of(tx, visit.tenant.id, values["ref"])
    except NotFound:
        return {}
    bought = known.purchase
    return {
        "model": known.model, "plate": known.plate, "state": known.state.value,
        "agency": known.agency_ref or "", "bought_on": bought.on.isoformat() if bought else "",
        "cost": f"{bought.cost.decimal:f}" if bought else "",
    }  # fmt: skip


def _act(name: str, title: Bilingual, done: Bilingual, fields: tuple[Field, ...], **given: Any) -> Act:
    submit = given.pop("submit", Bilingual("Enregistrer", "Save"))
    return Act(name, title, submit, done, "fleet:write", fields, **given)


FOLLOWED = Bilingual("Ses mois sont suivis dès maintenant : alertes, et courriels à son responsable.",
                     "Its months are followed from now on: alerts, and mails to its manager.")  # fmt: skip
SAVED = Bilingual("C’est enregistré.", "It is saved.")
CLOSE = Bilingual("Fermer", "Close")
VOID = Bilingual("Annuler", "Take back")

ASSET_ACTS = (
    _act(
        "agency", Bilingual("Ouvrir une agence", "Open an agency"), SAVED,
        (REF, NAME, OPENED, MANAGER,
         Field("new_target", Bilingual("Contrats visés par mois", "Contracts aimed at each month"), "number",
               required=False)),
        do=_agency, follows=FOLLOWED,
    ),
    _act("close-agency", Bilingual("Fermer une agence", "Close an agency"), SAVED, (REF, CLOSED),
         do=_close_agency, submit=CLOSE, grave=True),
    _act(
        "station", Bilingual("Ouvrir une station", "Open a station"), SAVED,
        (
            REF, NAME, OPENED,
            Field("swap_price", Bilingual("Prix d’un échange", "Price of a swap"), "money"),
            Field("capacity_a_day", Bilingual("Échanges possibles par jour", "Swaps possible a day"),
                  "number", required=False),
            Field("hours", Bilingual("Heures d’ouverture par jour", "Hours open a day"), "number",
                  required=False, places=("open_minutes_a_day",)),
            AGENCY, MANAGER,
        ),
        do=_station, follows=FOLLOWED,
    ),
    _act("close-station", Bilingual("Fermer une station", "Close a station"), SAVED, (REF, CLOSED),
         do=_close_station, submit=CLOSE, grave=True),
    _act(
        "bike", Bilingual("Une moto", "A bike"), SAVED,
        (
            REF, Field("model", Bilingual("Modèle", "Model"), required=False),
            Field("plate", Bilingual("Plaque", "Plate"), required=False),
            Field("state", Bilingual("État", "State"), "choice", choices=BIKE_STATES, initial="in_stock"),
            AGENCY, *BOUGHT,
        ),
        do=_bike, fill=_known_bike,
        follows=Bilingual("Un contrat inscrit sa moto de lui-même. Un achat, une fois dit, reste.",
                          "A contract enters its bike by itself. A purchase, once told, stays."),
    ),
    _act(
        "battery", Bilingual("Une batterie", "A battery"), SAVED,
        (
            REF, Field("state", Bilingual("État", "State"), "choice", choices=BATTERY_STATES,
                       initial="in_use"),
            Field("bike", Bilingual("Sur la moto", "On the bike"), "ref", required=False,
                  places=("bike_ref",)),
            Field("station", Bilingual("À la station", "At the station"), "ref", required=False,
                  places=("station_ref",)),
            Field("cycles_before", Bilingual("Cycles déjà faits", "Cycles run before"), "number",
                  required=False),
            *BOUGHT,
        ),
        do=_battery,
    ),
    _act(
        "cost", Bilingual("Une charge", "A cost"),
        Bilingual("La charge est inscrite.", "The cost is posted."),
        (
            Field("ref", Bilingual("Référence de la facture", "Reference of the bill"), "ref"),
            Field("kind", Bilingual("Nature", "Kind"), "choice", choices=COSTS),
            Field("about", Bilingual("Pour", "For"), "choice", choices=SUBJECTS, initial="fleet",
                  places=("subject_kind",)),
            Field("subject", Bilingual("Laquelle", "Which one"), "ref", required=False,
                  places=("subject_ref",)),
            Field("incurred_on", Bilingual("Jour", "Day"), "date", initial="today"), AMOUNT,
            Field("channel", Bilingual("Moyen", "Means"), "choice", choices=CHANNELS, initial="bank"),
            Field("note", Bilingual("Note", "Note"), required=False),
        ),
        do=_cost,
    ),
    _act("reverse-cost", Bilingual("Annuler une charge", "Take a cost back"), SAVED, (REF, REASON),
         do=_reverse_cost, submit=VOID, grave=True),
    _act(
        "swap", Bilingual("Un échange de batteries", "A battery swap"), SAVED,
        (
            Field("ref", Bilingual("Référence de la station", "The station’s reference"), "ref"),
            STATION, BIKE,
            Field("battery_in", Bilingual("Batterie rendue", "Battery returned"), "ref"),
            Field("battery_out", Bilingual("Batterie remise", "Battery given"), "ref"),
            Field("swapped_at", Bilingual("Quand", "When"), "moment", initial="now"),
            Field("channel", Bilingual("Moyen", "Means"), "choice", choices=SWAP_CHANNELS, initial="cash"),
            Field("price", Bilingual("Prix, s’il n’est pas celui de la station",
                                     "Price, if it is not the station’s"), "money", required=False),
        ),
        do=_swap,
    ),
    _act("void-swap", Bilingual("Annuler un échange", "Strike a swap"), SAVED, (REF, REASON), do=_void,
         submit=VOID, grave=True),
)  # fmt: skip
