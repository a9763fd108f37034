"""Steps before and after a date."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests.rules.witness.asked import Answer, Book, Effect, Look, Values, effects_of, hour_of
from tests.rules.witness.cells import all_hold
from tests.rules.witness.stages import times_of
from tests.rules.witness.tables import needed


@dataclass(frozen=True)
class Time:
    """One time of a step."""

    id: str
    step: Mapping[str, Any]
    day: date
    moment: datetime


def ladder(book: Book, values: Values, look: Look) -> Answer:
    whole = book.get("ends", "process") != "part"
    for stop in book.get("stops", []):
        if all_hold(stop["when"], book, values, look.today):
            return Answer(stop["outcome"], stop["outcome"], closes=stop["outcome"] if whole else "")
    anchor = needed(values, book["anchor"])
    times = sorted(times_in(book, values, look, anchor), key=lambda time: time.moment)
    coming = min((time.moment for time in times if time.moment > look.at), default=None)
    reached = [
        time for time in times
        if time.moment <= look.at and all_hold(time.step.get("when", {}), book, values, look.today)
    ]  # fmt: skip
    closing = next((time for time in reached if "closes" in time.step), None)
    if closing:
        reached = [time for time in reached if time.moment <= closing.moment]
    steps = tuple(effect for time in due(reached) for effect in still_to_do(time, look, anchor))
    if closing:
        outcome = closing.step["closes"]
        return Answer(outcome, outcome, steps, closes=outcome if whole else "")
    stage = reached[-1].step["id"] if reached else "upcoming"
    return Answer(stage, stage, steps, coming)


def times_in(book: Book, values: Values, look: Look, anchor: date) -> Iterator[Time]:
    for step in book["steps"]:
        named = dict(step)
        if "key_by" in book:
            named["id"] = f"{step['id']}#{needed(values, book['key_by'])}"
        hour = hour_of(step.get("hour", book.get("hour", "09:00")))
        for id, day in times_of(named, anchor + timedelta(days=int(step["at"].removesuffix("d")))):
            open_day = look.shifted(day, step.get("shift", "none"))
            yield Time(id, step, open_day, look.moment(open_day, hour))


def due(reached: list[Time]) -> list[Time]:
    """A time that was missed gives way to a later one, unless its step says always."""
    if not reached:
        return []
    latest = reached[-1].moment
    return [time for time in reached if time.moment == latest or time.step.get("always") == "true"]


def still_to_do(time: Time, look: Look, anchor: date) -> list[Effect]:
    """A message before the anchor is not sent after the anchor's day, unless its step says always.

    A message sent already under another date is not sent again when its new day is past.
    """
    made = []
    for effect in effects_of(time.step, time.id, time.day, anchor, look):
        before = effect.key.removesuffix(str(anchor))
        sent = any(key.startswith(before) for key in look.done) and time.day < look.today
        late = time.step["at"].startswith("-") and look.today > anchor and time.step.get("always") != "true"
        if not (effect.kind == "message" and (sent or late)):
            made.append(effect)
    return made
