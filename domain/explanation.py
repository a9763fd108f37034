"""Why something was sent on a day, and why something was not: sentences for people, French first.

Pure: whoever asks collects what is known of the case; the causes are looked at from the surest to the
least sure, and the first one that holds is the answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from domain.calendar import local_date
from domain.decision import Bilingual
from domain.delivery import Written, enough, fate
from domain.quiet import quiet_until
from domain.typography import spaced
from domain.wording import at_moment, on_day, value


@dataclass(frozen=True)
class Decided:
    """A decision as it was kept; ``books`` are pairs of a name and its revision."""

    at: datetime
    stage: str
    closes: str
    books: tuple[tuple[str, str], ...]
    facts: Mapping[str, Any]
    reasons: Sequence[Mapping[str, Any]]
    near: Sequence[Mapping[str, Any]]
    steps: Sequence[Mapping[str, Any]]
    waiting: Mapping[str, Any]
    review_at: datetime | None

    @property
    def order(self) -> str:
        """`paused` or `stopped` when operations held the case; else empty."""
        rule = str(self.reasons[0]["rule"]) if self.reasons else ""
        return rule.removeprefix("operations.") if rule.startswith("operations.") else ""

    @property
    def because(self) -> Bilingual:
        """Why it stands where it does, in one sentence."""
        return words(self.waiting["because"])


@dataclass(frozen=True)
class Raised:
    """An alert. ``key`` begins with that of the step it is about."""

    at: datetime
    team: str
    title: Bilingual
    key: str = ""


@dataclass(frozen=True)
class Past:
    """What is known of a case. Decisions, messages and alerts are in their order."""

    zone: str
    opened_at: datetime
    closed_at: datetime | None
    decisions: Sequence[Decided]
    messages: Sequence[Written]
    alerts: Sequence[Raised]
    quiet: tuple[time, time] = (time(0), time(0))
    """When nobody is written to: from, until."""

    def decided_by(self, day: date) -> Decided | None:
        """The decision in force at the end of a local day."""
        before = [one for one in self.decisions if local_date(one.at, self.zone) <= day]
        return before[-1] if before else None

    def after(self, one: Decided) -> Sequence[Decided]:
        return [later for later in self.decisions if later.at > one.at]

    def quiet_end(self, at: datetime) -> datetime | None:
        return quiet_until(at, self.zone, *self.quiet)


@dataclass(frozen=True)
class Lexicon:
    """The books' own words: labels of facts, and in which book a rule stands, by its id and line."""

    labels: Mapping[str, Bilingual] = field(default_factory=dict)
    books: Mapping[tuple[str, int], str] = field(default_factory=dict)

    def label(self, fact: str) -> Bilingual:
        return self.labels.get(fact, Bilingual(fact, fact))


def words(given: Mapping[str, str]) -> Bilingual:
    return Bilingual(given["fr"], given["en"])


def typeset(said: Iterable[Bilingual]) -> list[Bilingual]:
    """With the spaces of French."""
    return [Bilingual(spaced(one.fr, "fr"), one.en) for one in said]


def not_open(past: Past) -> Bilingual:
    begun = on_day(local_date(past.opened_at, past.zone))
    return Bilingual(
        f"Le dossier n’existait pas encore : il a été ouvert le {begun.fr}.",
        f"The case did not exist yet: it was opened on {begun.en}.",
    )


def why(past: Past, day: date, lexicon: Lexicon) -> list[Bilingual]:
    """What was decided on a local day, from which facts, what was done, and what comes next."""
    return typeset(_why(past, day, lexicon))


def _why(past: Past, day: date, lexicon: Lexicon) -> Iterable[Bilingual]:
    if day < local_date(past.opened_at, past.zone):
        yield not_open(past)
        return
    taken = [one for one in past.decisions if local_date(one.at, past.zone) == day]
    for one in taken:
        yield from _decision(one, past.zone, lexicon)
    if taken:
        yield from _grounds(taken[-1], lexicon)
    yield from _done(past, day, taken)
    if last := past.decided_by(day):
        yield from [] if taken else _between(last, past)
        yield from _next(last, past.zone)


def _done(past: Past, day: date, taken: Sequence[Decided]) -> Iterable[Bilingual]:
    for message in past.messages:
        if message.was_kept_on(day, past.zone):
            yield _kept(message, past.zone)
        elif local_date(message.at, past.zone) == day:
            yield _message(message, past.zone)
    if taken:
        yield from _held_by_night(past, taken[-1])
    for alert in past.alerts:
        if local_date(alert.at, past.zone) == day:
            yield raised(alert, past.zone)


def _held_by_night(past: Past, last: Decided) -> Iterable[Bilingual]:
    """What was decided in quiet hours leaves at their end."""
    known = {one.key for one in past.messages if one.at <= last.at}
    until = past.quiet_end(last.at)
    for step in last.steps:
        if until and step["kind"] == "message" and step["key"] not in known:
            when = at_moment(until, past.zone)
            yield Bilingual(
                f"Message {step['template']} : ce sont les heures de silence, il part {when.fr}.",
                f"Message {step['template']}: these are quiet hours, it leaves {when.en}.",
            )


