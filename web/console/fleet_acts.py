"""What people do to contracts and payments: a form each, and the command of the API behind it."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from api.commands import Command
from api.fleet import contract as contracts
from api.fleet import payments
from database.fleet.lists import CHANNELS
from database.fleet.payments import payment_of
from database.fleet.queries import contract_of, file_of
from database.shared.contacts import contact_of
from domain.decision import Bilingual
from domain.errors import NotFound
from web.console.acts import Act, Field, Values
from web.console.visit import Visit

CONTRACT = Field("contract", Bilingual("Contrat", "Contract"), "ref", places=("contract_ref",))
REASON = Field(
    "reason", Bilingual("Motif", "Reason"), "area",
    hint=Bilingual("Il reste au dossier.", "It stays on record."),
)  # fmt: skip
AMOUNT = Field("amount", Bilingual("Montant", "Amount"), "money")

ENDS = {
    "agreement": Bilingual("d’un commun accord", "by agreement"),
    "default": Bilingual("impayés, moto reprise", "default, the bike is taken back"),
    "theft": Bilingual("moto volée", "the bike is stolen"),
}

REVERSALS = {
    "refused": Bilingual("refusé ou repris par l’opérateur", "refused or taken back by the operator"),
    "double": Bilingual("saisi deux fois", "told twice"),
    "corrected": Bilingual("saisi par erreur", "entered by mistake"),
}

Told = list[tuple[Bilingual, str]]


async def about_contract(visit: Visit, tx: AsyncConnection, values: Values) -> Told:
    """Whose it is and where it stands; nothing for a reference that is not there."""
    try:
        file = await file_of(tx, visit.tenant.id, values["contract"])
    except NotFound:
        return []
    driver = await contact_of(tx, visit.tenant.id, file.contract.driver_ref)
    told = [(CONTRACT.label, file.contract.ref), (Bilingual("Conducteur", "Driver"), driver.full_name)]
    if file.standing:
        today, grace = visit.moments.today, file.contract.terms.grace_days
        late = file.standing.arrears_on(today, grace)
        told.append((Bilingual("Impayés", "Arrears"), visit.money(late)))
        told.append((Bilingual("Reste à payer", "Still to pay"), visit.money(file.standing.remaining)))
    return told


async def about_payment(visit: Visit, tx: AsyncConnection, values: Values) -> Told:
    try:
        known = await payment_of(tx, visit.tenant.id, values["payment"])
    except NotFound:
        return []
    entry = known.entry
    return [
        (Bilingual("Paiement", "Payment"), entry.ref), (CONTRACT.label, entry.contract_ref),
        (AMOUNT.label, visit.money(entry.amount)),
        (Bilingual("Reçu", "Received"), visit.moments.moment(entry.received_at)),
    ]  # fmt: skip


async def _arrears(visit: Visit, tx: AsyncConnection, values: Values) -> Values:
    """The amount that would bring the contract up to date is the likeliest."""
    try:
        file = await file_of(tx, visit.tenant.id, values["contract"])
    except NotFound:
        return {}
    if file.standing is None:
        return {}
    late = file.standing.arrears_on(visit.moments.today, file.contract.terms.grace_days)
    return {"amount": f"{late.decimal:f}"} if late.minor > 0 else {}


async def _next_payment(visit: Visit, _tx: AsyncConnection, values: Values) -> Values:
    wall = visit.moments.wall(visit.moments.now).translate({ord("-"): None, ord(":"): None, ord("T"): "-"})
    ref = f"{values['contract']}-{wall}"
    return {"ref": ref} if values["contract"] else {}


async def _pay(command: Command, values: Values) -> str:
    given = payments.PaymentGiven(
        ref=values["ref"], contract_ref=values["contract"], received_at=values["received_at"],
        amount=values["amount"], channel=values["channel"], source="console",
    )  # fmt: skip
    await command.record(await payments.write_payment(command, given))
    return f"/contracts/{given.contract_ref}"


async def _reverse(command: Command, values: Values) -> str:
    known = await payment_of(command.tx, command.tenant, values["payment"])
    given = payments.ReversalGiven(reason=values["reason"], why=values["why"])
    await payments.reverse_payment(values["payment"], given, command)
    return f"/contracts/{known.entry.contract_ref}"


async def _promise(command: Command, values: Values) -> str:
    given = contracts.PromiseGiven(amount=values["amount"], until_on=values["until_on"])
    await contracts.promise_payment(values["contract"], given, command)
    return f"/contracts/{values['contract']}"


async def _sign(command: Command, values: Values) -> str:
    await contracts.sign_contract(values["contract"], command)
    return f"/contracts/{values['contract']}"


async def _terminate(command: Command, values: Values) -> str:
    await contract_of(command.tx, command.tenant, values["contract"])
    given = contracts.EndGiven(
        reason=values["reason"], kind=values["kind"], bike_value=values["bike_value"] or None,
        still_owed=values["still_owed"] or None,
    )  # fmt: skip
    await contracts.terminate_contract(values["contract"], given, command)
    return f"/contracts/{values['contract']}"


def _act(name: str, title: Bilingual, done: Bilingual, fields: tuple[Field, ...], **given: Any) -> Act:
    submit = given.pop("submit", title)
    return Act(name, title, submit, done, "fleet:write", fields, **given)


ACTS = (
    _act(
        "pay", Bilingual("Enregistrer un paiement", "Record a payment"),
        Bilingual("Le paiement est enregistré.", "The payment is recorded."),
        (
            CONTRACT, AMOUNT,
            Field("channel", Bilingual("Moyen", "Means"), "choice", choices=CHANNELS, initial="cash"),
            Field("received_at", Bilingual("Reçu le", "Received"), "moment", initial="now"),
            Field("ref", Bilingual("Référence du paiement", "Reference of the payment"), "ref",
                  hint=Bilingual("Celle de l’opérateur ou du reçu : deux fois la même ne compte qu’une fois.",
                                 "The operator’s or the receipt’s: the same one twice counts once.")),
        ),
        do=_pay, facts=about_contract, fill=_next_payment,
        follows=Bilingual("Il solde d’abord la plus ancienne échéance, et les relances s’arrêtent aussitôt.",
                          "It settles the oldest due first, and reminders stop at once."),
        submit=Bilingual("Enregistrer", "Record"),
    ),
    _act(
        "reverse", Bilingual("Annuler un paiement", "Reverse a payment"),
        Bilingual("Le paiement est annulé.", "The payment is reversed."),
        (
            Field("payment", Bilingual("Paiement", "Payment"), "ref"),
            Field("why", Bilingual("Pourquoi", "Why"), "choice", choices=REVERSALS, initial="refused",
                  hint=Bilingual("Un refus compte dans le score du conducteur ; une erreur, non.",
                                 "A refusal counts in the driver’s score; a mistake does not.")),
            REASON,
        ), do=_reverse,
        facts=about_payment, grave=True,
        follows=Bilingual("Il ne compte plus, et reste au dossier avec son motif.",
                          "It counts no more, and stays on record with its reason."),
    ),
    _act(
        "promise", Bilingual("Noter une promesse de paiement", "Record a promise to pay"),
        Bilingual("La promesse est notée.", "The promise is recorded."),
        (CONTRACT, AMOUNT, Field("until_on", Bilingual("Au plus tard le", "By"), "date")), do=_promise,
        facts=about_contract, fill=_arrears,
        follows=Bilingual("La prochaine relance attend ce jour-là.", "The next reminder waits for that day."),
        submit=Bilingual("Noter", "Record"),
    ),
    _act(
        "sign", Bilingual("Signer le contrat", "Sign the contract"),
        Bilingual("Le contrat est signé.", "The contract is signed."), (CONTRACT,), do=_sign,
        facts=about_contract,
        follows=Bilingual("L’échéancier est établi et le contrat est suivi dès maintenant.",
                          "Its schedule is made, and it is watched from now on."),
        submit=Bilingual("Signer", "Sign"),
    ),
    _act(
        "terminate", Bilingual("Résilier le contrat", "Terminate the contract"),
        Bilingual("Le contrat est résilié.", "The contract is terminated."),
        (
            CONTRACT, Field("kind", Bilingual("Comment", "How"), "choice", choices=ENDS, initial="agreement"),
            Field("bike_value", Bilingual("Valeur de la moto reprise", "Value of the bike taken back"),
                  "money", required=False),
            Field("still_owed", Bilingual("Reste dû, si c’est moins que tout",
                                          "Still owed, if less than everything"), "money", required=False),
            REASON,
        ),
        do=_terminate, facts=about_contract, grave=True,
        follows=Bilingual("Il prend fin avant d’être soldé ; plus aucune relance ne part.",
                          "It ends before it is paid; no reminder goes out any more."),
        submit=Bilingual("Résilier", "Terminate"),
    ),
)  # fmt: skip
