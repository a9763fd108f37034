"""Clients, projects and sessions of the training business."""

from datetime import date
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from api.commands import Command, Reading, Result, reads, writes
from api.fields import Amount, Day, Given, Line, Paragraph, Price, ReasonGiven, Ref, Shown, Whole, examples
from api.pages import Cursor, Limit, Page, begin_after, page
from database.shared.contacts import check_opaque
from database.training import clients, projects, sessions
from database.training.projects import KnownProject
from database.training.sessions import KnownSession
from domain.errors import BadInput, Mistake
from domain.money import Money
from domain.training.budget import Position
from domain.training.client import Client
from domain.training.project import Project, Session, Training

router = APIRouter(prefix="/v1/training", tags=["Training"])

Percent = Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,2})?$", examples=["80"])]


class ClientGiven(Given):
    """``commission_bp`` counts hundredths of a percent."""

    ref: Ref
    name: Line
    siren: Line
    iban: str = Field("", max_length=50)
    address: Paragraph
    contact_ref: Ref
    commission_bp: Whole = Field(0, ge=0, le=10_000)

    model_config = examples(
        {
            "ref": "CL-01", "name": "Boulangerie Morel", "siren": "732829320",
            "address": "4 rue des Lilas, 69003 Lyon", "contact_ref": "CL-01", "commission_bp": 500,
        }
    )  # fmt: skip


class ClientShown(Shown):
    ref: str
    name: str
    siren: str
    iban: str
    address: str
    contact_ref: str
    commission_bp: int


class ProjectGiven(Given):
    """The threshold is an amount of consumption, or a percentage of the budget."""

    ref: Ref
    client_ref: Ref
    name: Line
    initial_budget: Price
    threshold_amount: Price | None = None
    threshold_percent: Percent | None = None
    starts_on: Day
    recipients: tuple[Ref, ...] = Field((), max_length=50)

    model_config = examples(
        {
            "ref": "PR-01", "client_ref": "CL-01", "name": "Hygiène et sécurité 2026",
            "initial_budget": {"amount": "12000.00", "currency": "EUR"}, "threshold_percent": "80",
            "starts_on": "2026-01-05",
        }
    )  # fmt: skip

    def project(self) -> Project:
        """Raises BadInput."""
        return Project(
            self.ref, self.client_ref, self.name, self.initial_budget.money, self._threshold(),
            self.starts_on, self.recipients,
        )  # fmt: skip

    def _threshold(self) -> Money | Decimal:
        if (self.threshold_amount is None) == (self.threshold_percent is None):
            mend = "give threshold_amount or threshold_percent"
            raise BadInput(Mistake("threshold_percent", "not exactly one threshold", mend))
        return self.threshold_amount.money if self.threshold_amount else Decimal(self.threshold_percent or 0)


class ProjectShown(Shown):
    ref: str
    client_ref: str
    name: str
    initial_budget: Amount
    budget: Amount = Field(description="With what fund calls have added.")
    consumed: Amount
    left: Amount = Field(description="Negative when the budget is exceeded.")
    consumed_percent: str
    threshold_reached: bool
    starts_on: date
    closed_on: date | None
    recipients: list[str]
    process: str = Field(examples=["training.fund_call:PR-01"])


class TrainingGiven(Given):
    """``cost`` is before tax; ``vat_bp`` 2000 is 20 %."""

    title: Line
    provider: Line
    cost: Amount
    vat_bp: Whole = Field(0, ge=0, le=10_000)


class SessionGiven(Given):
    ref: Ref
    held_on: Day
    place: Line
    trainings: tuple[TrainingGiven, ...] = Field(min_length=1, max_length=100)

    model_config = examples(
        {
            "ref": "SE-01", "held_on": "2026-02-03", "place": "Lyon",
            "trainings": [
                {"title": "HACCP", "provider": "Formalim", "vat_bp": 2000,
                 "cost": {"amount": "1800.00", "currency": "EUR"}}
            ],
        }
    )  # fmt: skip

    def session(self) -> Session:
        """Raises BadInput."""
        lines = [
            Training(number, one.title, one.provider, one.cost.money, one.vat_bp)
            for number, one in enumerate(self.trainings, 1)
        ]
        return Session(self.ref, self.held_on, self.place, tuple(lines))


class SessionOf(SessionGiven):
    project_ref: Ref


class TrainingShown(TrainingGiven):
    number: int
    cancelled: bool


class SessionShown(Shown):
    ref: str
    project_ref: str
    held_on: date
    place: str
    cost: Amount
    trainings: list[TrainingShown]


Reads = Annotated[Reading, reads("training:read", own="project")]
ReadsClient = Annotated[Reading, reads("training:read", own="client")]
ReadsSession = Annotated[Reading, reads("training:read", own="session")]
Writes = Annotated[Command, writes("training:write")]


async def write_session(command: Command, given: SessionOf) -> Result:
    """What an event does as the route does."""
    await sessions.record_session(
        command.tx, command.tenant, given.project_ref, given.session(), command.now
    )  # fmt: skip
    known = await sessions.session_of(command.tx, command.tenant, given.ref)
    return Result("training.session.recorded", thing(given.project_ref), shown_session(known))


