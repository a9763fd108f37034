"""Why a message was not sent on a day, as far as the case and its messages tell. Rules are asked after."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from domain.calendar import local_date
from domain.decision import Bilingual
from domain.delivery import Written, enough, told
from domain.explanation import Decided, Past, closed, not_open, raised
from domain.wording import at_moment


@dataclass(frozen=True)
class Answer:
    """``cause`` is a word for programs."""

    cause: str
    sentences: Sequence[Bilingual]


def from_messages(past: Past, day: date, written: Sequence[Written]) -> Answer | None:
    """The message was written on the day, or put off: its row says what became of it."""
    zone = past.zone
    kept = [one for one in written if one.was_kept_on(day, zone)]
    others = [one for one in written if one not in kept and local_date(one.at, zone) == day]
    sent = [one for one in others if one.is_sent]
    said = [told(one, zone) for one in (*sent, *(one for one in others if one not in sent))]
    said += [sentence for one in kept for sentence in _put_off(one, zone)]
    if sent:
        return Answer("sent", said)
    if kept:
        return Answer("throttle", said)
    return Answer(others[-1].state, said) if others else None


def _put_off(one: Written, zone: str) -> Iterable[Bilingual]:
    full = enough(one)
    yield Bilingual(f"{full.fr}.", f"{full.en}.")
    yield told(one, zone)


def from_case(past: Past, day: date) -> Answer | None:
    last = past.decided_by(day)
    if last is None:
        return Answer("not_open", [not_open(past)])
    if last.closes:
        return Answer("closed", [closed(last, past.zone)])
    when, because = at_moment(last.at, past.zone), last.because
    if last.order:
        held = Bilingual(
            f"L’exploitation a suspendu le dossier {when.fr} ({because.fr}).",
            f"Operations held the case {when.en} ({because.en}).",
        )
        return Answer(last.order, [held])
    if last.stage == "blocked":
        refused = Bilingual(
            f"Aucune décision n’a pu être prise {when.fr} : {because.fr}",
            f"No decision could be taken {when.en}: {because.en}",
        )
        return Answer("blocked", [refused])
    return None


def from_steps(past: Past, day: date, templates: Collection[str]) -> Answer | None:
    """The decision wanted it, and it was not written by the end of the day: something made it wait."""
    last = past.decided_by(day)
    assert last is not None
    step = next((one for one in last.steps if one["template"] and one["template"] in templates), None)
    if step is None or _was_written(past, step["key"], day):
        return None
    after = list(_afterwards(past, last, step))
    if until := past.quiet_end(last.at):
        when = at_moment(until, past.zone)
        fr, en = ("il devait partir", "it was to leave") if after else ("il part", "it leaves")
        night = Bilingual(
            f"C’était pendant les heures de silence ; {fr} {when.fr}.",
            f"These were quiet hours; {en} {when.en}.",
        )
        return Answer("quiet_hours", [night, *after])
    when = at_moment(last.at, past.zone)
    wanted = Bilingual(
        f"Décidé {when.fr}, il n’est pas encore parti.", f"Decided {when.en}, it has not left yet."
    )
    return Answer("under_way", [wanted, *_trouble(past, last, step), *after])


def _was_written(past: Past, key: str, day: date) -> bool:
    return any(one.key == key and local_date(one.at, past.zone) <= day for one in past.messages)


def _afterwards(past: Past, last: Decided, step: Mapping[str, Any]) -> Iterable[Bilingual]:
    """What became of it later."""
    rows = [one for one in past.messages if one.key == step["key"]]
    if rows:
        yield told(rows[-1], past.zone)
        return
    without = (one for one in past.after(last) if all(other["key"] != step["key"] for other in one.steps))
    dropped = next(without, None)
    if dropped is None:
        return
    if dropped.closes:
        yield closed(dropped, past.zone)
        return
    when = at_moment(dropped.at, past.zone)
    yield Bilingual(
        f"Avant le départ, {when.fr}, le dossier est passé à « {dropped.stage} ».",
        f"Before it left, {when.en}, the case went on to {dropped.stage!r}.",
    )


def _trouble(past: Past, last: Decided, step: Mapping[str, Any]) -> Iterable[Bilingual]:
    """What was told to people about it: words that cannot be written, nobody to write to."""
    for one in past.alerts:
        if one.at >= last.at and one.key.startswith(f"{step['key']}:"):
            yield raised(one, past.zone)


def earlier(past: Past, day: date, written: Sequence[Written]) -> list[Written]:
    """Those of days before, which their keys keep from being sent again."""
    return [one for one in written if local_date(one.at, past.zone) < day and not one.is_kept]


def once(one: Written, zone: str) -> Bilingual:
    """A message of an earlier day."""
    said = told(one, zone)
    return Bilingual(
        f"{said.fr} Une étape ne part qu’une fois." if one.is_sent else said.fr,
        f"{said.en} A step leaves once only." if one.is_sent else said.en,
    )
