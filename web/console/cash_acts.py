"""What people do with money on its way: agents, deposits, statements of operators and their lines."""

import io
from typing import Any

from starlette.datastructures import UploadFile

from api.commands import Command, Result
from api.fields import ReasonGiven
from api.fleet import agents, statements
from database.fleet import reconciling
from database.fleet.cash import deposit_of
from domain.decision import Bilingual
from domain.errors import BadInput, Mistake
from web.console.acts import Act, Field, Values
from web.console.fleet_acts import AMOUNT, CONTRACT, REASON

LARGEST = 20_000_000
"""Bytes of a statement."""
AGENT = Field("agent", Bilingual("Agent", "Agent"), "ref", places=("agent_ref", "ref"))
AGENCY = Field("agency", Bilingual("Agence", "Agency"), "ref", required=False, places=("agency_ref",))
CEILING = Field("ceiling", Bilingual("Plafond", "Ceiling"), "money")
STATEMENT = Field("statement", Bilingual("Relevé", "Statement"), "hidden")
LINE = Field("line", Bilingual("Ligne", "Line"), "hidden")


def _line(values: Values) -> int:
    text = str(values["line"])
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise BadInput(Mistake("line", "not a number", "open it from its page"))
    return int(text)


async def _agent(command: Command, values: Values) -> str:
    given = agents.AgentGiven(
        ref=values["ref"], contact_ref=values["person"], ceiling=values["ceiling"],
        opened_on=values["opened_on"], agency_ref=values["agency"] or None,
    )  # fmt: skip
    await agents.open_agent(given, command)
    return f"/agents/{values['ref']}"


async def _change(command: Command, values: Values) -> str:
    given = agents.AgentChanged(ceiling=values["ceiling"], agency_ref=values["agency"] or None)
    await agents.change_agent(values["agent"], given, command)
    return f"/agents/{values['agent']}"


async def _close(command: Command, values: Values) -> str:
    await agents.close_agent(values["agent"], agents.AgentClosed(closed_on=values["closed_on"]), command)
    return f"/agents/{values['agent']}"


async def _deposit(command: Command, values: Values) -> str:
    asked: dict[str, Any] = {
        "ref": values["ref"], "agent_ref": values["agent"], "amount": values["amount"],
        "deposited_at": values["deposited_at"],
    }  # fmt: skip
    if values["bank_ref"]:
        asked["bank_ref"] = values["bank_ref"]
    await agents.record_deposit(agents.DepositGiven.model_validate(asked), command)
    return f"/agents/{values['agent']}"


async def _take_back(command: Command, values: Values) -> str:
    known = await deposit_of(command.tx, command.tenant, values["deposit"])
    await agents.reverse_deposit(values["deposit"], ReasonGiven(reason=values["reason"]), command)
    return f"/agents/{known.deposit.agent_ref}"


async def _take(command: Command, values: Values) -> str:
    """As `POST /v1/fleet/statements` does, from a form."""
    file: UploadFile = values["file"]
    content = await file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise BadInput(Mistake("file", "the file is too large", "split it by days"))
    made, new = await reconciling.take_statement(
        command.tx, command.parts.fleet_files, command.tenant, values["operator"], io.BytesIO(content),
        command.now, command.actor.who,
    )  # fmt: skip
    shown = statements.statement_shown(made, repeated=not new)
    kept = shown.model_dump(mode="json", include={"id", "operator", "lines"})
    thing = f"fleet.operator_statement:{made.id}"
    await command.record(Result("fleet.statement.taken", thing, shown, after=kept))
    return f"/reconciliation?statement={made.id}"


async def _attach(command: Command, values: Values) -> str:
    given = statements.ContractGiven(contract_ref=values["contract"])
    await statements.attach_line(values["statement"], _line(values), given, command)
    return "/reconciliation?state=unmatched"


async def _double(command: Command, values: Values) -> str:
    given = statements.DoubleGiven(payment_ref=values["payment"], reason=values["reason"])
    await statements.strike_double(values["statement"], _line(values), given, command)
    return "/reconciliation?state=double"


async def _dismiss(command: Command, values: Values) -> str:
    given = ReasonGiven(reason=values["reason"])
    await statements.dismiss_line(values["statement"], _line(values), given, command)
    return "/reconciliation"


def _act(name: str, title: Bilingual, done: Bilingual, fields: tuple[Field, ...], **given: Any) -> Act:
    submit = given.pop("submit", Bilingual("Enregistrer", "Save"))
    return Act(name, title, submit, done, given.pop("permission", "fleet:write"), fields, **given)


