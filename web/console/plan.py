"""One plan: how far it is, what it is worth beside others, its rounds, what was left out and why."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from starlette.responses import Response

from api.commands import Reading
from api.maintenance import planning_overtaken, planning_plans, planning_views
from api.maintenance.planning_overtaken import OvertakingShown
from api.maintenance.planning_plans import AcceptGiven
from api.problems import Refused
from database.maintenance import acceptances, naming, plans, technicians
from database.maintenance.acceptances import Acceptance
from database.maintenance.plans import KnownPlan
from domain.errors import Conflict, NotFound
from domain.maintenance.planning import codec
from domain.maintenance.planning.comparison import Figures, rows
from domain.maintenance.planning.evaluation import Evaluation, Round
from domain.maintenance.planning.naming import Names
from domain.maintenance.planning.shown.drawing import drawn_of
from domain.maintenance.planning.shown.told import fault
from domain.money import Money
from web.console.acts import link_to, say
from web.console.layout import Deed, Detail, Entry, Grid, Heading, Lines, Number
from web.console.planning import clock, hours
from web.console.visit import BASE, Visit, goes_to
from web.planning.page import MapPage

OTHERS = ("naive", "previous")
FILES = ("map.html", "map.svg", "routes.geojson", "calendar.ics", "table.csv")


async def one(visit: Visit) -> Response:
    return await shown(visit)


async def shown(visit: Visit, refused: str = "", status: int = 200) -> Response:
    since: Sequence[OvertakingShown] = ()
    async with visit.database.tenant(visit.tenant.id) as tx:
        found = await plans.plan_of(tx, visit.tenant.id, visit.path("id"))
        accepted = (await acceptances.acceptances_of(tx, visit.tenant.id, [found.id])).get(found.id, [])
        told = _evaluation(found)
        seen = {*told.stops, *told.unplanned} if told else set()
        hands = await technicians.refs_of(tx, visit.tenant.id)
        names = await naming.names_of(tx, visit.tenant.id, hands, seen)
        may_accept = told is not None and not found.is_open and visit.may("planning:write")
        if told is not None and may_accept and not any(one.undone_at is None for one in accepted):
            overtaken = await acceptances.since(tx, visit.tenant.id, found, told)
            since = await planning_overtaken.shown(visit.command(tx), overtaken) if overtaken else ()
    answer = visit.page(
        "plan.html.j2", found=found, refused=refused, told=told,
        page=_detail(visit, found, told, accepted, names),
        rounds=_rounds(visit, found, told, names) if told else [], files=FILES, accepted=accepted,
        may_accept=may_accept, since=[visit.words.both(one.words.model_dump()) for one in since],
        concerned={who for one in since for who in one.technicians},
        anew=link_to("plan-rounds", first_on=str(found.wish.first_on), days=str(found.wish.days)),
    )  # fmt: skip
    answer.status_code = status
    return answer


def _evaluation(found: KnownPlan) -> Evaluation | None:
    if found.result is None:
        return None
    return codec.evaluation_of(found.result["evaluation"], found.wish.dates)


def _detail(
    visit: Visit, found: KnownPlan, told: Evaluation | None, accepted: Sequence[Acceptance], names: Names
) -> Detail:
    words, moments = visit.words, visit.moments
    first, last = found.wish.dates[0], found.wish.dates[-1]
    span = words("plan.title", first=moments.short(first), last=moments.written(last))
    return Detail(
        moments.written(first) if first == last else span,
        (words("plans.title"), f"{BASE}/plans"),
        [Entry(words(f"plans.state.{found.state}"), tone=_tone(found)), *_in_force(visit, accepted)],
        [Entry(words("plan.solver", solver=found.solver))] if found.solver else [],
        deeds=_deeds(visit, found, accepted) if visit.may("planning:write") else [],
        numbers=_numbers(visit, told) if told else [],
        main=_sections(visit, found, told, names) if told else [],
    )


def _tone(found: KnownPlan) -> str:
    return {"ready": "good", "failed": "late", "stopped": "off"}.get(found.state, "near")


def _in_force(visit: Visit, accepted: Sequence[Acceptance]) -> list[Entry]:
    if not accepted:
        return []
    latest = accepted[0]
    if latest.undone_at:
        return [Entry(visit.words("plan.undone", at=visit.moments.moment(latest.undone_at)), tone="off")]
    return [Entry(visit.words("plan.accepted", at=visit.moments.moment(latest.accepted_at)), tone="good")]


def _deeds(visit: Visit, found: KnownPlan, accepted: Sequence[Acceptance]) -> list[Deed]:
    if found.is_open:
        return [Deed(visit.words("plan.stop"), link_to("stop-plan", plan=found.id))]
    if any(one.undone_at is None for one in accepted):
        return [Deed(visit.words("plan.undo"), link_to("undo-plan", plan=found.id))]
    return []


def _numbers(visit: Visit, told: Evaluation) -> list[Number]:
    words = visit.words
    return [
        Number(words("plan.served"), visit.count(len(told.stops))),
        Number(words("plans.left"), visit.count(len(told.unplanned)), alarm=bool(told.unplanned)),
        Number(words("plan.km"), visit.count(round(told.metres / 1000))),
        Number(words("plan.hours"), hours(told.worked)),
        Number(words("plan.overtime"), hours(told.overtime), alarm=told.overtime > 0),
        Number(words("plan.cost"), visit.money(Money(visit.tenant.currency, told.cost.total))),
    ]


def _sections(visit: Visit, found: KnownPlan, told: Evaluation, names: Names) -> list[Grid | Lines]:
    return [
        *_changed(visit, found.result or {}),
        *_compared(visit, found.result or {}),
        *_broken(visit, told, names),
        *_left_out(visit, found.result or {}, told, names),
    ]


def _changed(visit: Visit, result: Mapping[str, Any]) -> list[Lines]:
    """Of a day that is planned anew: who has to be told, the gravest first."""
    if "changes" not in result:
        return []
    said = [Entry(visit.said(one["words"]), f"{BASE}/visits/{one['visit_ref']}") for one in result["changes"]]
    return [Lines("changes", visit.words("plan.changes"), said, none=visit.words("plan.changes.none"))]


def _compared(visit: Visit, result: Mapping[str, Any]) -> list[Grid]:
    """Beside planning by hand, and beside the rounds of before."""
    words, locale = visit.words, visit.words.locale
    known = {name: Figures(**value) for name, value in result.get("comparison", {}).items()}
    others = [name for name in OTHERS if name in known]
    if "plan" not in known or not others:
        return []
    heads = [Heading(""), Heading(words("plan.compared.this"), True)]
    for name in others:
        heads += [Heading(words(f"plan.compared.{name}"), True), Heading("", True)]
    compared = [rows(known["plan"], known[name], visit.tenant.currency) for name in others]
    lines = []
    for beside in zip(*compared, strict=True):
        line = [Entry(beside[0].label.to(locale)), Entry(beside[0].here.to(locale))]
        for row in beside:
            line += [Entry(row.there.to(locale)), Entry(row.change.to(locale))]
        lines.append(line)
    return [Grid("compared", words("plan.compared"), heads, lines)]


def _broken(visit: Visit, told: Evaluation, names: Names) -> list[Lines]:
    if not told.hard:
        return []
    said = [Entry(fault(one, names).to(visit.words.locale), tone="late") for one in told.hard]
    return [Lines("broken", visit.words("plan.broken"), said)]


def _left_out(visit: Visit, result: Mapping[str, Any], told: Evaluation, names: Names) -> list[Grid | Lines]:
    """Each with what keeps it out and the cheapest changes that would let it in; then what was mended."""
    words, why = visit.words, {one["visit"]: one for one in result.get("reasons", ())}

    def spoken(said: Any) -> str:
        return names.spoken(visit.said(said))

    heads = (Heading(words("visit.customer")), Heading(words("plan.why")), Heading(words("plan.if")))
    rows = [
        [
            Entry(names.line(ref), f"{BASE}/visits/{ref}"),
            Entry(" ".join(spoken(one) for one in why.get(ref, {}).get("reasons", ()))),
            Entry(" ".join(spoken(one["words"]) for one in why.get(ref, {}).get("relaxations", ()))),
        ]
        for ref in told.unplanned
    ]
    title, none = words("plan.unplanned"), words("plan.unplanned.none")
    troubles = [
        Entry(f"{spoken(one['problem'])} {spoken(one['mend'])}") for one in result.get("troubles", ())
    ]
    mended = [Lines("troubles", words("plan.troubles"), troubles)] if troubles else []
    return [Grid("unplanned", title, heads, rows, none=none, compact=False), *mended]


def _rounds(visit: Visit, found: KnownPlan, told: Evaluation, names: Names) -> list[dict[str, Any]]:
    days = found.wish.dates
    return [
        {
            "technician": one.technician, "name": names.technician(one.technician),
            "day": visit.moments.short(days[one.day]), "link": f"{BASE}/planning?view=day&on={days[one.day]}",
            "visits": len(one.stops), "leaves": clock(one.leaves), "returns": clock(one.returns),
            "paid": hours(one.paid), "overtime": one.overtime > 0,
            "km": visit.count(round(one.metres / 1000)),
            "stops": _stops(one, names),
        }
        for one in told.rounds if one.stops
    ]  # fmt: skip


def _stops(one: Round, names: Names) -> list[tuple[str, str, str]]:
    return [(clock(stop.begins), names.line(stop.visit), stop.visit) for stop in one.stops]


async def accept(visit: Visit) -> Response:
    """For the technicians whose boxes are ticked. What stands against it is told on the plan's page."""
    form = await visit.request.form()
    chosen = [str(one)[:64] for one in form.getlist("technician")]
    if not chosen:
        return await shown(visit, visit.words("plan.nobody_chosen"), 422)
    try:
        async with visit.database.tenant(visit.tenant.id) as tx:
            command = visit.command(tx)
            given = AcceptGiven(technicians=sorted(set(chosen)), despite_changes="despite" in form)
            await planning_plans.accept_plan(visit.path("id"), given, command)
    except (Conflict, NotFound) as refused:
        return await shown(visit, say(visit, str(refused)), 409)
    except Refused:  # what came in between stands on the page
        return await shown(visit, visit.words("plan.since.choose"), 409)
    return goes_to(f"/plans/{visit.path('id')}?done=accept-plan")


