"""Dunning by stages."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from tests.rules.witness.asked import Answer, Book, Effect, Look, Values, effects_of, hour_of
from tests.rules.witness.cells import all_hold, value_of
from tests.rules.witness.tables import needed


def stages(book: Book, values: Values, look: Look) -> Answer:
    for stop in book.get("stops", []):
        if all_hold(stop["when"], book, values, look.today):
            return Answer(stop["outcome"], stop["outcome"], closes=stop["outcome"])
    late = needed(values, book["measure"])
    stage = stage_on(book, late)
    name = stage["id"] if stage else "upcoming"
    if short(book, values):
        return Answer("below_minimum", name)
    until = held_until(book, values, look)
    if until:
        return Answer("held", name, next_at=until, held=True)
    anchor = needed(values, book["anchor"])
    steps, moments = (
        [],
        [stage_begin(book, one, late, look) for one in book["stages"] if late < first_day(one)],
    )
    for step in stage["steps"] if stage else []:
        assert stage
        made, coming = step_due(book, stage, step, values, look, late, anchor)
        steps += made
        moments += coming
    return Answer(name, name, tuple(steps), min(moments, default=None))


def stage_on(book: Book, late: int) -> Mapping[str, Any] | None:
    return next((one for one in reversed(book["stages"]) if late >= first_day(one)), None)


def first_day(stage: Mapping[str, Any]) -> int:
    return int(stage["days"].split("..")[0])


def last_day(stage: Mapping[str, Any]) -> int:
    """Of the last stage, a day that never comes."""
    first, dots, last = stage["days"].partition("..")
    return int(last or (10**6 if dots else first))


def stage_begin(book: Book, stage: Mapping[str, Any], late: int, look: Look) -> datetime:
    """At the hour of its earliest step."""
    day = look.today + timedelta(days=first_day(stage) - late)
    return look.moment(day, min((hour_in(book, step) for step in stage["steps"]), default=hour_in(book)))


def hour_in(book: Book, step: Mapping[str, Any] | None = None) -> time:
    return hour_of((step or {}).get("hour", book.get("hour", "09:00")))


def held_until(book: Book, values: Values, look: Look) -> datetime | None:
    """The morning after `until`. The day of a hold begins at the book's hour."""
    day = look.today if look.local.time() >= hour_in(book) else look.today - timedelta(days=1)
    for hold in book.get("hold", []):
        until = values[hold["until"]]
        if until is not None and until >= day and all_hold(hold["when"], book, values, day):
            return look.moment(until + timedelta(days=1), hour_in(book))
    return None


def short(book: Book, values: Values) -> bool:
    minimum = book.get("minimum")
    if not minimum:
        return False
    least = value_of(minimum["at_least"], book["facts"][minimum["fact"]], book.get("currency", ""))
    value = values[minimum["fact"]]
    return bool(value is None or value < least)


def step_due(
    book: Book, stage: Mapping[str, Any], step: Mapping[str, Any], values: Values, look: Look,
    late: int, anchor: date,
) -> tuple[list[Effect], list[datetime]]:  # fmt: skip
    """What of a step is due now, and when it may come again: of times missed only the latest counts."""
    begin = look.today + timedelta(days=first_day(stage) - late)
    end = look.today + timedelta(days=last_day(stage) - late)
    reached: list[tuple[Effect, ...]] = []
    coming = []
    for id, day in times_of(step, begin):
        moment = look.moment(day, hour_in(book, step))
        if day > end:
            break
        if moment <= look.at:
            reached.append(effects_of(step, id, day, anchor, look))
        else:
            coming.append(moment)
    if not all_hold(step.get("when", {}), book, values, look.today):
        return [], coming
    wanted = reached if step.get("always") == "true" else reached[-1:]
    return [effect for one in wanted for effect in one], coming


def times_of(step: Mapping[str, Any], begin: date) -> Iterator[tuple[str, date]]:
    if "repeat" not in step:
        yield step["id"], begin
        return
    every = int(step["repeat"]["every"].removesuffix("d"))
    for number in range(int(step["repeat"]["times"])):
        yield f"{step['id']}#{number + 1}", begin + timedelta(days=number * every)
