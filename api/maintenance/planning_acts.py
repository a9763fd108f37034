"""What happens to visits, and what binds them to each other."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import Field, model_validator

from api.commands import Command, Result, writes
from api.fields import Given, Instant, Paragraph, Ref, Shown, examples, wrong
from api.maintenance.planning_fields import ReadsPlanning, WritesPlanning
from api.maintenance.planning_visits import VisitShown, thing, told
from database.maintenance import acts, visits
from database.shared import ownership
from domain.maintenance.planning.model import Link, Tie

router = APIRouter(prefix="/v1/planning/visits", tags=["Planning"])
links = APIRouter(prefix="/v1/planning/links", tags=["Planning"])


class WhenGiven(Given):
    """``at`` left out: now."""

    at: Instant | None = None

    model_config = examples({"at": "2026-03-20T10:05:00+01:00"})


class WhyGiven(Given):
    reason: Paragraph | None = None

    model_config = examples({"reason": "La cliente a rappelé."})


class LinkGiven(Given):
    """``before``: the first has ended when the second begins. ``together``: two technicians at once."""

    tie: Literal["before", "same_technician", "together"]
    first_ref: Ref
    second_ref: Ref

    model_config = examples({"tie": "before", "first_ref": "V-0001", "second_ref": "V-0002"})

    @model_validator(mode="after")
    def _two(self) -> "LinkGiven":
        if self.first_ref == self.second_ref:
            raise wrong("a visit is bound to itself", "give two visits")
        return self

    @property
    def link(self) -> Link:
        both = [self.first_ref, self.second_ref]
        first, second = both if self.tie == "before" else sorted(both)
        return Link(Tie(self.tie), first, second)


class LinkShown(Shown):
    tie: Tie
    first_ref: str
    second_ref: str


class LinksShown(Shown):
    items: list[LinkShown] = Field(description="All that bind the visit.")


WritesOwn = Annotated[Command, writes("planning:write", own="visit")]
NEW: dict[int | str, Any] = {201: {"description": "New.", "model": LinkShown}}


@router.post("/{ref}/start", response_model=VisitShown)
async def start_visit(ref: Ref, given: WhenGiven, command: WritesOwn) -> Response:
    """The technician is there and begins."""
    await _widened(command)
    await acts.start(command.tx, command.tenant, ref, _at(command, given), command.now)
    return await command.reply(await told(command, "started", ref))


@router.post("/{ref}/done", response_model=VisitShown)
async def finish_visit(ref: Ref, given: WhenGiven, command: WritesOwn) -> Response:
    """The work is over."""
    await _widened(command)
    await acts.finish(command.tx, command.tenant, ref, _at(command, given), command.now)
    return await command.reply(await told(command, "done", ref))


@router.post("/{ref}/no-show", response_model=VisitShown)
async def miss_visit(ref: Ref, command: WritesOwn) -> Response:
    """The technician stood before a closed door."""
    await _widened(command)
    await acts.miss(command.tx, command.tenant, ref, command.now)
    return await command.reply(await told(command, "missed", ref))


@router.post("/{ref}/cancel", response_model=VisitShown)
async def cancel_visit(ref: Ref, given: WhyGiven, command: WritesPlanning) -> Response:
    """It is not to be done any more. The other visits of its round keep their times."""
    await acts.cancel(command.tx, command.tenant, ref, command.now)
    result = await told(command, "cancelled", ref)
    after = {**(result.after or {}), "reason": given.reason or ""}
    return await command.reply(Result(result.action, result.thing, result.shown, after=after))


@router.post("/{ref}/reopen", response_model=VisitShown)
async def reopen_visit(ref: Ref, command: WritesPlanning) -> Response:
    """What was missed or cancelled waits for a place again, without what the customer had been told."""
    await acts.reopen(command.tx, command.tenant, ref, command.now)
    return await command.reply(await told(command, "reopened", ref))


@router.get("/{ref}/links")
async def list_links(ref: Ref, here: ReadsPlanning) -> LinksShown:
    """What binds it to other visits."""
    await visits.visit_of(here.tx, here.tenant, ref)
    found = await visits.links_of(here.tx, here.tenant, [ref])
    return LinksShown(items=[_shown(one) for one in found])


@links.post("", response_model=LinkShown, responses=NEW)
async def bind_visits(given: LinkGiven, command: WritesPlanning) -> Response:
    """Plans from now on respect it."""
    link = given.link
    new = await visits.link(command.tx, command.tenant, link, command.now)
    result = Result("maintenance.visit.linked", thing(link.first), _shown(link))
    return await command.reply(result, 201 if new else 200)


@links.delete("/{tie}/{first_ref}/{second_ref}", response_model=LinkShown)
async def unbind_visits(tie: Tie, first_ref: Ref, second_ref: Ref, command: WritesPlanning) -> Response:
    """They are planned each by itself again."""
    given = LinkGiven.model_construct(tie=tie.value, first_ref=first_ref, second_ref=second_ref)
    link = given.link
    await visits.unlink(command.tx, command.tenant, link, command.now)
    return await command.reply(Result("maintenance.visit.unlinked", thing(link.first), _shown(link)))


def _at(command: Command, given: WhenGiven) -> datetime:
    return given.at or command.now


async def _widened(command: Command) -> None:
    """It is theirs, as the route has asked; who follows rounds is woken with rows that are nobody's own."""
    await ownership.narrow(command.tx, "")


def _shown(one: Link) -> LinkShown:
    return LinkShown(tie=one.tie, first_ref=one.first, second_ref=one.second)