@router.post("/clients", status_code=201, response_model=ClientShown)
async def create_client(given: ClientGiven, command: Writes) -> Response:
    """SIREN and IBAN are checked; the contact answers fund calls."""
    known = command.parts.identifiers
    siren = known.siren(given.siren)
    iban = known.iban(given.iban) if given.iban else ""
    client = Client(**{**given.model_dump(), "siren": siren, "iban": iban})
    await check_opaque(command.tx, command.tenant, given.ref, given.contact_ref)
    await clients.create_client(command.tx, command.tenant, client)
    made = ClientShown(**vars(client))
    kept = {"siren": siren, "contact_ref": client.contact_ref}
    return await command.reply(
        Result("training.client.created", f"training.client:{given.ref}", made, after=kept), 201
    )


@router.get("/clients/{ref}")
async def read_client(ref: Ref, here: ReadsClient) -> ClientShown:
    """One client."""
    return ClientShown(**vars(await clients.client_of(here.tx, here.tenant, ref)))


@router.post("/projects", status_code=201, response_model=ProjectShown)
async def create_project(given: ProjectGiven, command: Writes) -> Response:
    """Its budget is watched from now on."""
    await projects.create_project(command.tx, command.tenant, given.project(), command.now)
    made = await _shown(command, given.ref)
    return await command.reply(Result("training.project.created", thing(given.ref), made), 201)


@router.post("/projects/{ref}/close", response_model=ProjectShown)
async def close_project(ref: Ref, command: Writes) -> Response:
    """The watch ends, an open fund call with it."""
    before = (await _shown(command, ref)).model_dump(mode="json")
    await projects.close_project(command.tx, command.tenant, ref, command.now)
    made = await _shown(command, ref)
    return await command.reply(Result("training.project.closed", thing(ref), made, before))


@router.get("/projects")
async def list_projects(
    here: Reads, client: str = "", open: bool | None = None, limit: Limit = 50, cursor: Cursor = ""
) -> Page[ProjectShown]:
    """In the order of their references."""
    filters = (client, open)
    (after,) = begin_after(cursor, filters)
    refs = await projects.project_refs(
        here.tx, here.tenant, after=after, limit=limit + 1, client_ref=client, is_open=open
    )
    rows = [await _shown(here, ref) for ref in refs]
    return page(rows, limit, lambda row: row, lambda row: (row.ref,), filters)


@router.get("/projects/{ref}")
async def read_project(ref: Ref, here: Reads) -> ProjectShown:
    """A project and how its budget stands."""
    return await _shown(here, ref)


@router.post("/projects/{ref}/sessions", status_code=201, response_model=SessionShown)
async def record_session(ref: Ref, given: SessionGiven, command: Writes) -> Response:
    """Its trainings consume the budget from now on."""
    given_for = SessionOf(**given.model_dump(), project_ref=ref)
    return await command.reply(await write_session(command, given_for), 201)


@router.get("/sessions/{ref}")
async def read_session(ref: Ref, here: ReadsSession) -> SessionShown:
    """One session with its trainings."""
    return shown_session(await sessions.session_of(here.tx, here.tenant, ref))


@router.post("/sessions/{ref}/trainings/{number}/cancel", response_model=SessionShown)
async def cancel_training(ref: Ref, number: int, given: ReasonGiven, command: Writes) -> Response:
    """Its cost goes back to the budget."""
    await sessions.cancel_training(command.tx, command.tenant, ref, number, given.reason, command.now)
    known = await sessions.session_of(command.tx, command.tenant, ref)
    before = {"training": number, "cancelled": False}
    return await command.reply(
        Result("training.training.cancelled", thing(known.project_ref), shown_session(known), before)
    )


async def _shown(here: Reading, ref: str) -> ProjectShown:
    known = await projects.project_of(here.tx, here.tenant, ref)
    return shown_project(known, await projects.position_of(here.tx, here.tenant, ref))


def shown_project(known: KnownProject, where: Position) -> ProjectShown:
    it = known.project
    return ProjectShown(
        ref=it.ref, client_ref=it.client_ref, name=it.name, initial_budget=Amount.of(it.initial_budget),
        budget=Amount.of(where.budget), consumed=Amount.of(where.consumed), left=Amount.of(where.left),
        consumed_percent=str(where.consumed_percent), threshold_reached=where.reached,
        starts_on=it.starts_on, closed_on=known.closed_on, recipients=list(it.recipients),
        process=thing(it.ref),
    )  # fmt: skip


def shown_session(known: KnownSession) -> SessionShown:
    it = known.session
    lines = [
        TrainingShown(
            number=one.number, title=one.title, provider=one.provider, cost=Amount.of(one.cost),
            vat_bp=one.vat_bp, cancelled=one.number in known.cancelled,
        )
        for one in it.trainings
    ]  # fmt: skip
    return SessionShown(
        ref=it.ref, project_ref=known.project_ref, held_on=it.held_on, place=it.place,
        cost=Amount.of(it.cost), trainings=lines,
    )  # fmt: skip


def thing(ref: str) -> str:
    return f"{projects.PROCESS}:{ref}"
