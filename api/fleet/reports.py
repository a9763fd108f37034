"""Reports of profitability: asked for now or by subscription, followed, fetched."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, Field

from api.commands import Command, Reading, Result, reads, writes
from api.downloads import download
from api.fields import Amount, Day, Given, Ref, Shown, examples, printable
from api.pages import Cursor, Limit, Page, begin_after, page, spoilt_cursor
from database.fleet import reports
from database.fleet.reports import Report, Subscription, Wish
from database.shared import audit
from database.shared.contacts import check_opaque, tenant_of
from database.shared.files import known_file
from domain.calendar import local_date
from domain.errors import Conflict
from domain.fleet.report import Format, Kind, Period, Rhythm
from domain.money import Money
from rules.asking import open_days

router = APIRouter(prefix="/v1/fleet/reports", tags=["Reports"])

KindName = Literal["fleet", "agency", "station", "bike", "investor"]
FormatName = Literal["pdf", "xlsx", "csv"]
RhythmName = Literal["weekly", "monthly", "two_monthly", "quarterly"]
State = Literal["awaited", "made", "failed", "dropped"]


class WishGiven(Given):
    report: KindName = Field(description="Of the whole fleet, or by agency, station, bike, investor.")
    subject: Ref | Literal[""] = Field("", description="One of them; empty: all.")
    formats: list[FormatName] = Field(["pdf"], min_length=1, max_length=3)
    locale: Literal["fr", "en"] = "fr"
    recipients: list[Ref] = Field([], max_length=50, description="Contacts who get a link to each file.")

    @property
    def wish(self) -> Wish:
        formats = tuple(dict.fromkeys(Format(one) for one in self.formats))
        return Wish(
            Kind(self.report), self.subject, formats, self.locale, tuple(dict.fromkeys(self.recipients))
        )


class ReportGiven(WishGiven):
    """Days are local, both included."""

    begins_on: Day
    ends_on: Day

    model_config = examples(
        {"report": "station", "begins_on": "2026-01-01", "ends_on": "2026-03-31", "formats": ["pdf", "xlsx"]}
    )


class SubscriptionGiven(WishGiven):
    ref: Ref
    rhythm: RhythmName

    model_config = examples(
        {"ref": "direction", "report": "fleet", "rhythm": "monthly", "formats": ["pdf", "xlsx"]}
    )


class FiguresShown(Shown):
    """Totals of the period."""

    revenue: Amount
    costs: Amount
    shares: Amount
    margin: Amount


class ReportShown(Shown):
    """``figures`` are there when it is made; its files are fetched by format."""

    ref: str
    report: KindName
    subject: str
    begins_on: date
    ends_on: date
    due_on: date
    formats: list[FormatName]
    locale: Literal["fr", "en"]
    recipients: list[str]
    subscription: str = Field(description="Empty: asked for once.")
    state: State
    problem: str = Field(description="Why it could not be made.")
    figures: FiguresShown | None
    asked_by: str
    asked_at: datetime
    made_at: datetime | None


class SubscriptionShown(Shown):
    ref: str
    report: KindName
    subject: str
    rhythm: RhythmName
    formats: list[FormatName]
    locale: Literal["fr", "en"]
    recipients: list[str]
    created_by: str
    created_at: datetime
    ended_at: datetime | None


Reads = Annotated[Reading, reads("reports:read")]
Writes = Annotated[Command, writes("reports:write")]


@router.post("", status_code=202, response_model=ReportShown)
async def ask_report(given: ReportGiven, command: Writes) -> Response:
    """It is made by itself; ask for it again to see whether it is there."""
    return await command.answer(shown(await asked(command, given)), 202)


@router.get("")
async def list_reports(
    here: Reads, report: KindName | Literal[""] = "", state: State | Literal[""] = "",
    subscription: Annotated[str, Query(max_length=64), AfterValidator(printable)] = "",
    limit: Limit = 50, cursor: Cursor = "",
) -> Page[ReportShown]:  # fmt: skip
    """The latest day first."""
    filters = (report, state, subscription)
    day, ref = begin_after(cursor, filters, width=2)
    found = await reports.reports_of(
        here.tx, here.tenant, subscription=subscription, kind=report, state=state,
        before=(_day(day), ref) if day else None, limit=limit + 1,
    )  # fmt: skip
    return page(found, limit, shown, lambda one: (one.due_on.isoformat(), one.ref), filters)


@router.get("/subscriptions")
async def list_subscriptions(here: Reads, limit: Limit = 50, cursor: Cursor = "") -> Page[SubscriptionShown]:
    """In the order of their references; those that have ended too."""
    (after,) = begin_after(cursor)
    found = await reports.subscriptions_of(here.tx, here.tenant, after, limit + 1)
    return page(found, limit, subscribed, lambda one: (one.ref,))


@router.post("/subscriptions", status_code=201, response_model=SubscriptionShown)
async def subscribe_report(given: SubscriptionGiven, command: Writes) -> Response:
    """From the present period on; each report is made on the first business day after its period."""
    await check_opaque(command.tx, command.tenant, given.ref)
    country = (await tenant_of(command.tx, command.tenant)).country
    made = await reports.subscribe(
        command.tx, command.tenant, given.ref, given.wish, Rhythm(given.rhythm), command.actor.who,
        command.now, await _today(command), open_days(country, command.parts.holidays),
    )  # fmt: skip
    told = Result("fleet.report.subscribed", f"fleet.report:{made.ref}", subscribed(made))
    return await command.reply(told, 201)


@router.post("/subscriptions/{ref}/end", response_model=SubscriptionShown)
async def end_report_subscription(ref: Ref, command: Writes) -> Response:
    """The report that is awaited is dropped; those that were made stay."""
    made = await reports.end_subscription(
        command.tx, command.tenant, ref, command.actor.who, command.now
    )  # fmt: skip
    told = Result("fleet.report.unsubscribed", f"fleet.report:{ref}", subscribed(made))
    return await command.reply(told)


@router.get("/{ref}")
async def read_report(ref: Ref, here: Reads) -> ReportShown:
    """Where it stands, and its totals."""
    return shown(await reports.report_of(here.tx, here.tenant, ref))


@router.get(
    "/{ref}/files/{format}",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {}}, "description": "The file, to be saved."}},
)
async def read_report_file(ref: Ref, format: FormatName, here: Reads) -> Response:
    """One of its files; each download is a line of the trail. 409 until it is made."""
    found = await reports.report_of(here.tx, here.tenant, ref)
    file_id = await reports.file_of(here.tx, here.tenant, ref, format)
    if not file_id:
        raise Conflict(f"the report {ref} has no file {format}: it is {found.state}")
    known = await known_file(here.tx, here.tenant, file_id)
    content = await here.parts.files.read(here.tx, here.tenant, file_id)
    await audit.write(here.tx, here.tenant, here.actor, "file.downloaded", f"file:{file_id}")
    return download(known.name, known.media_type, content)


async def asked(command: Command, given: ReportGiven) -> Report:
    """With its line of the trail."""
    period = Period(given.begins_on, given.ends_on)
    made = await reports.order(
        command.tx, command.tenant, given.wish, period, command.actor.who, command.now, await _today(command)
    )
    await command.record(Result("fleet.report.asked", f"fleet.report:{made.ref}", shown(made)))
    return made


async def _today(here: Reading) -> date:
    return local_date(here.now, (await tenant_of(here.tx, here.tenant)).zone)


def _day(text: str) -> date:
    """Raises BadInput."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise spoilt_cursor() from None


def _wished(wish: Wish) -> dict[str, Any]:
    return {
        "report": wish.kind.value, "subject": wish.subject, "formats": [one.value for one in wish.formats],
        "locale": wish.locale, "recipients": list(wish.recipients),
    }  # fmt: skip


def shown(found: Report) -> ReportShown:
    figures = None
    if found.figures:
        told = dict(found.figures)
        currency = told.pop("currency")
        figures = {name: Amount.of(Money(currency, minor)) for name, minor in told.items()}
    return ReportShown.model_validate(
        {
            **_wished(found.wish), "ref": found.ref, "begins_on": found.period.begins_on,
            "ends_on": found.period.ends_on, "due_on": found.due_on, "subscription": found.subscription,
            "state": found.state, "problem": found.problem, "figures": figures, "asked_by": found.asked_by,
            "asked_at": found.asked_at, "made_at": found.made_at,
        }
    )  # fmt: skip


def subscribed(found: Subscription) -> SubscriptionShown:
    return SubscriptionShown.model_validate(
        {
            **_wished(found.wish), "ref": found.ref, "rhythm": found.rhythm.value,
            "created_by": found.created_by, "created_at": found.created_at, "ended_at": found.ended_at,
        }
    )  # fmt: skip
