"""Why nothing was sent: causes from the surest to the least sure; the first one that holds is the answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from database.shared import rules as kept
from database.shared.contacts import Tenant, tenant_of
from database.shared.why import had, past_of
from domain.calendar import at_local, local_date
from domain.case import Case
from domain.decision import Bilingual
from domain.errors import NotFound
from domain.explanation import SERVED, Decided, Labels, Past, Written, closed, fate
from domain.ports import Holidays
from domain.quiet import quiet_until
from domain.wording import at_moment, on_day
from rules.asking import question
from rules.engine import Book
from rules.errors import FactsRefused, nearest
from rules.finding import Obstacle, Place, obstacle, sending_places
from rules.library import Library
from rules.replay import revision
from rules.telling import told

TELLING = ("none", "condition", "held", "stopped", "outranked", "not_yet", "over")
"""Of several rules that send one message, the one that came closest is told of."""


@dataclass(frozen=True)
class Answer:
    """``cause`` is a word for programs; ``places`` are the rules that send the message."""

    cause: str
    sentences: list[Bilingual]
    places: tuple[Place, ...] = ()


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


async def asked_about(
    tx: AsyncConnection, library: Library, holidays: Holidays, case: Case, day: date
) -> Asked:
    """Raises NotFound."""
    firm = await tenant_of(tx, case.tenant)
    return Asked(tx, library, holidays, case, firm, await past_of(tx, case), day)


async def why_not(asked: Asked, wanted: str) -> Answer:
    """``wanted`` is a template, or a rule that sends. Raises NotFound."""
    books = await books_of(asked)
    places = tuple(place for book in books for place in sending_places(book) if place.is_called(wanted))
    if not places:
        raise NotFound("message", _with_the_right_word(wanted, books))
    written = [one for one in asked.past.messages if _is_of(one, places)]
    found = _from_messages(asked, written) or _from_the_case(asked) or await _from_steps(asked, places)
    found = found or await _from_rules(asked, places, written)
    return Answer(found.cause, found.sentences, places)


async def books_of(asked: Asked) -> list[Book]:
    """Those of the decision in force on the day, else of the first one that asked any."""
    past = asked.past
    before = [one for one in past.decisions if one.books and local_date(one.at, past.zone) <= asked.day]
    last = before[-1] if before else next((one for one in past.decisions if one.books), None)
    if last:
        return [await _revision(asked, name, hash) for name, hash in last.books]
    return [asked.library.book(asked.case.process.replace(".", "/"))]


async def _revision(asked: Asked, name: str, hash: str) -> Book:
    """Of its own time; mostly that is the one in the folder of rules."""
    if (shipped := asked.library.book(name)).revision == hash:
        return shipped
    text = await kept.any_content(asked.tx, asked.case.tenant, name, hash)
    return await asyncio.to_thread(revision, name, text, asked.library.matcher)


def labels_of(books: Sequence[Book]) -> Labels:
    return {name: fact.label for book in books for name, fact in book.facts.items()}


def _with_the_right_word(wanted: str, books: list[Book]) -> str:
    known = [
        name for book in books for place in sending_places(book) for name in (place.rule, place.template)
    ]
    right = nearest(wanted, known) or ", ".join(sorted(set(known)))
    return f"{wanted[:100]} (known: {right})"


def _is_of(one: Written, places: tuple[Place, ...]) -> bool:
    step = one.key.split(":")[2].partition("#")[0].partition(".")[0]
    return any(one.template == place.template and step == place.rule for place in places)


def _from_messages(asked: Asked, written: list[Written]) -> Answer | None:
    """The message was written on the day: its row says what became of it."""
    zone = asked.past.zone
    here = [one for one in written if local_date(one.at, zone) == asked.day]
    sent = [one for one in here if one.state in SERVED]
    if sent:
        said = fate(sent[-1], zone)
        return Answer("sent", [Bilingual(f"Il a été {said.fr}.", f"It was {said.en}.")])
    if here:
        said = fate(here[-1], zone)
        return Answer(here[-1].state, [Bilingual(f"{_capital(said.fr)}.", f"{_capital(said.en)}.")])
    return None


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _from_the_case(asked: Asked) -> Answer | None:
    past, last = asked.past, asked.past.decided_by(asked.day)
    if last is None:
        begun = on_day(local_date(past.opened_at, past.zone))
        text = Bilingual(
            f"Le dossier n’existait pas encore : il a été ouvert le {begun.fr}.",
            f"The case did not exist yet: it was opened on {begun.en}.",
        )
        return Answer("not_open", [text])
    if last.closes:
        return Answer("closed", [closed(last, past.zone)])
    when, because = at_moment(last.at, past.zone), last.because
    if last.order:
        held = Bilingual(
            f"L’exploitation a suspendu le dossier {when.fr} : {because.fr}",
            f"Operations held the case {when.en}: {because.en}",
        )
        return Answer(last.order, [held])
    if last.stage == "blocked":
        refused = Bilingual(
            f"Aucune décision n’a pu être prise {when.fr} : {because.fr}",
            f"No decision could be taken {when.en}: {because.en}",
        )
        return Answer("blocked", [refused])
    return None


async def _from_steps(asked: Asked, places: tuple[Place, ...]) -> Answer | None:
    """The decision wanted it, and it has not been written: something made it wait."""
    last, firm = asked.past.decided_by(asked.day), asked.firm
    assert last is not None
    templates = {place.template for place in places}
    step = next((one for one in last.steps if one["template"] in templates), None)
    if step is None or any(one.key == step["key"] for one in asked.past.messages):
        return None
    if until := quiet_until(last.at, firm.zone, firm.quiet_from, firm.quiet_until):
        when = at_moment(until, firm.zone)
        text = Bilingual(
            f"C’était l’heure du silence ; il part {when.fr}.",
            f"These were quiet hours; it leaves {when.en}.",
        )
        return Answer("quiet_hours", [text])
    day = local_date(last.at, firm.zone)
    between = (at_local(day, time(0), firm.zone), at_local(day + timedelta(days=1), time(0), firm.zone))
    counts = await had(asked.tx, asked.case, list(step["contacts"]), between, step["key"])
    channel = next((ch for (_, ch), number in counts.items() if number >= firm.a_day(ch)), "")
    if channel:
        most = firm.a_day(channel)
        text = Bilingual(
            f"La limite du jour par ce canal était atteinte pour cette personne ({channel} : {most}) ; "
            "il part le lendemain.",
            f"The day's limit on this channel was reached for this person ({channel}: {most}); "
            "it leaves the next day.",
        )
        return Answer("throttle", [text])
    when = at_moment(last.at, firm.zone)
    text = Bilingual(
        f"Il est décidé {when.fr} et part maintenant.", f"It was decided {when.en} and is leaving now."
    )
    return Answer("under_way", [text])


async def _from_rules(asked: Asked, places: tuple[Place, ...], written: list[Written]) -> Answer:
    """The rule itself, on the facts of the decision in force."""
    last = asked.past.decided_by(asked.day)
    assert last is not None
    try:
        looked = [(place, await _obstacle(asked, place, last)) for place in places]
    except FactsRefused as refused:
        return Answer("unknown", [refused.said])
    place, found = min(looked, key=lambda pair: TELLING.index(pair[1].kind))
    before = [
        one for one in written if one.state in SERVED and local_date(one.at, asked.past.zone) < asked.day
    ]
    said = told(place, found, asked.past.zone)
    if before:
        last_one = fate(before[-1], asked.past.zone)
        once = Bilingual(
            f"Il a déjà été {last_one.fr} ; une étape ne part qu’une fois.",
            f"It was already {last_one.en}; a step leaves once only.",
        )
        return (
            Answer("already_sent", [once, *said])
            if found.kind in ("none", "over")
            else Answer(found.kind, [*said, once])
        )
    if found.kind == "none":
        later = Bilingual(
            f"Une étape plus récente l’a remplacé : le dossier en est à « {last.stage} ».",
            f"A later step took its place: the case is at {last.stage!r}.",
        )
        return Answer("superseded", [later])
    return Answer(found.kind, said)


async def _obstacle(asked: Asked, place: Place, last: Decided) -> Obstacle:
    case = asked.case
    done = frozenset(one.key for one in asked.past.messages if one.at < last.at)
    prefix = f"{case.process}:{case.ref}"
    put = question(prefix, last.at, asked.firm.zone, asked.firm.country, asked.holidays, done)
    facts = place.book.recall(last.facts)
    return await asyncio.to_thread(obstacle, place, facts, put)
