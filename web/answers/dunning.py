"""A driver in arrears says when they will pay."""

from collections.abc import Mapping
from datetime import date

from database.fleet import dunning, queries
from domain.decision import Bilingual
from domain.errors import BadInput, Mistake
from domain.fleet.contract import ACTIVE
from domain.fleet.dunning import Promise
from domain.money import Money
from web.answers.fund_call import read_amount
from web.answers.question import Choice, Input, Question, Visit, day, day_both, money, money_both

TITLE = Bilingual("Votre paiement en retard", "Your late payment")
LEAD = Bilingual(
    "Dites-nous quand vous paierez : nous attendrons ce jour avant toute autre démarche.",
    "Tell us when you will pay: we will wait for that day before doing anything else.",
)


class DunningQuestion:
    async def ask(self, visit: Visit) -> Question:
        arrears, state = await _arrears(visit)
        facts = (
            (Bilingual("Contrat", "Contract"), visit.target.ref),
            (Bilingual("Montant en retard", "Amount overdue"), money(arrears, visit.locale)),
            (Bilingual("Aujourd’hui", "Today"), day(visit.today, visit.locale)),
        )
        answered = await _answered(visit, arrears, state)
        return Question(TITLE, LEAD, facts, () if answered else _choices(visit, arrears), answered)

    async def take(self, visit: Visit, form: Mapping[str, str]) -> str:
        arrears, _ = await _arrears(visit)
        until = read_day(form.get("until", ""), visit.today)
        amount = read_amount(form.get("amount", ""), arrears.currency)
        await dunning.promise(
            visit.tx, visit.target.tenant, visit.target.ref, until, amount, visit.now, visit.by
        )
        return f"{amount.decimal} {amount.currency} until {until}"


def read_day(text: str, today: date) -> date:
    """Raises BadInput."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        mend = "choose a day, as YYYY-MM-DD"
        raise BadInput(Mistake("until", "it is not a day of the calendar", mend)) from None
    if day < today:
        raise BadInput(Mistake("until", "it is in the past", "choose today or a later day"))
    return day


async def _arrears(visit: Visit) -> tuple[Money, str]:
    """What is late today, and the contract's state."""
    file = await queries.file_of(visit.tx, visit.target.tenant, visit.target.ref)
    terms = file.contract.terms
    if file.standing is None:
        return Money(terms.price.currency, 0), file.known.state
    return file.standing.arrears_on(visit.today, terms.grace_days), file.known.state


async def _answered(visit: Visit, arrears: Money, state: str) -> Bilingual | None:
    if state != ACTIVE or not arrears.minor:
        return Bilingual("Rien n’est en retard. Merci !", "Nothing is overdue. Thank you!")
    running = await _running(visit, arrears.currency)
    if not running:
        return None
    sum_fr, sum_en = money_both(running.amount)
    on_fr, on_en = day_both(running.until)
    return Bilingual(
        f"Vous avez promis de payer {sum_fr} au plus tard le {on_fr}.",
        f"You promised to pay {sum_en} by {on_en}.",
    )


async def _running(visit: Visit, currency: str) -> Promise | None:
    known = await dunning.promises_of(visit.tx, visit.target.tenant, visit.target.ref, currency)
    return next((one for one in reversed(known) if one.until >= visit.today), None)


def _choices(visit: Visit, arrears: Money) -> tuple[Choice, ...]:
    last = visit.today + dunning.LONGEST_PROMISE
    inputs = (
        Input(
            "until", "date", Bilingual("Je paierai le", "I will pay on"),
            first=visit.today.isoformat(), last=last.isoformat(),
        ),
        Input(
            "amount", "money", Bilingual("La somme de", "The sum of"), f"{arrears.decimal:f}",
            arrears.currency,
        ),
    )  # fmt: skip
    last_fr, last_en = day_both(last)
    help = Bilingual(f"Au plus tard le {last_fr}.", f"By {last_en} at the latest.")
    return (Choice("promised", Bilingual("Je m’engage", "I promise"), help, inputs, "main"),)
