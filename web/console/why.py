"""Why something was sent on a day, or was not: the question on a case's page."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from api.why import asked_about, books_of, lexicon_of, why_not
from domain.case import Case
from domain.decision import Bilingual
from domain.errors import BadInput, Mistake
from domain.explanation import why
from rules.finding import sending_places
from web.console.visit import Visit


@dataclass(frozen=True)
class Why:
    """``messages`` are the templates of the case's books, to choose from; ``said`` is empty until asked."""

    day: date
    message: str
    messages: list[str]
    said: list[Bilingual]


async def why_of(visit: Visit, tx: AsyncConnection, case: Case) -> Why:
    """Raises BadInput, NotFound."""
    api, given = visit.desk.parts.api, visit.asked("on")
    day, message = _day(given) if given else visit.moments.today, visit.asked("message")
    asked = await asked_about(tx, api.library, api.holidays, case, day)
    books = await books_of(asked)
    known = sorted({place.template for book in books for place in sending_places(book)})
    said: list[Bilingual] = []
    if message:
        said = (await why_not(asked, message)).sentences
    elif given:
        said = why(asked.past, day, lexicon_of(books))
    return Why(day, message, known, said)


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise BadInput(Mistake("on", f"{given!r} is no day", "write it as 2026-03-20")) from None
