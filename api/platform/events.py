"""Events of external tools become facts: which type writes what stands in one table."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from api.bodies import read
from api.commands import Command, Result, writes
from api.fields import Shown
from api.fleet import contract, payments, terms
from api.internships import deliverable
from api.maintenance import renewal
from api.platform.cloud_events import BATCH, BINARY, STRUCTURED, CloudEvent, events_of
from api.problems import BASE
from api.training import fund_call, projects
from database.shared.events import Received, receive
from domain.errors import BadInput, Conflict, DomainError, Mistake

router = APIRouter(prefix="/v1/events", tags=["Events"])


@dataclass(frozen=True)
class Fact:
    data: type[BaseModel]
    write: Callable[[Command, Any], Awaitable[Result]]


FACTS = {
    "echeance.fleet.contract.signed": Fact(terms.ContractGiven, contract.write_signed),
    "echeance.fleet.payment.received": Fact(payments.PaymentGiven, payments.write_payment),
    "echeance.training.session.recorded": Fact(projects.SessionOf, projects.write_session),
    "echeance.training.fund_call.answered": Fact(fund_call.FundCallAnswerOf, fund_call.write_answer),
    "echeance.maintenance.contract.signed": Fact(renewal.ServiceContractGiven, renewal.write_contract),
    "echeance.maintenance.renewal.answered": Fact(renewal.RenewalAnswerOf, renewal.write_answer),
    "echeance.internships.deliverable.announced": Fact(
        deliverable.DeliverableGiven, deliverable.write_announced
    ),
    "echeance.internships.deliverable.handed_in": Fact(deliverable.HandInOf, deliverable.write_handed_in),
}


class EventProblem(Shown):
    type: str
    detail: str
    errors: tuple[dict[str, str], ...] = ()


class EventShown(Shown):
    """``accepted`` is written; ``duplicate`` was before; ``kept`` came too late and stays on record.

    ``refused`` can be mended and sent again under the same id.
    """

    id: str
    source: str
    type: str
    outcome: Literal["accepted", "duplicate", "kept", "refused"]
    thing: str = Field("", examples=["fleet.contract:C-0001"])
    problem: EventProblem | None = None


class EventsShown(Shown):
    results: list[EventShown]


EXAMPLE = {
    "specversion": "1.0", "id": "pay-981", "source": "/till/douala-2",
    "type": "echeance.fleet.payment.received", "time": "2026-04-02T06:12:00+01:00",
    "data": payments.EXAMPLE,
}  # fmt: skip
OPENAPI = {
    "requestBody": {
        "required": True,
        "content": {
            STRUCTURED: {"schema": CloudEvent.model_json_schema(), "example": EXAMPLE},
            BATCH: {"schema": {"type": "array", "items": CloudEvent.model_json_schema()}},
        },
    }
}

Events = Annotated[Command, writes("events:write", STRUCTURED, BATCH, BINARY)]


@router.post("", response_model=EventsShown, openapi_extra=OPENAPI)
async def receive_events(request: Request, command: Events) -> Response:
    """CloudEvents 1.0: structured, batch or binary. An event is known by its source and id.

    One event that is refused is a problem; in a batch each has its own result.
    """
    given, batch = await events_of(request)
    if not batch:
        shown = await _take(command, read(CloudEvent, given[0]))
        return await command.answer(EventsShown(results=[shown]))
    results = [await _take_or_tell(command, number, one) for number, one in enumerate(given)]
    await _note_batch(command, results)
    return await command.answer(EventsShown(results=results))


async def _take(command: Command, event: CloudEvent) -> EventShown:
    """Raises DomainError, after which nothing of this event is written."""
    if event.type not in FACTS:
        raise BadInput(Mistake("type", f"no event is called {event.type}", f"use one of {', '.join(FACTS)}"))
    known = await receive(command.tx, command.tenant, _received(event))
    if known:
        return await _again(command, event, known)
    fact = FACTS[event.type]
    data = read(fact.data, event.data)
    try:
        async with command.tx.begin_nested():
            result = await fact.write(command, data)
    except Conflict as late:
        return await _keep(command, event, late)
    await command.record(result)
    return _shown(event, "accepted", result.thing)


async def _take_or_tell(command: Command, number: int, given: dict[str, Any]) -> EventShown:
    """One of a batch, in a savepoint of its own."""
    try:
        async with command.tx.begin_nested():
            return await _take(command, read(CloudEvent, given))
    except BadInput as wrong:
        problem = _problem(wrong, tuple(vars(one) for one in wrong.mistakes))
    except DomainError as wrong:
        problem = _problem(wrong)
    name = {part: str(given.get(part, ""))[:250] for part in ("id", "source", "type")}
    return EventShown(**{**name, "id": name["id"] or f"#{number}"}, outcome="refused", problem=problem)


async def _again(command: Command, event: CloudEvent, known: Received) -> EventShown:
    if known.fingerprint != event.fingerprint:
        raise Conflict(f"the event {event.id} of {event.source} was received with another content")
    shown = _shown(event, "duplicate")
    await command.record(Result("event.repeated", _name(event), shown))
    return shown


async def _keep(command: Command, event: CloudEvent, late: Conflict) -> EventShown:
    """It changes nothing any more; what it said stays on record."""
    shown = _shown(event, "kept", problem=_problem(late))
    kept = {"type": event.type, "subject": event.subject, "data": event.data, "because": str(late)}
    await command.record(Result("event.kept", _name(event), shown, after=kept))
    return shown


async def _note_batch(command: Command, results: list[EventShown]) -> None:
    counts = dict.fromkeys(("accepted", "duplicate", "kept", "refused"), 0)
    for one in results:
        counts[one.outcome] += 1
    made = EventsShown(results=[])
    await command.record(Result("event.batch", "event.batch", made, after=counts))


def _received(event: CloudEvent) -> Received:
    return Received(event.source, event.id, event.type, event.subject, event.fingerprint)


def _shown(
    event: CloudEvent, outcome: Literal["accepted", "duplicate", "kept"], thing: str = "",
    problem: EventProblem | None = None,
) -> EventShown:  # fmt: skip
    return EventShown(
        id=event.id, source=event.source, type=event.type, outcome=outcome, thing=thing, problem=problem
    )


def _problem(wrong: DomainError, errors: tuple[dict[str, str], ...] = ()) -> EventProblem:
    return EventProblem(type=BASE + wrong.slug, detail=str(wrong), errors=errors)


def _name(event: CloudEvent) -> str:
    return f"event:{event.source}:{event.id}"
