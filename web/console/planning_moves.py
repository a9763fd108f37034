"""A visit carried to another round: what that costs and breaks is told before it is done."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from starlette.responses import JSONResponse, Response

from api.commands import Command
from api.maintenance.planning_fields import FARTHEST_DAYS
from api.maintenance.planning_laid import laid_out
from api.maintenance.planning_moves import BY_HAND
from api.maintenance.planning_opened import best_of, result_of, valued
from database.maintenance import acceptances, horizons, plans, technicians
from database.maintenance.board import Card, card_of
from database.maintenance.naming import names_of
from database.maintenance.plans import KnownPlan
from database.shared import audit
from domain.errors import BadInput, Conflict, DomainError, Mistake, NotFound
from domain.maintenance.planning import codec
from domain.maintenance.planning.evaluation import Evaluation, Violation
from domain.maintenance.planning.horizon import Wish, in_force, problem_of
from domain.maintenance.planning.model import Plan, Problem
from domain.maintenance.planning.moving import carried, taken_out
from domain.maintenance.planning.overtaking import stood
from domain.maintenance.planning.shown.told import fault
from domain.maintenance.planning.today.changes import appointments, changes
from domain.money import Money
from web.console.acts import say
from web.console.planning import hours
from web.console.visit import Visit, goes_to, text_of

PLACE = ("technician", "day", "position")


@dataclass(frozen=True)
class Wanted:
    """Where a visit is to go; ``technician`` empty: back to those that wait. ``position`` counts from 0."""

    card: Card
    technician: str
    day: date | None
    position: int | None


@dataclass(frozen=True)
class Tried:
    wish: Wish
    problem: Problem
    plan: Plan
    before: Evaluation
    after: Evaluation
    stood: dict[str, Any]

    @property
    def broken(self) -> list[Violation]:
        """What is wrong by the move, and was not before."""
        return [one for one in self.after.hard if one not in self.before.hard]


async def page(visit: Visit) -> Response:
    """The form for who does not drag; with its wish in the address, also what it costs."""
    async with visit.database.tenant(visit.tenant.id) as tx:
        card = await _card(tx, visit.tenant.id, visit.asked("visit"))
        hands = await technicians.workforce(tx, visit.tenant.id)
        names = await names_of(tx, visit.tenant.id, [one.ref for one in hands], [])
    given = {name: visit.asked(name) for name in PLACE}
    lines: list[dict[str, str]] = []
    possible = False
    if given["day"] or given["technician"]:
        lines, possible = await _told(visit, card.ref, given)
    return visit.page(
        "planning_move.html.j2", card=card, lines=lines, possible=possible,
        hands=[(one.ref, names.technician(one.ref)) for one in hands], given=given,
    )  # fmt: skip


async def attempt(visit: Visit) -> Response:
    """What the board's script asks while a visit is carried."""
    form = await visit.request.form()
    given = {name: text_of(form, name) for name in PLACE}
    lines, possible = await _told(visit, text_of(form, "visit"), given)
    return JSONResponse({"lines": lines, "possible": possible})


async def move(visit: Visit) -> Response:
    """Put in force, as a plan of its own that can be taken back. What became impossible meanwhile is told."""
    form = await visit.request.form()
    given = {name: text_of(form, name) for name in PLACE}
    ref = text_of(form, "visit")
    try:
        async with visit.database.tenant(visit.tenant.id) as tx:
            command = visit.command(tx)
            wanted = await _wanted(command, ref, given)
            tried = await _try(command, wanted)
            if tried.broken:
                raise Conflict("what this move would break was told; choose another place")
            made = await _put_in_force(command, wanted, tried)
    except Conflict:
        return _again(ref, given)
    day = wanted.day or wanted.card.on or visit.moments.today
    return goes_to(f"/planning?on={day}&moved={made.id}")


def _again(ref: str, given: dict[str, str]) -> Response:
    """The page that says what is in the way now."""
    return goes_to(f"/planning/move?{urlencode({'visit': ref, **given})}")


async def _told(visit: Visit, ref: str, given: dict[str, str]) -> tuple[list[dict[str, str]], bool]:
    """Sentences with what they are (price, bad, good or nothing), and whether it can be done."""
    try:
        async with visit.database.tenant(visit.tenant.id) as tx:
            command = visit.command(tx)
            wanted = await _wanted(command, ref, given)
            tried = await _try(command, wanted)
            known = {*tried.problem.visit, ref}
            names = await names_of(tx, visit.tenant.id, tried.problem.technician, known)
    except BadInput as wrong:
        return [{"text": say(visit, one.problem, one.mend), "kind": "bad"} for one in wrong.mistakes], False
    except DomainError as wrong:
        return [{"text": say(visit, str(wrong)), "kind": "bad"}], False
    locale, words = visit.words.locale, visit.words
    days = tried.problem.days
    lines = [{"text": _price(visit, tried), "kind": "price"}, {"text": _ways(visit, tried), "kind": ""}]
    moved = changes(appointments(days, tried.before), appointments(days, tried.after), names)
    lines += [{"text": one.words.to(locale), "kind": ""} for one in moved]
    if tried.broken:
        lines.append({"text": words("planning.moving.impossible"), "kind": "bad"})
        lines += [{"text": fault(one, names).to(locale), "kind": "bad"} for one in tried.broken]
    else:
        lines.append({"text": words("planning.moving.possible"), "kind": "good"})
    return lines, not tried.broken


