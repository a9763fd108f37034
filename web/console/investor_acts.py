"""What people do with investors: sign, finance bikes, pay out, end; and the review of a driver at risk."""

from decimal import Decimal, InvalidOperation
from typing import Any

from api.commands import Command
from api.fields import ReasonGiven
from api.fleet import drivers, investor_statements, investors
from database.fleet.investor_lists import KINDS
from database.fleet.lists import CHANNELS
from database.fleet.payouts import payout_of
from domain.decision import Bilingual
from domain.errors import BadInput, Mistake
from web.console.acts import Act, Field, Values
from web.console.fleet_acts import AMOUNT, REASON

CONTRACT = Field("contract", Bilingual("Contrat d’investisseur", "Investor’s contract"), "ref",
                 places=("contract_ref",))  # fmt: skip
BIKE = Field("bike", Bilingual("Moto", "Bike"), "ref", places=("bike_ref",))
PERCENT = Bilingual("En pour cent : 40, ou 12,5.", "In percent: 40, or 12.5.")
VERDICTS = {
    "keep": Bilingual("rien à faire", "nothing is to be done"),
    "plan": Bilingual("convenir d’un nouvel échéancier", "arrange payments anew"),
    "recover": Bilingual("reprendre la moto", "take the bike back"),
}
PAYOUTS = {
    "share": Bilingual("de sa part", "of their share"),
    "capital": Bilingual("de son apport", "of the capital"),
}  # fmt: skip


def _points(name: str, text: str) -> int:
    """Hundredths of a percent. Raises BadInput."""
    try:
        exact = Decimal(text.replace(",", ".").strip(" %\u00a0")) * 100
    except InvalidOperation:
        raise BadInput(Mistake(name, "not a number", "write digits, such as 12.50")) from None
    if not exact.is_finite() or exact != exact.to_integral_value() or not 0 <= exact <= 10_000:
        raise BadInput(Mistake(name, "not a share", "give 0 to 100, with two digits after the point"))
    return int(exact)


async def _agree(command: Command, values: Values) -> str:
    asked: dict[str, Any] = {
        "ref": values["ref"], "investor_ref": values["investor"], "kind": values["kind"],
        "amount": values["amount"], "revenue_share_bp": _points("share", values["share"]),
        "signed_on": values["signed_on"], "ends_on": values["ends_on"] or None,
    }  # fmt: skip
    given = investors.InvestorContractGiven.model_validate(asked)
    await investors.create_investor_contract(given, command, values["draft"])
    return f"/investors/{values['ref']}"


async def _sign(command: Command, values: Values) -> str:
    await investors.sign_investor_contract(values["contract"], command)
    return f"/investors/{values['contract']}"


async def _finance(command: Command, values: Values) -> str:
    given = investors.ShareGiven(
        bike_ref=values["bike"], share_bp=_points("share", values["share"]), from_on=values["from_on"]
    )
    await investors.finance_bike(values["contract"], given, command)
    return f"/investors/{values['contract']}"


async def _end_share(command: Command, values: Values) -> str:
    given = investors.ShareEndGiven(bike_ref=values["bike"], last_on=values["last_on"])
    await investors.end_share(values["contract"], given, command)
    return f"/investors/{values['contract']}"


async def _end(command: Command, values: Values) -> str:
    given = investors.EndGiven(last_on=values["last_on"], reason=values["reason"])
    await investors.end_investor_contract(values["contract"], given, command)
    return f"/investors/{values['contract']}"


async def _pay_out(command: Command, values: Values) -> str:
    given = investor_statements.PayoutGiven(
        ref=values["ref"], contract_ref=values["contract"], kind=values["kind"], amount=values["amount"],
        paid_on=values["paid_on"], channel=values["channel"],
    )  # fmt: skip
    await investor_statements.pay_out(given, command)
    return f"/investors/{values['contract']}"


async def _take_back(command: Command, values: Values) -> str:
    known = await payout_of(command.tx, command.tenant, values["payout"])
    given = ReasonGiven(reason=values["reason"])
    await investor_statements.reverse_payout(values["payout"], given, command)
    return f"/investors/{known.payout.contract_ref}"


async def _review(command: Command, values: Values) -> str:
    given = drivers.ReviewGiven(verdict=values["verdict"], note=values["note"])
    await drivers.answer_review(values["driver"], given, command)
    return f"/drivers/{values['driver']}"


