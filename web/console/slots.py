"""Slots for a visit: looked for, held for a customer on the telephone, confirmed or let go."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.responses import Response

from api.commands import Command
from api.maintenance import planning_slots
from api.maintenance.planning_slots import ReservationGiven, SlotsGiven, SlotsShown
from api.problems import Refused
from database.maintenance import slots
from database.maintenance.board import MOST_WAITING, board_of, card_of
from database.maintenance.naming import names_of
from domain.errors import BadInput, DomainError
from web.console.acts import say, shown_by
from web.console.planning import clock, day_asked
from web.console.visit import Visit, goes_to, text_of

FEW = 12
HELD = "held"
MINUTES = 15


async def page(visit: Visit) -> Response:
    return await shown(visit, visit.asked("visit"))


async def shown(visit: Visit, ref: str, refused: str = "", status: int = 200) -> Response:
    days = _days(visit)
    async with visit.database.tenant(visit.tenant.id) as tx:
        today = visit.moments.today
        board = await board_of(tx, visit.tenant.id, today, today)
        card = await card_of(tx, visit.tenant.id, ref) if ref else None
        found, said = await _found(visit, tx, ref, days) if card else (None, "")
        holds = await slots.reservations(tx, visit.tenant.id, visit.moments.now, "", MOST_WAITING, HELD)
        hands = {one.technician_ref for one in found.items} if found else set()
        hands |= {one.mate.technician_ref for one in found.items if one.mate} if found else set()
        names = await names_of(
            tx, visit.tenant.id, hands | {one.technician for one in holds}, {one.visit for one in holds}
        )
    answer = visit.page(
        "slots.html.j2", card=card, waiting=board.tray, found=found.items if found else [], asked=bool(card),
        days=days, first_on=day_asked(visit, "from"), refused=refused or said, names=names, holds=holds,
        why=[visit.words.both(one.model_dump()) for one in found.why] if found else [],
        clock=clock, may_write=visit.may("planning:write"),
    )  # fmt: skip
    answer.status_code = status
    return answer


def _days(visit: Visit) -> int:
    text = visit.asked("days")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 3 and 1 <= int(text) <= 31 else 5


async def _found(visit: Visit, tx: Any, ref: str, days: int) -> tuple[SlotsShown | None, str]:
    here = visit.command(tx)
    given = SlotsGiven(visit_ref=ref, first_on=day_asked(visit, "from"), days=days, most=FEW)
    try:
        return await planning_slots.find_slots(given, here), ""
    except BadInput as wrong:
        return None, " ".join(say(visit, one.problem, one.mend) for one in wrong.mistakes)
    except DomainError as refused:
        return None, say(visit, str(refused))


async def hold(visit: Visit) -> Response:
    form = await visit.request.form()
    given = {
        "visit_ref": text_of(form, "visit"), "technician_ref": text_of(form, "technician"),
        "on": text_of(form, "on"), "begins": text_of(form, "begins"), "minutes": MINUTES,
    }  # fmt: skip
    if mate := text_of(form, "mate"):
        given["mate_technician_ref"] = mate

    async def do(command: Command) -> str:
        made = await planning_slots.hold_slot(ReservationGiven.model_validate(given), command)
        return f"/slots?held={shown_by(made)['id']}"

    return await _done(visit, text_of(form, "visit"), do)


async def confirm(visit: Visit) -> Response:
    async def do(command: Command) -> str:
        made = await planning_slots.confirm_slot(visit.path("id"), command)
        return f"/planning?view=day&on={shown_by(made)['on']}"

    return await _done(visit, "", do)


async def release(visit: Visit) -> Response:
    async def do(command: Command) -> str:
        await planning_slots.release_slot(visit.path("id"), command)
        return "/slots"

    return await _done(visit, "", do)


async def _done(visit: Visit, ref: str, do: Callable[[Command], Awaitable[str]]) -> Response:
    """In one transaction; what is taken meanwhile is told beside what is left."""
    try:
        async with visit.database.tenant(visit.tenant.id) as tx:
            command = visit.command(tx)
            onward = await do(command)
    except ValueError:  # a field that no slot of ours has
        return await shown(visit, ref, visit.words("slots.gone"), 422)
    except (DomainError, Refused) as refused:
        return await shown(visit, ref, say(visit, str(refused)), 409)
    return goes_to(onward)
