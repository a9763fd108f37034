"""A client approves, adjusts or refuses a fund call."""

from collections.abc import Mapping

from database.training import fund_call
from database.training.projects import project_of
from domain.decision import Bilingual
from domain.errors import BadInput, Mistake, NotFound
from domain.money import Money, parse_money
from domain.training.fund_call import FundCall
from domain.training.fund_call_answer import GIVEN, Answer
from web.answers.question import Choice, Input, Question, Visit, day, day_both, money, money_both

TITLE = Bilingual("Appel de fonds", "Fund call")
LEAD = Bilingual(
    "Le budget de votre projet arrive à son terme. Nous vous proposons de le compléter.",
    "The budget of your project is nearly used up. We suggest topping it up.",
)


class FundCallQuestion:
    async def ask(self, visit: Visit) -> Question:
        known = (await project_of(visit.tx, visit.target.tenant, visit.target.ref)).project
        call = await _last(visit)
        facts = (
            (Bilingual("Projet", "Project"), f"{known.name} ({known.ref})"),
            (Bilingual("Montant proposé", "Suggested amount"), money(call.requested, visit.locale)),
            (Bilingual("Demandé le", "Asked on"), day(call.opened_on, visit.locale)),
        )
        answered = _answered(call)
        return Question(TITLE, LEAD, facts, () if answered else _choices(call), answered)

    async def take(self, visit: Visit, form: Mapping[str, str]) -> str:
        given = form.get("answer", "")
        if given not in GIVEN:
            raise BadInput(Mistake("answer", "no answer was chosen", "choose one of the three"))
        call, amount = await _last(visit), None
        if given == Answer.ADJUSTED:
            amount = read_amount(form.get("amount", ""), call.requested.currency)
        await fund_call.answer_call(
            visit.tx, visit.target.tenant, visit.target.ref, call.number, Answer(given), amount,
            visit.by, visit.now,
        )  # fmt: skip
        return f"{given} {amount.decimal}" if amount else given


def read_amount(text: str, currency: str) -> Money:
    """As people write it: spaces between thousands, a comma. Raises BadInput."""
    plain = "".join(text.split()).replace("\u202f", "").replace("\u00a0", "")
    if not plain or not plain.isascii():
        raise BadInput(Mistake("amount", "it is missing", "give the amount, such as 2500"))
    return parse_money(plain, currency)


async def _last(visit: Visit) -> FundCall:
    calls = await fund_call.calls_of(visit.tx, visit.target.tenant, visit.target.ref)
    if not calls:
        raise NotFound("fund call", visit.target.ref)
    return calls[-1]


def _choices(call: FundCall) -> tuple[Choice, ...]:
    fr, en = money_both(call.requested)
    amount = Input(
        "amount", "money", Bilingual("Montant accordé", "Amount granted"), unit=call.requested.currency
    )
    return (
        Choice(
            "approved", Bilingual(f"J’approuve {fr}", f"I approve {en}"),
            Bilingual("Le budget augmente de ce montant.", "The budget grows by this amount."), tone="main",
        ),
        Choice(
            "adjusted", Bilingual("J’accorde un autre montant", "I grant another amount"),
            Bilingual("Indiquez le montant hors taxes.", "Give the amount before tax."), (amount,),
        ),
        Choice(
            "refused", Bilingual("Je refuse", "I refuse"),
            Bilingual("Le budget reste inchangé.", "The budget stays as it is."), tone="grave",
        ),
    )  # fmt: skip


def _answered(call: FundCall) -> Bilingual | None:
    if call.given:
        fr, en = money_both(call.given.granted)
        if call.given.answer is Answer.REFUSED:
            return Bilingual("Vous avez refusé cet appel de fonds.", "You refused this fund call.")
        return Bilingual(f"Vous accordez {fr}.", f"You grant {en}.")
    if call.closed is None:
        return None
    fr, en = day_both(call.closed_on) if call.closed_on else ("", "")
    return Bilingual(
        f"Cet appel de fonds a pris fin le {fr} sans réponse. Écrivez-nous pour en recevoir un nouveau.",
        f"This fund call ended on {en} without an answer. Write to us to receive a new one.",
    )
