"""Why nothing was sent: causes from the surest to the least sure; the first one that holds is the answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import rules as kept
from database.shared.contacts import Tenant, tenant_of
from database.shared.why import past_of
from domain.calendar import local_date
from domain.case import Case
from domain.decision import Bilingual
from domain.delivery import Written
from domain.errors import NotFound
from domain.explanation import Decided, Lexicon, Past, near, typeset
from domain.ports import Holidays
from domain.silence import Answer, earlier, from_case, from_messages, from_steps, once
from rules.asking import question
from rules.engine import Book
from rules.errors import BrokenBook, FactsRefused, nearest
from rules.finding import Obstacle, Place, obstacle, sending_places
from rules.library import Library
from rules.replay import revision
from rules.telling import told

TELLING = (
    "none",
    "condition",
    "held",
    "stopped",
    "outranked",
    "not_yet",
    "undated",
    "unseen",
    "missed",
    "over",
)
"""Of several rules that send one message, the one that came closest is told of."""


@dataclass(frozen=True)
class Asked:
    """A question about one local day of a case."""

    tx: AsyncConnection
    library: Library
    holidays: Holidays
    case: Case
    firm: Tenant
    past: Past
    day: date


@dataclass(frozen=True)
class Found:
    """``cause`` is a word for programs; ``places`` are the rules that send the message."""

    cause: str
    sentences: list[Bilingual]
    places: tuple[Place, ...] = field(default=())


async def asked_about(
    tx: AsyncConnection, library: Library, holidays: Holidays, case: Case, day: date
) -> Asked:
    """Raises NotFound."""
    firm = await tenant_of(tx, case.tenant)
    return Asked(tx, library, holidays, case, firm, await past_of(tx, case, firm), day)


async def why_not(asked: Asked, wanted: str) -> Found:
    """``wanted`` is a template, or a rule that sends. Raises NotFound."""
    past, day = asked.past, asked.day
    books = await books_of(asked)
    places = tuple(place for book in books for place in sending_places(book) if place.is_called(wanted))
    written = [one for one in past.messages if _is_of(one, places, wanted)]
    if not places and not written:
        raise NotFound("message", _with_the_right_word(wanted, books))
    templates = {place.template for place in places} or {one.template for one in written}
    found = from_messages(past, day, written) or from_case(past, day) or from_steps(past, day, templates)
    found = found or await _from_rules(asked, places, earlier(past, day, written))
    return Found(found.cause, typeset(found.sentences), places)


async def books_of(asked: Asked) -> list[Book]:
    """Those of the decision in force on the day, else of the first one that asked any, if they are kept."""
    past = asked.past
    before = [one for one in past.decisions if one.books and local_date(one.at, past.zone) <= asked.day]
    last = before[-1] if before else next((one for one in past.decisions if one.books), None)
    names = last.books if last else ((asked.case.process.replace(".", "/"), ""),)
    found = [await _revision(asked, name, hash) for name, hash in names]
    return [book for book in found if book]


async def _revision(asked: Asked, name: str, hash: str) -> Book | None:
    """Of its own time, which mostly is the one in the folder of rules; today's where it was not kept."""
    shipped = next((book for book in asked.library.books() if book.name == name), None)
    if shipped and hash in ("", shipped.revision):
        return shipped
    try:
        text = await kept.any_content(asked.tx, asked.case.tenant, name, hash)
        return await asyncio.to_thread(revision, name, text, asked.library.matcher)
    except (NotFound, BrokenBook):
        return shipped


def lexicon_of(books: Sequence[Book]) -> Lexicon:
    return Lexicon(
        {name: fact.label for book in books for name, fact in book.facts.items()},
        {(one.rule, one.line): book.name for book in books for one in book.table.reasons()},
    )


def _with_the_right_word(wanted: str, books: list[Book]) -> str:
    known = [
        name for book in books for place in sending_places(book) for name in (place.rule, place.template)
    ]
    right = nearest(wanted, known) or ", ".join(sorted(set(known)))
    return f"{wanted[:100]} (known: {right})"


def _is_of(one: Written, places: tuple[Place, ...], wanted: str) -> bool:
    """Also of a rule that the book of the day does not have, or of a process that sends by itself."""
    if any(one.template == place.template and one.rule == place.rule for place in places):
        return True
    return not places and wanted in (one.template, one.template.rpartition("/")[2], one.rule)


async def _from_rules(asked: Asked, places: tuple[Place, ...], before: list[Written]) -> Answer:
    """The rule itself, on the facts of the decision in force."""
    last, zone = asked.past.decided_by(asked.day), asked.past.zone
    assert last is not None
    if not places:
        return Answer("already_sent", [once(before[-1], zone)]) if before else NO_RULE
    if lost := next((place.book for place in places if _is_lost(place.book, last)), None):
        return _from_record(last, places, lost)
    try:
        looked = [(place, await _obstacle(asked, place, last)) for place in places]
    except FactsRefused as refused:
        return Answer("facts_refused", [refused.said])
    place, found = min(looked, key=lambda pair: TELLING.index(pair[1].kind))
    said = told(place, found, asked.day, zone)
    if before:
        return _already(before[-1], found, said, zone)
    return _superseded(last) if found.kind == "none" else Answer(found.kind, said)


NO_RULE = Answer(
    "no_rule",
    [
        Bilingual(
            "Aucune règle en vigueur ce jour-là n’envoie ce message.",
            "No rule in force on that day sends this message.",
        )
    ],
)


def _already(one: Written, found: Obstacle, said: list[Bilingual], zone: str) -> Answer:
    sentence = once(one, zone)
    if found.kind not in ("none", "missed", "over"):
        return Answer(found.kind, [*said, sentence])
    return Answer("already_sent" if one.is_sent else one.state, [sentence, *said])


def _superseded(last: Decided) -> Answer:
    later = Bilingual(
        f"Une étape plus récente l’a remplacé : le dossier en est à « {last.stage} ».",
        f"A later step took its place: the case is at {last.stage!r}.",
    )
    return Answer("superseded", [later])


def _is_lost(book: Book, last: Decided) -> bool:
    return book.revision != dict(last.books).get(book.name, book.revision)


def _from_record(last: Decided, places: tuple[Place, ...], book: Book) -> Answer:
    """Without the revision of the decision, its recorded near misses are all that is known."""
    was = dict(last.books)[book.name]
    lost = Bilingual(
        f"La révision {was} de {book.name} n’a pas été conservée : la règle exacte ne peut être relue.",
        f"Revision {was} of {book.name} was not kept: the exact rule cannot be read again.",
    )
    rules = {place.rule for place in places}
    misses = [near(miss, lexicon_of([book])) for miss in last.near if miss["rule"] in rules]
    return Answer("revision_lost", [lost, *misses])


async def _obstacle(asked: Asked, place: Place, last: Decided) -> Obstacle:
    case = asked.case
    done = frozenset(one.key for one in asked.past.messages if one.at < last.at and not one.is_kept)
    prefix = f"{case.process}:{case.ref}"
    put = question(prefix, last.at, asked.firm.zone, asked.firm.country, asked.holidays, done)
    facts = place.book.recall(last.facts)
    return await asyncio.to_thread(obstacle, place, facts, put)