def _price(visit: Visit, tried: Tried) -> str:
    """Without the price of a visit that has no place: it is what the move mends or brings about."""
    more = _without_left(tried.after) - _without_left(tried.before)
    price = visit.money(Money(visit.tenant.currency, abs(more)))
    return visit.words("planning.moving.price", sign=_sign(more), price=price)


def _without_left(told: Evaluation) -> int:
    return told.cost.total - told.cost.unplanned


def _ways(visit: Visit, tried: Tried) -> str:
    metres = tried.after.metres - tried.before.metres
    worked = tried.after.worked - tried.before.worked
    km = f"{abs(metres) / 1000:.1f}"
    km = km.replace(".", ",") if visit.words.locale == "fr" else km
    return visit.words(
        "planning.moving.ways", sign=_sign(metres), km=km,
        time_sign=_sign(worked), time=hours(abs(worked)),
    )  # fmt: skip


def _sign(number: int) -> str:
    return "" if not number else "+" if number > 0 else "−"


async def _card(tx: object, tenant: str, ref: str) -> Card:
    card = await card_of(tx, tenant, ref)  # type: ignore[arg-type]
    if card is None:
        raise NotFound("visit", ref)
    return card


async def _wanted(command: Command, ref: str, given: dict[str, str]) -> Wanted:
    """Raises BadInput, NotFound, Conflict."""
    card = await _card(command.tx, command.tenant, ref)
    if card.state not in ("to_plan", "planned"):
        raise Conflict(f"the visit {ref} is {card.state}; only what has not begun can be moved")
    technician, day = given["technician"], _day(given["day"])
    if day is not None and day > command.now.date() + timedelta(days=FARTHEST_DAYS):
        raise BadInput(Mistake("day", "too far away", "check the year"))
    if bool(technician) != bool(day):
        raise BadInput(
            Mistake("day" if technician else "technician", "one is missing", "give both, or neither")
        )
    place = given["position"]
    if place and (not place.isascii() or not place.isdecimal() or len(place) > 4):
        raise BadInput(Mistake("position", "not a number", "write digits alone"))
    if not technician and card.technician is None:
        raise Conflict(f"the visit {ref} has no place in a round")
    return Wanted(card, technician, day, int(place) if place else None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(Mistake("day", f"{text[:20]!r} is no day", "write it as 2032-03-05")) from None


async def _try(command: Command, wanted: Wanted) -> Tried:
    """The rounds of the one or two technicians concerned, before and after."""
    card = wanted.card
    days = sorted(one for one in (wanted.day, card.on) if one is not None)
    span = (days[-1] - days[0]).days + 1
    if span > horizons.LONGEST_DAYS:
        raise BadInput(Mistake("day", "it is too far from the present day", "move it in two steps"))
    hands = tuple(sorted({one for one in (wanted.technician, card.technician) if one}))
    wish = Wish(days[0], span, (card.ref,), hands)
    horizon = await horizons.horizon_of(command.tx, command.tenant, wish, command.now, command.parts.holidays)
    problem = (await laid_out(command, problem_of(horizon))).problem
    if card.ref not in problem.visit:
        raise Conflict(
            f"the visit {card.ref} cannot be on {wanted.day}: it is due, or bound to others, elsewhere"
        )
    stands = in_force(horizon, problem)
    moved = taken_out(stands, card.ref)
    if wanted.day is not None:
        index = (wanted.day - days[0]).days
        moved = carried(problem, stands, card.ref, wanted.technician, index, wanted.position)
    before, after = await valued(problem, stands), await valued(problem, moved)
    return Tried(wish, problem, moved, before, after, stood(horizon.visits))


async def _put_in_force(command: Command, wanted: Wanted, tried: Tried) -> KnownPlan:
    problem, told = tried.problem, tried.after
    result = await asyncio.to_thread(result_of, problem, tried.plan, told)
    made = await plans.draft(
        command.tx, command.tenant, command.actor, tried.wish, codec.problem_value(problem, roads=False),
        best_of(problem, tried.plan, told, BY_HAND), result, command.now,
        stood=tried.stood,
    )  # fmt: skip
    accepted = await acceptances.accept(
        command.tx, command.tenant, command.actor, made, problem, told, _touched(wanted), command.now
    )
    after = {"acceptance": accepted.id, "visit": wanted.card.ref, "technicians": list(accepted.technicians)}
    thing = plans.thing(made.id)
    await audit.write(
        command.tx, command.tenant, command.actor, "maintenance.plan.accepted", thing, None, after
    )
    return made


def _touched(wanted: Wanted) -> Sequence[str]:
    return sorted({one for one in (wanted.technician, wanted.card.technician) if one})
