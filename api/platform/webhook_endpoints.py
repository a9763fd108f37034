"""Webhooks to external tools: endpoints, their secrets, and the log of what they were told."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Response
from pydantic import Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Given, Instant, Line, ReasonGiven, Shown, Whole, examples
from api.pages import Cursor, Limit, Page, begin_after, begin_at, page
from database.shared import webhook_deliveries, webhooks
from database.shared.webhook_deliveries import Delivery
from database.shared.webhooks import Asked, Endpoint
from domain.platform.webhook import TYPES

router = APIRouter(prefix="/v1/webhooks", tags=["Webhooks"])

Id = Annotated[str, Field(pattern=r"^we_[0-9a-f]{16}$", examples=["we_5e0c2a77b1d40f93"])]
EventId = Annotated[
    str, Field(pattern=r"^evt_[0-9a-f]{32}$", examples=["evt_5e0c2a77b1d40f935e0c2a77b1d40f93"])
]
State = Literal["", "pending", "delivered", "failed"]
LONGEST_OVERLAP = 168


class TypeShown(Shown):
    """What can be told, and what it means."""

    type: str
    french: str
    english: str


class TypesShown(Shown):
    items: list[TypeShown]


class EndpointGiven(Given):
    """Without ``types`` every type is told, those to come as well."""

    url: Annotated[str, Field(max_length=2000, examples=["https://tool.example/hooks"])]
    description: Line = "endpoint"
    types: Annotated[tuple[str, ...], Field(max_length=len(TYPES))] = ()

    model_config = examples(
        {"url": "https://tool.example/hooks", "description": "Accounting", "types": ["payment.recorded"]}
    )

    def asked(self) -> Asked:
        return Asked(self.url, self.description, tuple(sorted(set(self.types))))


class RotationGiven(Given):
    """For so many hours everything is signed with both secrets."""

    overlap_hours: Annotated[Whole, Field(ge=0, le=LONGEST_OVERLAP)] = 24

    model_config = examples({"overlap_hours": 24})


class ReplayGiven(Given):
    """What failed, and what came while the endpoint was disabled; with ``delivered_too`` all there was."""

    since: Instant
    delivered_too: bool = False

    model_config = examples({"since": "2026-03-20T10:00:00+01:00"})


class EndpointShown(Shown):
    id: str
    url: str
    description: str
    types: list[str] = Field(description="Empty: every type.")
    state: str = Field(description="`enabled` or `disabled`")
    reason: str = Field(description="Why disabled: `failing`, `gone` (it said 410), or a person’s words.")
    failing_since: datetime | None
    old_secret_until: datetime | None = Field(description="Until then both secrets sign.")
    created_at: datetime
    created_by: str


class EndpointMade(EndpointShown):
    secret: str | None = Field(description="Shown this once. A repeated request gets null.")


class DeliveryShown(Shown):
    """``event`` is the `webhook-id` of every try."""

    event: str
    type: str
    at: datetime = Field(description="When it happened.")
    data: dict[str, Any]
    state: str = Field(description="`pending`, `delivered` or `failed`")
    attempts: int
    due_at: datetime
    tried_at: datetime | None
    status: int | None = Field(description="Of the last answer, if one came.")
    problem: str
    took_ms: int | None


class Replayed(Shown):
    events: int


Reads = Annotated[Reading, reads("webhooks:read")]
Writes = Annotated[Command, writes("webhooks:write")]
Sensitive = Annotated[Command, writes("webhooks:write", fresh=True)]


@router.get("/types")
async def list_types(_: Reads) -> TypesShown:
    """What an endpoint can ask for."""
    return TypesShown(
        items=[TypeShown(type=name, french=said.fr, english=said.en) for name, said in TYPES.items()]
    )


@router.post("", status_code=201, response_model=EndpointMade)
async def create_endpoint(given: EndpointGiven, command: Sensitive) -> Response:
    """Tell an external tool from now on. Keep the secret at once: it is not shown again."""
    made, secret = await webhooks.create(
        command.tx, command.tenant, given.asked(), command.parts.keyring, command.who.who, command.now,
        command.parts.outgoing,
    )  # fmt: skip
    shown_once = EndpointMade(**shown(made).model_dump(), secret=secret)
    result = Result("webhook.created", f"webhook:{made.id}", shown_once, None, trace(made))
    return await command.reply(result, 201, secret="secret")


@router.get("")
async def list_endpoints(here: Reads, limit: Limit = 50, cursor: Cursor = "") -> Page[EndpointShown]:
    """Twenty at most, in the order of their ids."""
    (after,) = begin_after(cursor)
    every = sorted(await webhooks.endpoints(here.tx, here.tenant), key=lambda one: one.id)
    rows = [one for one in every if one.id > after]
    return page(rows[: limit + 1], limit, shown, lambda one: (one.id,))


@router.get("/{id}")
async def read_endpoint(id: Id, here: Reads) -> EndpointShown:
    """One endpoint."""
    return shown(await webhooks.endpoint_of(here.tx, here.tenant, id))


@router.put("/{id}", response_model=EndpointShown)
async def change_endpoint(id: Id, given: EndpointGiven, command: Sensitive) -> Response:
    """Another address, other types. The secret stays."""
    before = await webhooks.endpoint_of(command.tx, command.tenant, id)
    outgoing = command.parts.outgoing
    after = await webhooks.change(command.tx, command.tenant, id, given.asked(), outgoing)
    return await command.reply(_result("webhook.changed", before, after))


@router.post("/{id}/rotate", response_model=EndpointMade)
async def rotate_secret(id: Id, given: RotationGiven, command: Sensitive) -> Response:
    """A new secret. Keep it at once."""
    until = command.now + timedelta(hours=given.overlap_hours)
    made, secret = await webhooks.rotate(command.tx, command.tenant, id, command.parts.keyring, until)
    shown_once = EndpointMade(**shown(made).model_dump(), secret=secret)
    after = {"old_secret_until": until.isoformat()}
    result = Result("webhook.secret_rotated", f"webhook:{id}", shown_once, None, after)
    return await command.reply(result, secret="secret")


@router.post("/{id}/disable", response_model=EndpointShown)
async def disable_endpoint(id: Id, given: ReasonGiven, command: Writes) -> Response:
    """Send it nothing more, until it is enabled. What is under way is given up."""
    before = await webhooks.endpoint_of(command.tx, command.tenant, id)
    after = await webhooks.disable(command.tx, command.tenant, id, given.reason, command.now)
    return await command.reply(_result("webhook.disabled", before, after))


@router.post("/{id}/enable", response_model=EndpointShown)
async def enable_endpoint(id: Id, command: Writes) -> Response:
    """Tell it again from now on; what it missed is sent by a replay."""
    before = await webhooks.endpoint_of(command.tx, command.tenant, id)
    after = await webhooks.enable(command.tx, command.tenant, id, command.now)
    return await command.reply(_result("webhook.enabled", before, after))


@router.post("/{id}/remove", response_model=EndpointShown)
async def remove_endpoint(id: Id, command: Writes) -> Response:
    """Forget its address and its secrets, for good."""
    before = await webhooks.endpoint_of(command.tx, command.tenant, id)
    await webhooks.remove(command.tx, command.tenant, id, command.now)
    result = Result("webhook.removed", f"webhook:{id}", shown(before), trace(before), {"state": "removed"})
    return await command.reply(result)


@router.post("/{id}/test", status_code=202, response_model=DeliveryShown)
async def send_test(id: Id, command: Writes) -> Response:
    """Send `webhook.test` to this endpoint alone."""
    made = shown_delivery(await webhook_deliveries.test(command.tx, command.tenant, id, command.now))
    return await command.reply(Result("webhook.tested", f"webhook:{id}", made), 202)


@router.get("/{id}/deliveries")
async def list_deliveries(
    id: Id, here: Reads, state: State = "", limit: Limit = 50, cursor: Cursor = ""
) -> Page[DeliveryShown]:
    """What it was told, the latest first."""
    filters = (id, state)
    rows = await webhook_deliveries.deliveries(
        here.tx, here.tenant, id, state, begin_at(cursor, filters), limit + 1
    )
    return page(rows, limit, shown_delivery, lambda one: (one.at.isoformat(), one.event), filters)


@router.post("/{id}/deliveries/{event}/replay", status_code=202, response_model=DeliveryShown)
async def replay_delivery(id: Id, event: EventId, command: Writes) -> Response:
    """Tell one event again, with the same `webhook-id`."""
    made = shown_delivery(await webhook_deliveries.replay(command.tx, command.tenant, id, event, command.now))
    return await command.reply(Result("webhook.replayed", f"webhook:{id}", made), 202)


@router.post("/{id}/replay", status_code=202, response_model=Replayed)
async def replay_since(id: Id, given: ReplayGiven, command: Writes) -> Response:
    """Tell again what it missed since a moment."""
    count = await webhook_deliveries.replay_since(
        command.tx, command.tenant, id, given.since, command.now, given.delivered_too
    )
    after = {"since": given.since.isoformat(), "events": count}
    return await command.reply(
        Result("webhook.replayed", f"webhook:{id}", Replayed(events=count), None, after), 202
    )


def shown(one: Endpoint) -> EndpointShown:
    return EndpointShown(**{**vars(one), "types": list(one.types)})


def shown_delivery(one: Delivery) -> DeliveryShown:
    return DeliveryShown(**vars(one))


def trace(one: Endpoint) -> dict[str, Any]:
    """Paths and queries of addresses may hold a secret: the trail, which stays for ever, has the host."""
    return {
        "host": urlsplit(one.url).hostname, "types": list(one.types), "state": one.state,
        "reason": one.reason,
    }  # fmt: skip


def _result(action: str, before: Endpoint, after: Endpoint) -> Result:
    return Result(action, f"webhook:{after.id}", shown(after), trace(before), trace(after))
