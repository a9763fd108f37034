"""What becomes of a contract after its signature: bike, driver, terms, dates, fees, settlement, refund."""

from typing import Any

from api.commands import Command
from api.fleet import changes, settlements
from database.fleet.lists import CHANNELS
from domain.decision import Bilingual
from web.console.acts import Act, Field, Values
from web.console.fleet_acts import AMOUNT, CONTRACT, REASON, about_contract
from web.console.sign_acts import DAYS, FREQUENCIES, HOLIDAYS

FROM_ON = Field(
    "on", Bilingual("À partir du", "From"), "date", required=False, initial="today",
    hint=Bilingual("Aujourd’hui, si rien n’est dit.", "Today, if nothing is said."),
)  # fmt: skip


async def _swap(command: Command, values: Values) -> str:
    given = changes.BikeGiven(bike_ref=values["bike"], reason=values["reason"], on=values["on"] or None)
    await changes.swap_bike(values["contract"], given, command)
    return f"/contracts/{values['contract']}/changes"


async def _driver(command: Command, values: Values) -> str:
    given = changes.DriverGiven(driver_ref=values["driver"], reason=values["reason"], on=values["on"] or None)
    await changes.change_driver(values["contract"], given, command)
    return f"/contracts/{values['contract']}/changes"


async def _renegotiate(command: Command, values: Values) -> str:
    asked: dict[str, Any] = {
        "instalments": values["instalments"], "frequency": values["frequency"],
        "first_due_on": values["first_due_on"], "every_days": values["every_days"] or 0,
        "rest_days": [int(one) for one in values["rest_days"]], "holiday_rule": values["holiday_rule"],
        "charge": {"fee": values["fee"]} if values["fee"] else None, "reason": values["reason"],
    }  # fmt: skip
    given = changes.OfferGiven.model_validate(asked)
    await changes.renegotiate_contract(values["contract"], given, command)
    return f"/contracts/{values['contract']}/changes"


async def _move(command: Command, values: Values) -> str:
    given = changes.DatesGiven(first_due_on=values["first_due_on"], reason=values["reason"])
    await changes.move_dates(values["contract"], given, command)
    return f"/contracts/{values['contract']}/changes"


async def _fee(command: Command, values: Values) -> str:
    given = changes.FeeGiven(amount=values["amount"], due_on=values["due_on"], reason=values["reason"])
    await changes.add_fee(values["contract"], given, command)
    return f"/contracts/{values['contract']}/changes"


async def _quote(command: Command, values: Values) -> str:
    given = settlements.QuoteGiven(last_on=values["last_on"], fee=values["fee"] or None)
    await settlements.quote_settlement(values["contract"], given, command)
    return f"/contracts/{values['contract']}/changes"


async def _refund(command: Command, values: Values) -> str:
    given = settlements.RefundGiven(
        ref=values["ref"], amount=values["amount"], channel=values["channel"], paid_at=values["paid_at"],
        reason=values["reason"],
    )  # fmt: skip
    await settlements.refund_driver(values["contract"], given, command)
    return f"/contracts/{values['contract']}/changes"


def _act(name: str, title: Bilingual, done: Bilingual, fields: tuple[Field, ...], **given: Any) -> Act:
    submit = given.pop("submit", title)
    return Act(name, title, submit, done, "fleet:write", (CONTRACT, *fields), facts=about_contract, **given)


CHANGED = Bilingual("Le contrat est changé.", "The contract is changed.")
CHANGE_ACTS = (
    _act(
        "swap-bike", Bilingual("Changer de moto", "Change the bike"), CHANGED,
        (Field("bike", Bilingual("Nouvelle moto", "New bike"), "ref", places=("bike_ref",)), FROM_ON, REASON),
        do=_swap,
        follows=Bilingual("Ce qui est payé depuis ce jour est gagné par la nouvelle moto.",
                          "What is paid from that day on is earned by the new bike."),
    ),
    _act(
        "change-driver", Bilingual("Changer de conducteur", "Change the driver"), CHANGED,
        (Field("driver", Bilingual("Nouveau conducteur", "New driver"), "ref", places=("driver_ref",)),
         FROM_ON, REASON),
        do=_driver,
        follows=Bilingual("Le contrat passe avec tout ce qui est dû ; les messages suivent.",
                          "The contract goes over with all that is owed; messages follow."),
    ),
    _act(
        "renegotiate", Bilingual("Renégocier", "Renegotiate"), CHANGED,
        (
            Field("instalments", Bilingual("Nombre d’échéances", "Number of instalments"), "number"),
            Field("frequency", Bilingual("Rythme", "Rhythm"), "choice", choices=FREQUENCIES,
                  initial="daily"),
            Field("every_days", Bilingual("n, si « tous les n jours »", "n, if “every n days”"), "number",
                  required=False),
            Field("first_due_on", Bilingual("Première échéance", "First due"), "date"),
            Field("rest_days", Bilingual("Jours de repos", "Days of rest"), "several", required=False,
                  choices=DAYS),
            Field("holiday_rule", Bilingual("Jours fériés", "Public holidays"), "choice", choices=HOLIDAYS,
                  initial="keep"),
            Field("fee", Bilingual("Frais fixes", "Flat fee"), "money", required=False, places=("charge",)),
            REASON,
        ),
        do=_renegotiate,
        follows=Bilingual("Ce qui reste, impayés compris, se paie aux nouvelles conditions ; "
                          "l’ancien échéancier est gardé.",
                          "What remains, arrears included, is paid by new terms; the old schedule is kept."),
    ),
    _act(
        "move-dates", Bilingual("Reporter les échéances", "Move the dates"), CHANGED,
        (
            Field("first_due_on", Bilingual("Nouvelle date de la plus ancienne échéance ouverte",
                                            "New date of the oldest open due"), "date"),
            REASON,
        ),
        do=_move, submit=Bilingual("Reporter", "Move"),
        follows=Bilingual("Les échéances ouvertes gardent leurs montants et reçoivent de nouvelles dates.",
                          "The open dues keep their amounts and get new dates."),
    ),
    _act(
        "add-fee", Bilingual("Ajouter des frais", "Add a fee"), CHANGED,
        (AMOUNT, Field("due_on", Bilingual("Dus le", "Due on"), "date"), REASON), do=_fee,
        follows=Bilingual("Une échéance de plus.", "One more due."),
    ),
    _act(
        "quote", Bilingual("Chiffrer un solde anticipé", "Quote an early settlement"),
        Bilingual("L’offre est faite.", "The quote is made."),
        (
            Field("last_on", Bilingual("Valable jusqu’au", "Good until"), "date"),
            Field("fee", Bilingual("Frais de solde anticipé", "Fee for settling early"), "money",
                  required=False),
        ),
        do=_quote, submit=Bilingual("Chiffrer", "Quote"),
        follows=Bilingual("Le paiement qui l’atteint à temps solde le contrat.",
                          "The payment that reaches it in time settles the contract."),
    ),
    _act(
        "refund", Bilingual("Rembourser un trop-perçu", "Give back what was paid too much"),
        Bilingual("Le remboursement est enregistré.", "The refund is recorded."),
        (
            AMOUNT,
            Field("channel", Bilingual("Moyen", "Means"), "choice", choices=CHANNELS,
                  initial="mobile_money"),
            Field("paid_at", Bilingual("Versé le", "Paid"), "moment", initial="now"),
            Field("ref", Bilingual("Référence du remboursement", "Reference of the refund"), "ref"), REASON,
        ),
        do=_refund, submit=Bilingual("Rembourser", "Give back"),
    ),
)  # fmt: skip
