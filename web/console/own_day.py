"""A technician's own day, on a telephone: where to go next, and what is noted there."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from api.commands import Command
from api.maintenance import planning_acts
from api.maintenance.planning_acts import WhenGiven
from api.refusals import Attempt
from database.maintenance import technicians, visits
from database.maintenance.board import Card, cards_of_round
from database.shared import ownership
from database.shared.contacts import contact_of
from domain.errors import BadInput, Conflict, NotFound
from domain.maintenance.planning.intake import Worker
from domain.maintenance.planning.model import Point
from domain.principal import Extent
from web.console.acts import say
from web.console.planning import clock, day_asked, hours
from web.console.visit import Visit, goes_to, on_record, text_of

READ, WRITE = "planning:read", "planning:write"
AHEAD = 14
"""Days: what is farther away changes before it is driven."""
OVER = ("done", "missed")


@dataclass(frozen=True)
class Stop:
    card: Card
    phone: str
    point: Point

    @property
    def over(self) -> bool:
        return self.card.state in OVER


async def page(visit: Visit) -> Response:
    """Customers’ names and numbers: who still owes a second factor enrols first."""
    if visit.must_enrol:
        return goes_to("/account")
    return await shown(visit, _day(visit, day_asked(visit, "on")))


async def shown(visit: Visit, on: date, refused: str = "", status: int = 200) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        worker = await own_technician(visit, tx, READ)
        stops = await _stops(visit, tx, worker, on) if worker else []
    following = next((one.card.ref for one in stops if one.card.state == "started"), None)
    following = following or next((one.card.ref for one in stops if not one.over), None)
    today = visit.moments.today
    answer = visit.page(
        "own_day.html.j2", worker=worker, stops=stops, following=following, on=on, refused=refused,
        clock=clock, hours=hours, left=sum(not one.over for one in stops), is_today=on == today,
        before=on - timedelta(days=1) if on > today else None,
        after=on + timedelta(days=1) if on < today + timedelta(days=AHEAD) else None,
    )  # fmt: skip
    answer.status_code = status
    return answer


async def own_technician(visit: Visit, tx: AsyncConnection, permission: str) -> Worker | None:
    """Whom the person is among the technicians; nobody for who may not see even their own rounds."""
    contact = visit.person.contact_ref
    if visit.who.extent(permission) not in (Extent.ALL, Extent.OWN) or not contact:
        return None
    return await technicians.technician_behind(tx, visit.tenant.id, contact)


async def _stops(visit: Visit, tx: AsyncConnection, worker: Worker, on: date) -> list[Stop]:
    cards = await cards_of_round(tx, visit.tenant.id, worker.ref, on)
    known = await visits.visits_named(tx, visit.tenant.id, [one.ref for one in cards])
    return [
        Stop(
            one, (await contact_of(tx, visit.tenant.id, one.customer_ref)).phone or "",
            known[one.ref].order.point,
        )
        for one in cards
    ]  # fmt: skip


def _day(visit: Visit, asked: date | None) -> date:
    """From today on."""
    today = visit.moments.today
    return today if asked is None else min(max(asked, today), today + timedelta(days=AHEAD))


async def _start(ref: str, command: Command) -> None:
    await planning_acts.start_visit(ref, WhenGiven(), command)


async def _finish(ref: str, command: Command) -> None:
    await planning_acts.finish_visit(ref, WhenGiven(), command)


async def _miss(ref: str, command: Command) -> None:
    await planning_acts.miss_visit(ref, command)


NOTED: dict[str, Callable[[str, Command], Awaitable[None]]] = {
    "start": _start, "done": _finish, "no-show": _miss,
}  # fmt: skip


async def note(visit: Visit) -> Response:
    """What happened at one of their own visits, this moment. Raises NotFound for somebody else's."""
    if visit.must_enrol:
        return goes_to("/account")
    ref, what = visit.path("ref"), visit.path("what")
    on = _day(visit, _told_day(text_of(await visit.request.form(), "on")))
    try:
        async with visit.database.tenant(visit.tenant.id) as tx:
            worker = await own_technician(visit, tx, WRITE)
            contact = visit.person.contact_ref or ""
            theirs = worker is not None and await ownership.owns(tx, visit.tenant.id, contact, "visit", ref)
            if what not in NOTED or not theirs:
                raise NotFound("visit", ref)
            await NOTED[what](ref, visit.command(tx))
    except NotFound:
        await on_record(visit, "/account/day", Attempt("not theirs", WRITE, "visit", ref))
        raise
    except (BadInput, Conflict) as refused:
        return await shown(visit, on, say(visit, str(refused)), 409)
    return goes_to(f"/account/day?on={on}")


def _told_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
