"""What a book says of given facts."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import Field

from api.commands import Reading, asks
from api.fields import Amount, Given, RuleInstant, examples
from api.platform.replays import revision_of
from api.platform.rules import Domain, Name, in_force, name_of
from api.platform.rulings import RulingShown, ruling
from database.shared.contacts import tenant_of
from domain.errors import BadInput, Mistake
from domain.money import Money
from rules.asking import question
from rules.engine import Book
from rules.errors import FactsRefused
from rules.facts import Fact, recalled

router = APIRouter(prefix="/v1/rules", tags=["Rules"])

Asks = Annotated[Reading, asks("rules:read")]
PREFIX = "question:1"


class QuestionGiven(Given):
    """Facts by their names: days as `2026-03-20`, amounts as `{"amount": "12500", "currency": "XAF"}`."""

    facts: dict[str, Any]
    at: RuleInstant | None = Field(None, description="The moment of the question; now when left out.")
    done: tuple[Annotated[str, Field(max_length=200)], ...] = Field(
        (), max_length=200, description="Steps that were done, as `notice:2026-03-01`."
    )
    revision: Annotated[str, Field(pattern=r"^([0-9a-f]{12})?$")] = Field(
        "", description="One of the book's revisions; the one in force when left out."
    )

    model_config = examples(
        {"facts": {"days_late": 9, "arrears": {"amount": "5000", "currency": "XAF"},
                   "oldest_due_on": "2026-03-01"}, "at": "2026-03-10T12:00:00+01:00"}
    )  # fmt: skip


@router.post("/{domain}/{book}/explain")
async def explain(domain: Domain, book: Name, given: QuestionGiven, here: Asks) -> RulingShown:
    """What the book says of these facts, by which rules, and what would change it. Nothing is stored."""
    name = name_of(here, domain, book)
    asked = await _asked(here, name, given.revision)
    firm = await tenant_of(here.tx, here.tenant)
    done = frozenset(f"{PREFIX}:{key}" for key in given.done)
    put = question(PREFIX, given.at or here.now, firm.zone, firm.country, here.parts.holidays, done)
    facts = facts_of(asked, given.facts)
    try:
        return ruling(asked, await asyncio.to_thread(asked.decide, facts, put), f"{PREFIX}:")
    except FactsRefused as refused:
        raise _refused(refused.fact, refused.problem.en) from None


async def _asked(here: Reading, name: str, hash: str) -> Book:
    return await (revision_of(here, name, hash) if hash else in_force(here, name))


def facts_of(book: Book, given: dict[str, Any]) -> dict[str, object]:
    """Raises BadInput with every fact that cannot be read."""
    facts, mistakes = dict[str, object](), list[Mistake]()
    for name, value in given.items():
        try:
            facts[name] = _typed(book.facts[name], value) if name in book.facts else value
        except (ValueError, TypeError, KeyError, ArithmeticError, BadInput):
            mistakes.append(
                Mistake(f"facts.{name}", f"not a {book.facts[name].type}", _mend(book.facts[name]))
            )
    if mistakes:
        raise BadInput(*mistakes)
    return facts


def _typed(fact: Fact, value: Any) -> Any:
    if fact.type == "money" and isinstance(value, dict) and "amount" in value:
        return Amount(**value).money
    read = recalled(fact, value)
    return Amount.of(read).money if isinstance(read, Money) else read


def _mend(fact: Fact) -> str:
    match fact.type:
        case "date":
            return "write it as YYYY-MM-DD"
        case "money":
            return 'write it as {"amount": "12500", "currency": "XAF"}'
        case _:
            return f"give a value of type {fact.type}"


def _refused(fact: str, problem: str) -> BadInput:
    return BadInput(Mistake(f"facts.{fact}", problem, "see the facts that the book declares"))
