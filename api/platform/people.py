"""People who sign in, and what they may do."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import AfterValidator, Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Given, Line, Ref, Shown, examples
from api.pages import Cursor, Limit, Page, begin_after, page
from api.platform.contacts import email_address
from api.problems import Refused
from database.shared import letters, people, sessions
from database.shared.people import ACTIVE, SUSPENDED, Invited, Person
from domain.access import ROLES, SELF, farther
from domain.errors import BadInput, Mistake
from domain.principal import Principal

router = APIRouter(prefix="/v1", tags=["People"])

Id = Annotated[str, Field(pattern=r"^p[0-9a-f]{12}$", examples=["p5e0c2a77b1d4"])]
Role = Literal[
    "administrator", "operator", "finance", "planner", "technician", "driver", "investor", "client_contact",
    "internship_officer", "school_tutor", "company_tutor", "student",
]  # fmt: skip
Roles = Annotated[tuple[Role, ...], Field(min_length=1, max_length=len(ROLES))]


class InvitationGiven(Given):
    """``contact_ref`` is the contact that the person is: a driver sees the contracts of that contact."""

    email: Annotated[str, Field(max_length=254), AfterValidator(email_address)]
    full_name: Line
    roles: Roles
    locale: Literal["fr", "en"] = "fr"
    contact_ref: Ref | None = None

    model_config = examples(
        {
            "email": "paul.etoa@example.com", "full_name": "Paul Etoa", "roles": ["operator"],
            "locale": "fr",
        }
    )  # fmt: skip


class RolesGiven(Given):
    roles: Roles

    model_config = examples({"roles": ["operator", "finance"]})


class PersonShown(Shown):
    id: str
    email: str
    full_name: str
    locale: str
    roles: list[str]
    contact_ref: str
    state: Literal["invited", "active", "suspended", "erased"]
    created_at: datetime | None
    last_seen_at: datetime | None


class MeShown(Shown):
    """``permissions`` and how far each reaches: ``all`` or ``own``."""

    who: str
    tenant: str
    roles: list[str]
    contact_ref: str
    permissions: dict[str, str] = Field(examples=[{"fleet:read": "own"}])


Reads = Annotated[Reading, reads("people:read")]
Writes = Annotated[Command, writes("people:write", fresh=True)]


@router.get("/me")
async def read_me(here: Annotated[Reading, reads(SELF)]) -> MeShown:
    """Who calls, and what they may do."""
    return MeShown(
        who=here.who.who, tenant=here.tenant, roles=sorted(here.who.roles), contact_ref=here.who.contact,
        permissions={name: str(extent) for name, extent in sorted(here.who.grants.items())},
    )  # fmt: skip


@router.post("/people", status_code=201, response_model=PersonShown)
async def invite_person(given: InvitationGiven, command: Writes) -> Response:
    """They get a letter with a link by which they choose how to sign in."""
    _check(given.roles, command.who)
    who = Invited(
        given.email, given.full_name, frozenset(given.roles), given.locale, given.contact_ref or ""
    )  # fmt: skip
    made = await people.invite(command.tx, command.tenant, who, command.actor.who)
    await letters.owe_letter(command.tx, command.tenant, made.id, "invitation", command.now)
    return await command.reply(_told("person.invited", made, None), 201)


@router.get("/people")
async def list_people(here: Reads, limit: Limit = 50, cursor: Cursor = "") -> Page[PersonShown]:
    """Everybody who may sign in, was invited, or is suspended."""
    (after,) = begin_after(cursor)
    rows = await people.page_of_people(here.tx, here.tenant, after, limit + 1)
    return page(rows, limit, shown, lambda person: (person.id,))


@router.get("/people/{id}")
async def read_person(id: Id, here: Reads) -> PersonShown:
    """One person."""
    return shown(await people.person_of(here.tx, here.tenant, id))


@router.post("/people/{id}/roles", response_model=PersonShown)
async def change_roles(id: Id, given: RolesGiven, command: Writes) -> Response:
    """From their next request on. Refused when nobody would be left to administer."""
    _check(given.roles, command.who)
    return await _change(command, "person.roles_changed", id, roles=given.roles)


@router.post("/people/{id}/suspend", response_model=PersonShown)
async def suspend_person(id: Id, command: Writes) -> Response:
    """They are signed out everywhere and cannot sign in; nothing of theirs is lost."""
    answer = await _change(command, "person.suspended", id, state=SUSPENDED)
    await sessions.revoke_all(command.tx, command.tenant, id, command.now)
    return answer


@router.post("/people/{id}/reinstate", response_model=PersonShown)
async def reinstate_person(id: Id, command: Writes) -> Response:
    """They may sign in again."""
    return await _change(command, "person.reinstated", id, state=ACTIVE)


@router.post("/people/{id}/sign-out", response_model=PersonShown)
async def sign_person_out(id: Id, command: Writes) -> Response:
    """End all their sessions, on every device."""
    known = await people.person_of(command.tx, command.tenant, id)
    _refuse_lesser(known, command.who)
    await sessions.revoke_all(command.tx, command.tenant, id, command.now)
    return await command.reply(_told("person.signed_out", known, known))


def _check(roles: Sequence[str], who: Principal) -> None:
    """Raises BadInput: a key for people only makes nobody an administrator."""
    if more := farther(roles, who.grants):
        problem = f"these roles may do more than you: {', '.join(more)}"
        raise BadInput(Mistake("roles", problem, "give less, or ask who may do that"))


def _refuse_lesser(whom: Person, who: Principal) -> None:
    """Raises Refused: to let somebody in again is to give them their roles, to keep them out to take them."""
    if farther(tuple(whom.roles), who.grants):
        raise Refused("forbidden", "This person may do more than you; ask somebody who may do as much.")


async def _change(
    command: Command, action: str, id: str, roles: Sequence[str] | None = None, state: str | None = None
) -> Response:
    before = await people.person_of(command.tx, command.tenant, id)
    _refuse_lesser(before, command.who)
    after = await people.change(command.tx, command.tenant, id, roles, state)
    return await command.reply(_told(action, after, before))


def shown(one: Person) -> PersonShown:
    return PersonShown(**{**vars(one), "roles": sorted(one.roles)})


def _told(action: str, after: Person, before: Person | None) -> Result:
    """The trail keeps roles and state, neither name nor address."""
    return Result(
        action, f"person:{after.id}", shown(after), _trace(before) if before else None, _trace(after)
    )  # fmt: skip


def _trace(one: Person) -> dict[str, Any]:
    return {"roles": sorted(one.roles), "state": one.state}
