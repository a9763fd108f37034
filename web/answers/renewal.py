"""A customer renews or refuses a maintenance contract."""

from collections.abc import Mapping

from database.maintenance import renewal
from domain.decision import Bilingual
from domain.errors import BadInput, Conflict, Mistake
from domain.maintenance.renewal import Answer
from web.answers.question import Choice, Question, Visit, day, day_both, money

TITLE = Bilingual("Votre contrat d’entretien", "Your maintenance contract")
CHOICES = (
    Choice(
        "renewed", Bilingual("Je renouvelle", "I renew"),
        Bilingual("Le contrat continue pour un an.", "The contract goes on for one year."), tone="main",
    ),
    Choice(
        "refused", Bilingual("Je ne renouvelle pas", "I do not renew"),
        Bilingual("Le contrat prend fin à son échéance.", "The contract ends on its last day."), tone="grave",
    ),
)  # fmt: skip


class RenewalQuestion:
    async def ask(self, visit: Visit) -> Question:
        term = await renewal.term_of(visit.tx, visit.target.tenant, visit.target.ref)
        contract = term.contract
        facts = (
            (Bilingual("Contrat", "Contract"), contract.ref),
            (Bilingual("Fin du contrat", "End of the contract"), day(contract.ends_on, visit.locale)),
            (Bilingual("À répondre au plus tard le", "Answer by"), day(term.facts.decide_by, visit.locale)),
            (Bilingual("Prix d’une année", "Price of a year"), money(contract.amount, visit.locale)),
        )
        lead = Bilingual(
            "Souhaitez-vous le renouveler pour un an ? Un clic suffit.",
            "Would you like to renew it for a year? One click is enough.",
        )
        answered = _answered(term, visit.target.ref)
        return Question(TITLE, lead, facts, () if answered else CHOICES, answered)

    async def take(self, visit: Visit, form: Mapping[str, str]) -> str:
        given = form.get("answer", "")
        if given not in (Answer.RENEWED, Answer.REFUSED):
            raise BadInput(Mistake("answer", "no answer was chosen", "choose one of the two"))
        term = await renewal.term_of(visit.tx, visit.target.tenant, visit.target.ref)
        if term.contract.term_ref != visit.target.ref:
            raise Conflict("the term that this link is about is over")
        await renewal.answer(
            visit.tx, visit.target.tenant, visit.target.ref, Answer(given), visit.by, visit.now
        )
        return given


def _answered(term: renewal.Term, term_ref: str) -> Bilingual | None:
    ends_fr, ends_en = day_both(term.contract.ends_on)
    if term.contract.term_ref != term_ref:
        return Bilingual(
            f"Cette échéance est passée : le contrat court jusqu’au {ends_fr}.",
            f"This term is over: the contract now runs until {ends_en}.",
        )
    if term.answer is Answer.RENEWED:
        return Bilingual(
            f"Vous renouvelez ce contrat au-delà du {ends_fr}.", f"You renew this contract beyond {ends_en}."
        )
    if term.answer is Answer.REFUSED:
        return Bilingual(
            f"Vous ne renouvelez pas ce contrat ; il prend fin le {ends_fr}.",
            f"You do not renew this contract; it ends on {ends_en}.",
        )
    if term.state != "active":
        return Bilingual("Ce contrat a pris fin.", "This contract has ended.")
    return None
