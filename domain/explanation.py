"""Why something was sent on a day, and why something was not: sentences for people, French first.

Pure: whoever asks collects what is known of the case; the causes are looked at from the surest to the
least sure, and the first one that holds is the answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from domain.calendar import local_date
from domain.decision import Bilingual
from domain.message import Channel, MessageState
from domain.wording import at_moment, listed, on_day, value

CHANNELS = {
    Channel.EMAIL: Bilingual("par courriel", "by email"),
    Channel.SMS: Bilingual("par SMS", "by SMS"),
}
WITHHELD = {
    "opted out": Bilingual(
        "la personne a demandé à ne plus être contactée par ce canal",
        "the person asked not to be written to on this channel",
    ),
    "no address": Bilingual(
        "le contact n’a pas d’adresse pour ce canal", "the contact has no address for this channel"
    ),
}
SERVED = (MessageState.ACCEPTED, MessageState.DELIVERED)


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
        return words(self.reasons[0]["why"] if self.reasons else self.waiting["because"])


@dataclass(frozen=True)
class Written:
    """A message row. ``key`` is the step's."""

    at: datetime
    template: str
    key: str
    channel: str
    state: str
    reason: str


@dataclass(frozen=True)
class Raised:
    at: datetime
    team: str
    title: Bilingual


@dataclass(frozen=True)
class Past:
    """What is known of a case. Decisions, messages and alerts are in their order."""

    zone: str
    opened_at: datetime
    closed_at: datetime | None
    decisions: Sequence[Decided]
    messages: Sequence[Written]
    alerts: Sequence[Raised]

    def decided_by(self, day: date) -> Decided | None:
        """The decision in force at the end of a local day."""
        before = [one for one in self.decisions if local_date(one.at, self.zone) <= day]
        return before[-1] if before else None


Labels = Mapping[str, Bilingual]
"""The names of facts, for people."""


def words(given: Mapping[str, str]) -> Bilingual:
    return Bilingual(given["fr"], given["en"])


def why(past: Past, day: date, labels: Labels) -> list[Bilingual]:
    """What was decided on a local day, from which facts, what was done, and what comes next."""
    if day < (opened := local_date(past.opened_at, past.zone)):
        begun = on_day(opened)
        return [
            Bilingual(
                f"Le dossier n’existait pas encore : il a été ouvert le {begun.fr}.",
                f"The case did not exist yet: it was opened on {begun.en}.",
            )
        ]
    taken = [one for one in past.decisions if local_date(one.at, past.zone) == day]
    said = [sentence for one in taken for sentence in _decision(one, past.zone)]
    if taken:
        said += _grounds(taken[-1], labels)
    said += [_message(one, past.zone) for one in past.messages if local_date(one.at, past.zone) == day]
    said += [_alert(one, past.zone) for one in past.alerts if local_date(one.at, past.zone) == day]
    last = past.decided_by(day)
    if not taken and last:
        said += _between(last, past)
    return [*said, *_next(last, past.zone)] if last else said


def _decision(one: Decided, zone: str) -> Iterable[Bilingual]:
    when = at_moment(one.at, zone)
    named = ", ".join(f"{book} (révision {revision})" for book, revision in one.books)
    english = ", ".join(f"{book} (revision {revision})" for book, revision in one.books)
    by = Bilingual(f" d’après {named}", f" by {english}") if one.books else Bilingual("", "")
    yield Bilingual(
        f"Décidé {when.fr}{by.fr} : {one.closes or one.stage}.",
        f"Decided {when.en}{by.en}: {one.closes or one.stage}.",
    )
    for reason in one.reasons:
        where = f" (ligne {reason['line']})" if reason["line"] else ""
        line = f" (line {reason['line']})" if reason["line"] else ""
        text = words(reason["why"])
        yield Bilingual(
            f"Règle {reason['rule']}{where} : {text.fr}", f"Rule {reason['rule']}{line}: {text.en}"
        )