def _decision(one: Decided, zone: str, lexicon: Lexicon) -> Iterable[Bilingual]:
    when = at_moment(one.at, zone)
    named = ", ".join(f"{book} (révision {revision})" for book, revision in one.books)
    english = ", ".join(f"{book} (revision {revision})" for book, revision in one.books)
    by = Bilingual(f" d’après {named}", f" by {english}") if one.books else Bilingual("", "")
    yield Bilingual(
        f"Décidé {when.fr}{by.fr} : {one.closes or one.stage}.",
        f"Decided {when.en}{by.en}: {one.closes or one.stage}.",
    )
    for reason in one.reasons:
        rule, line, text = reason["rule"], reason["line"], words(reason["why"])
        book = lexicon.books.get((rule, line), "")
        fr = ", ".join(part for part in (book, f"ligne {line}" if line else "") if part)
        en = ", ".join(part for part in (book, f"line {line}" if line else "") if part)
        yield Bilingual(
            f"Règle {rule}{f' ({fr})' if fr else ''} : {text.fr}",
            f"Rule {rule}{f' ({en})' if en else ''}: {text.en}",
        )


def _grounds(one: Decided, lexicon: Lexicon) -> Iterable[Bilingual]:
    """The facts, and what would have changed the decision."""
    if one.facts:
        yield _facts(one.facts, lexicon)
    for miss in one.near:
        yield near(miss, lexicon)


def _facts(facts: Mapping[str, Any], lexicon: Lexicon) -> Bilingual:
    parts = []
    for name, given in facts.items():
        label, said = lexicon.label(name), value(given)
        parts.append(Bilingual(f"{label.fr} : {said.fr}", f"{label.en}: {said.en}"))
    french, english = " ; ".join(part.fr for part in parts), "; ".join(part.en for part in parts)
    return Bilingual(f"Faits retenus : {french}.", f"Facts: {english}.")


def near(miss: Mapping[str, Any], lexicon: Lexicon) -> Bilingual:
    label = lexicon.label(miss["fact"])
    needed, actual = value(_plain(miss["needed"])), value(_plain(miss["actual"]))
    return Bilingual(
        f"Avec « {label.fr} » à {needed.fr} au lieu de {actual.fr}, la règle {miss['rule']} se serait "
        "appliquée.",
        f"With {label.en!r} at {needed.en} instead of {actual.en}, rule {miss['rule']} would have applied.",
    )


def _plain(said: str) -> Any:
    return {"true": True, "false": False, "none": None}.get(said, said)


def _message(one: Written, zone: str) -> Bilingual:
    outcome = fate(one, zone)
    return Bilingual(f"Message {one.template} : {outcome.fr}.", f"Message {one.template}: {outcome.en}.")


def _kept(one: Written, zone: str) -> Bilingual:
    full, after = enough(one), fate(one, zone)
    return Bilingual(
        f"Message {one.template} : remis à plus tard. {full.fr}. Depuis : {after.fr}.",
        f"Message {one.template}: put off. {full.en}. Since then: {after.en}.",
    )


def raised(one: Raised, zone: str) -> Bilingual:
    when = at_moment(one.at, zone)
    return Bilingual(
        f"Alerte à l’équipe {one.team} {when.fr} : {one.title.fr}.",
        f"Alert to the team {one.team} {when.en}: {one.title.en}.",
    )


def _between(last: Decided, past: Past) -> list[Bilingual]:
    """No look at the case was due on the day."""
    when = at_moment(last.at, past.zone)
    if last.closes:
        return [closed(last, past.zone)]
    return [
        Bilingual(
            f"Aucun examen n’était prévu ce jour-là ; le dernier, {when.fr}, avait conclu « {last.stage} » : "
            f"{last.because.fr}",
            f"No review was due on that day; the last one, {when.en}, had concluded {last.stage!r}: "
            f"{last.because.en}",
        )
    ]


def closed(last: Decided, zone: str) -> Bilingual:
    when, because = at_moment(last.at, zone), last.because
    return Bilingual(
        f"Le dossier a été clos {when.fr} ({last.closes}) : {because.fr}",
        f"The case was closed {when.en} ({last.closes}): {because.en}",
    )


def _next(last: Decided, zone: str) -> list[Bilingual]:
    if last.closes:
        return []
    what, because = words(last.waiting["what"]), words(last.waiting["because"])
    until = at_moment(last.review_at, zone) if last.review_at else None
    fr = f"prochain examen {until.fr}" if until else "prochain examen à l’arrivée d’un fait"
    en = f"next review {until.en}" if until else "next review when a fact comes in"
    return [Bilingual(f"Attend {what.fr} ; {fr}. {because.fr}", f"Waits for {what.en}; {en}. {because.en}")]