SAVED = Bilingual("C’est enregistré.", "It is saved.")
SETTLED = Bilingual("La ligne est réglée.", "The line is settled.")

CASH_ACTS = (
    _act(
        "agent", Bilingual("Un agent de caisse", "A cash agent"), SAVED,
        (
            Field("ref", Bilingual("Référence", "Reference"), "ref"),
            Field("person", Bilingual("Personne", "Person"), "ref", places=("contact_ref",),
                  hint=Bilingual("Une personne à qui écrire : sa référence.",
                                 "Somebody to write to: their reference.")),
            CEILING, Field("opened_on", Bilingual("Depuis", "Since"), "date", initial="today"), AGENCY,
        ),
        do=_agent,
        follows=Bilingual("Au-dessus du plafond, ou gardé trop longtemps, l’argent est réclamé.",
                          "Above the ceiling, or kept too long, the money is asked for."),
    ),
    _act("change-agent", Bilingual("Changer le plafond", "Change the ceiling"), SAVED,
         (AGENT, CEILING, AGENCY), do=_change),
    _act("close-agent", Bilingual("Clore un agent", "Close an agent"), SAVED,
         (AGENT, Field("closed_on", Bilingual("Dernier jour", "Last day"), "date", initial="today")),
         do=_close, grave=True, submit=Bilingual("Clore", "Close")),
    _act(
        "deposit", Bilingual("Un dépôt en banque", "A bank deposit"),
        Bilingual("Le dépôt est enregistré.", "The deposit is recorded."),
        (
            AGENT, AMOUNT, Field("deposited_at", Bilingual("Déposé", "Deposited"), "moment", initial="now"),
            Field("ref", Bilingual("Référence du dépôt", "Reference of the deposit"), "ref"),
            Field("bank_ref", Bilingual("Bordereau de la banque", "Bank slip"), required=False),
        ),
        do=_deposit,
    ),
    _act(
        "reverse-deposit", Bilingual("Annuler un dépôt", "Reverse a deposit"),
        Bilingual("Le dépôt est annulé.", "The deposit is reversed."),
        (Field("deposit", Bilingual("Dépôt", "Deposit"), "ref"), REASON), do=_take_back, grave=True,
        submit=Bilingual("Annuler le dépôt", "Reverse the deposit"),
        follows=Bilingual("L’agent garde de nouveau cet argent.", "The agent holds the money again."),
    ),
    _act(
        "statement", Bilingual("Un relevé d’opérateur", "A statement of an operator"),
        Bilingual("Le relevé est comparé, ligne par ligne.", "The statement is compared, line by line."),
        (
            Field("operator", Bilingual("Opérateur", "Operator")),
            Field("file", Bilingual("Fichier (CSV ou XLSX)", "File (CSV or XLSX)"), "file",
                  hint=Bilingual("Colonnes : transaction_id, occurred_at, amount_minor ; currency et "
                                 "contract_ref s’il y en a.",
                                 "Columns: transaction_id, occurred_at, amount_minor; currency and "
                                 "contract_ref if there are any.")),
        ),
        do=_take, permission="imports:write", submit=Bilingual("Comparer", "Compare"),
    ),
    _act(
        "attach-line", Bilingual("Attribuer à un contrat", "Give it to a contract"), SETTLED,
        (STATEMENT, LINE, CONTRACT), do=_attach, submit=Bilingual("Attribuer", "Attach"),
        follows=Bilingual("La ligne devient un paiement, sous le numéro de l’opérateur.",
                          "The line becomes a payment, under the operator’s id."),
    ),
    _act(
        "strike-double", Bilingual("Annuler le double", "Take the double back"), SETTLED,
        (STATEMENT, LINE, Field("payment", Bilingual("Paiement à annuler", "Payment to take back"), "ref",
                                places=("payment_ref",)), REASON),
        do=_double, grave=True, submit=Bilingual("Annuler ce paiement", "Take this payment back"),
    ),
    _act(
        "dismiss-line", Bilingual("Écarter la ligne", "Dismiss the line"), SETTLED,
        (STATEMENT, LINE, REASON), do=_dismiss, submit=Bilingual("Écarter", "Dismiss"),
        follows=Bilingual("Elle est juste ainsi, ou ce n’est pas notre argent.",
                          "It is right as it is, or no money of ours."),
    ),
)  # fmt: skip