def _grounds(one: Decided, labels: Labels) -> Iterable[Bilingual]:
    """The facts, and what would have changed the decision."""
    if one.facts:
        yield _facts(one.facts, labels)
    for miss in one.near:
        yield _near(miss, labels)


def _facts(facts: Mapping[str, Any], labels: Labels) -> Bilingual:
    parts = []
    for name, given in facts.items():
        label, said = labels.get(name, Bilingual(name, name)), value(given)
        parts.append(Bilingual(f"{label.fr} : {said.fr}", f"{label.en}: {said.en}"))
    french, english = " ; ".join(part.fr for part in parts), "; ".join(part.en for part in parts)
    return Bilingual(f"Faits retenus : {french}.", f"Facts: {english}.")


def _near(miss: Mapping[str, Any], labels: Labels) -> Bilingual:
    label = labels.get(miss["fact"], Bilingual(miss["fact"], miss["fact"]))
    needed, actual = value(_plain(miss["needed"])), value(_plain(miss["actual"]))
    return Bilingual(
        f"Avec « {label.fr} » à {needed.fr} au lieu de {actual.fr}, la règle {miss['rule']} s’appliquait.",
        f"With {label.en!r} at {needed.en} instead of {actual.en}, rule {miss['rule']} would have applied.",
    )


def _plain(said: str) -> Any:
    return {"true": True, "false": False, "none": None}.get(said, said)


def _message(one: Written, zone: str) -> Bilingual:
    outcome = fate(one, zone)
    return Bilingual(f"Message {one.template} : {outcome.fr}.", f"Message {one.template}: {outcome.en}.")


def fate(one: Written, zone: str) -> Bilingual:
    """What became of a message that was written."""
    by, when = CHANNELS[Channel(one.channel)], at_moment(one.at, zone)
    match MessageState(one.state):
        case MessageState.DELIVERED:
            return Bilingual(f"envoyé {by.fr} {when.fr}, remis", f"sent {by.en} {when.en}, delivered")
        case MessageState.ACCEPTED:
            return Bilingual(
                f"envoyé {by.fr} {when.fr}, pris en charge par l’opérateur",
                f"sent {by.en} {when.en}, accepted by the provider",
            )
        case MessageState.WITHHELD:
            cause = _withheld(one.reason)
            return Bilingual(f"non envoyé {by.fr} : {cause.fr}", f"not sent {by.en}: {cause.en}")
        case MessageState.FAILED:
            return Bilingual(
                f"refusé {by.fr} par l’opérateur ({one.reason})",
                f"refused {by.en} by the provider ({one.reason})",
            )
        case MessageState.UNKNOWN | MessageState.SENDING:
            return Bilingual(
                f"tenté {by.fr} {when.fr} ; l’opérateur n’a pas encore confirmé",
                f"tried {by.en} {when.en}; the provider has not confirmed yet",
            )
        case _:
            return Bilingual(
                f"écrit {when.fr}, en attente de l’opérateur", f"written {when.en}, waiting for the provider"
            )


def _withheld(reason: str) -> Bilingual:
    if reason.startswith("overtaken"):
        stage = reason.partition(": ")[2]
        return Bilingual(
            f"le dossier est passé à « {stage} » avant le départ",
            f"the case went on to {stage!r} before it left",
        )
    return WITHHELD.get(reason, Bilingual(reason, reason))


def _alert(one: Raised, zone: str) -> Bilingual:
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


def missing(parts: list[tuple[Bilingual, Any, Any, str]]) -> Bilingual:
    """Label, actual value, closest value that would do, and the cell that asks for it."""
    said = []
    for label, actual, needed, cell in parts:
        have = value(actual)
        want = value(needed) if needed is not None else Bilingual(cell, cell)
        said.append(
            Bilingual(
                f"« {label.fr} » vaut {have.fr} et il faudrait {want.fr}",
                f"{label.en!r} is {have.en} and would have to be {want.en}",
            )
        )
    return listed(said)