LAST = Field("last_on", Bilingual("Dernier jour", "Last day"), "date", initial="today")
SHARE = Field("share", Bilingual("Part", "Share"), hint=PERCENT, places=("share_bp", "revenue_share_bp"))


def _act(name: str, title: Bilingual, done: Bilingual, fields: tuple[Field, ...], **given: Any) -> Act:
    return Act(name, title, given.pop("submit", title), done, "fleet:write", fields, **given)


INVESTOR_ACTS = (
    _act(
        "investor", Bilingual("Nouveau contrat d’investisseur", "New contract with an investor"),
        Bilingual("Le contrat est enregistré.", "The contract is saved."),
        (
            Field("ref", Bilingual("Référence du contrat", "Reference of the contract"), "ref"),
            Field("investor", Bilingual("Investisseur", "Investor"), "ref", places=("investor_ref",),
                  hint=Bilingual("Une personne à qui écrire : sa référence.",
                                 "Somebody to write to: their reference.")),
            Field("kind", Bilingual("Forme", "Kind"), "choice", choices=KINDS, initial="financing"), AMOUNT,
            Field("share", Bilingual("Part des recettes", "Share of the revenue"), hint=PERCENT,
                  places=("revenue_share_bp",)),
            Field("signed_on", Bilingual("Signé le", "Signed on"), "date", initial="today"),
            Field("ends_on", Bilingual("Se termine le", "Ends on"), "date", required=False),
            Field("draft", Bilingual("Projet : il attend sa signature", "Draft: it waits for its signature"),
                  "check", required=False),
        ),
        do=_agree, submit=Bilingual("Enregistrer", "Save"),
    ),
    _act(
        "sign-investor", Bilingual("Signer le contrat", "Sign the contract"),
        Bilingual("Le contrat est signé.", "The contract is signed."), (CONTRACT,), do=_sign,
        submit=Bilingual("Signer", "Sign"),
    ),
    _act(
        "finance-bike", Bilingual("Financer une moto", "Finance a bike"),
        Bilingual("La moto est financée.", "The bike is financed."),
        (CONTRACT, BIKE, SHARE, Field("from_on", Bilingual("À partir du", "From"), "date", initial="today")),
        do=_finance,
        follows=Bilingual("Les parts d’une moto ne dépassent jamais cent pour cent.",
                          "The shares of a bike never exceed a hundred percent."),
    ),
    _act(
        "end-share", Bilingual("Mettre fin à une part", "End a share"),
        Bilingual("La part prend fin.", "The share ends."), (CONTRACT, BIKE, LAST), do=_end_share,
    ),
    _act(
        "end-investor", Bilingual("Mettre fin au contrat", "End the contract"),
        Bilingual("Le contrat prend fin.", "The contract ends."), (CONTRACT, LAST, REASON), do=_end,
        grave=True,
        follows=Bilingual("Ce qui est dû jusqu’à ce jour est encore relevé et versé.",
                          "What is owed until that day is still stated and paid."),
    ),
    _act(
        "pay-out", Bilingual("Enregistrer un versement", "Record a payout"),
        Bilingual("Le versement est enregistré.", "The payout is recorded."),
        (
            CONTRACT, AMOUNT, Field("kind", Bilingual("Au titre", "On account"), "choice", choices=PAYOUTS,
                                    initial="share"),
            Field("paid_on", Bilingual("Versé le", "Paid on"), "date", initial="today"),
            Field("channel", Bilingual("Moyen", "Means"), "choice", choices=CHANNELS, initial="bank"),
            Field("ref", Bilingual("Référence du versement", "Reference of the payout"), "ref"),
        ),
        do=_pay_out, submit=Bilingual("Enregistrer", "Record"),
    ),
    _act(
        "reverse-payout", Bilingual("Annuler un versement", "Reverse a payout"),
        Bilingual("Le versement est annulé.", "The payout is reversed."),
        (Field("payout", Bilingual("Versement", "Payout"), "ref"), REASON), do=_take_back, grave=True,
    ),
    _act(
        "review", Bilingual("Décider pour un conducteur à risque", "Decide about a driver at risk"),
        Bilingual("La décision est notée.", "The decision is recorded."),
        (
            Field("driver", Bilingual("Conducteur", "Driver"), "ref"),
            Field("verdict", Bilingual("Décision", "Decision"), "choice", choices=VERDICTS),
            Field("note", Bilingual("Note", "Note"), required=False),
        ),
        do=_review, submit=Bilingual("Noter", "Record"),
    ),
)  # fmt: skip