async def file(visit: Visit) -> Response:
    """The plan as a map, a picture, a calendar or a table."""
    name, id = visit.path("name"), visit.path("id")
    locale: Literal["fr", "en"] = "en" if visit.words.locale == "en" else "fr"
    async with visit.database.tenant(visit.tenant.id) as tx:
        here = visit.command(tx)
        try:
            match name:
                case "map.html":
                    return await _map(visit, here)
                case "map.svg":
                    return await planning_views.read_picture(id, here, None, locale)
                case "routes.geojson":
                    return await planning_views.read_routes(id, here)
                case "calendar.ics":
                    return await planning_views.read_calendar(id, here, None, locale)
                case "table.csv":
                    return await planning_views.read_table(id, here, locale)
        except Conflict as refused:
            return Response(say(visit, str(refused)), 409, media_type="text/plain; charset=utf-8")
    raise NotFound("file", name)


async def _map(visit: Visit, here: Reading) -> Response:
    """Framed by nobody, and with a policy of its own: it holds its style and its script."""
    found, names = await planning_views.drawn(here, visit.path("id"))
    page = MapPage(visit.desk.parts.api.templates)
    drawn = drawn_of(found.problem, found.evaluation, names, locale=visit.words.locale)
    text = await asyncio.to_thread(page.render, drawn)
    return Response(text, media_type="text/html; charset=utf-8", headers=page.headers)
