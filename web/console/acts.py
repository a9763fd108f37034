"""Acts: a form on a page of its own, and the command that it carries out as the API does, with its trail.

A form is filled from the address, so that a page can lead to it with what it knows. What is refused comes
back with the reason beside its field and everything as it was typed.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData, UploadFile
from starlette.responses import Response
from starlette.routing import Route

from api.commands import Command
from api.mistakes import mistakes_of
from domain.calendar import at_local
from domain.decision import Bilingual
from domain.errors import BadInput, DomainError, Mistake
from web.console.mistakes import french
from web.console.routes import form, page
from web.console.told import DONE
from web.console.visit import BASE, Visit, goes_to

LONGEST = 2000
NOTHING = Bilingual("", "")
Values = Mapping[str, Any]


@dataclass(frozen=True)
class Field:
    """``kind``: text, ref, money, number, date, moment, choice, several (of the choices), list (of
    references, with commas between), area, check, hidden, file. ``places`` are the names that the
    command's own schema has for it; ``sample`` is where an empty file to be filled is fetched.
    """

    name: str
    label: Bilingual
    kind: str = "text"
    required: bool = True
    choices: Mapping[str, Bilingual] = field(default_factory=dict)
    hint: Bilingual = NOTHING
    initial: str = ""
    places: tuple[str, ...] = ()
    sample: str = ""


Facts = Callable[[Visit, AsyncConnection, Values], Awaitable[Sequence[tuple[Bilingual, str]]]]
Fill = Callable[[Visit, AsyncConnection, Values], Awaitable[Values]]


@dataclass(frozen=True)
class Act:
    """``do`` gives the page that follows. ``facts`` is what one should have before one's eyes; ``fill`` what
    a form begins with beyond the address. ``follows`` says what will happen.
    """

    name: str
    title: Bilingual
    submit: Bilingual
    done: Bilingual
    permission: str
    fields: tuple[Field, ...]
    do: Callable[[Command, Values], Awaitable[str]]
    follows: Bilingual = NOTHING
    facts: Facts | None = None
    fill: Fill | None = None
    grave: bool = False
    fresh: bool = False


@dataclass(frozen=True)
class Wrong:
    """What is said beside a field, or above the form when ``name`` is empty."""

    name: str
    text: str


def routes_of(acts: Sequence[Act]) -> list[Route]:
    made = []
    for act in acts:
        DONE[act.name] = act.done
        made.append(page(f"/do/{act.name}", _shower(act), act.permission))
        made.append(form(f"/do/{act.name}", _doer(act), act.permission, act.fresh))
    return made


def link_to(act: str, **values: str) -> str:
    return f"{BASE}/do/{act}" + (f"?{urlencode(values)}" if values else "")


def _shower(act: Act) -> Callable[[Visit], Awaitable[Response]]:
    async def show(visit: Visit) -> Response:
        given = {one.name: visit.asked(one.name) or _initial(visit, one) for one in act.fields}
        async with visit.database.tenant(visit.tenant.id) as tx:
            if act.fill:
                given |= {k: v for k, v in (await act.fill(visit, tx, given)).items() if not visit.asked(k)}
        return await _page(visit, act, given, [])

    return show


def _doer(act: Act) -> Callable[[Visit], Awaitable[Response]]:
    async def do(visit: Visit) -> Response:
        typed = typed_in(act, await visit.request.form())
        wrong = missing(visit, act, typed)
        if wrong:
            return await _page(visit, act, typed, wrong, 422)
        try:
            return goes_to(await _carried_out(visit, act, typed))
        except ValidationError as refused:
            said = mistakes_of([dict(one) for one in refused.errors()])
            return await _page(visit, act, typed, _beside(visit, act, said), 422)
        except BadInput as refused:
            return await _page(visit, act, typed, _beside(visit, act, refused.mistakes), 422)
        except DomainError as refused:
            return await _page(visit, act, typed, [Wrong("", say(visit, str(refused)))], 409)

    return do


async def _carried_out(visit: Visit, act: Act, typed: Values) -> str:
    """In one transaction, like a request of the API; the page that follows."""
    values = {one.name: _read(visit, one, typed[one.name]) for one in act.fields}
    async with visit.database.tenant(visit.tenant.id) as tx:
        command = visit.command(tx)
        onward = await act.do(command, values)
        if not command.audited:
            raise RuntimeError(f"the act {act.name} ended without an audit row")
    return f"{onward}{'&' if '?' in onward else '?'}{urlencode({'done': act.name})}"


def typed_in(act: Act, given: FormData) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in act.fields:
        value = given.get(one.name, "")
        if one.kind == "several":
            found[one.name] = [str(each) for each in given.getlist(one.name) if str(each) in one.choices]
        elif isinstance(value, UploadFile):
            found[one.name] = value if one.kind == "file" and value.filename else ""
        else:
            found[one.name] = value.replace("\x00", "").strip()[:LONGEST]
    return found


def missing(visit: Visit, act: Act, typed: Values) -> list[Wrong]:
    return [
        Wrong(one.name, visit.words("act.missing"))
        for one in act.fields
        if one.required and one.kind != "check" and not typed[one.name]
    ]


def _read(visit: Visit, one: Field, text: Any) -> Any:
    """As a command takes it. Raises BadInput."""
    match one.kind:
        case "money" if text:
            bare = "".join(text.split()).replace("\u202f", "").replace(",", ".")
            return {"amount": bare, "currency": visit.tenant.currency}
        case "moment" if text:
            return _moment(visit, one, text)
        case "number" if text:
            return _number(one, text)
        case "check":
            return text == "yes"
        case "list":
            return [part for part in text.replace(",", " ").split() if part]
    return text


def _number(one: Field, text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise BadInput(Mistake(one.name, "not a number", "write digits alone"))
    return int(text)


def _moment(visit: Visit, one: Field, text: str) -> str:
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(Mistake(one.name, "not a date with a time", "pick it in the calendar")) from None
    if wall.tzinfo is not None or not 1900 <= wall.year <= 2199:
        raise BadInput(Mistake(one.name, "not a date with a time", "pick it in the calendar"))
    return at_local(wall.date(), wall.time(), visit.tenant.zone).isoformat()


def _initial(visit: Visit, one: Field) -> str:
    if one.initial == "today":
        return visit.moments.today.isoformat()
    if one.initial == "now":
        return visit.moments.wall(visit.moments.now)
    return one.initial


def _beside(visit: Visit, act: Act, said: Sequence[Mistake]) -> list[Wrong]:
    return [Wrong(_place(act, one.field), say(visit, one.problem, one.mend)) for one in said]


def _place(act: Act, name: str) -> str:
    """The field of the form that a mistake is about; ``amount.amount`` is ``amount``."""
    found = [
        (len(place), one.name)
        for one in act.fields for place in (one.name, *one.places)
        if name == place or name.startswith(f"{place}.")
    ]  # fmt: skip
    return max(found, key=lambda one: one[0], default=(0, ""))[1]


def say(visit: Visit, problem: str, mend: str = "") -> str:
    """A sentence in the reader's language, as far as it is known there."""
    told = [french(one) if visit.words.locale == "fr" else one for one in (problem, mend) if one]
    text = " : ".join(told) if visit.words.locale == "fr" else "; ".join(told)
    return visit.words.spaced(text[:1].upper() + text[1:] + ("" if text.endswith(".") else "."))


async def _page(visit: Visit, act: Act, given: Values, wrong: list[Wrong], status: int = 200) -> Response:
    facts: Sequence[tuple[Bilingual, str]] = []
    if act.facts:
        async with visit.database.tenant(visit.tenant.id) as tx:
            facts = await act.facts(visit, tx, given)
    said: dict[str, str] = {}
    for one in wrong:
        said[one.name] = f"{said[one.name]} {one.text}" if one.name in said else one.text
    answer = visit.page("act.html.j2", act=act, values=given, facts=facts, wrong=said, back=visit.came_from())
    answer.status_code = status
    return answer


def shown_by(answer: Response) -> dict[str, Any]:
    """What the API answers to its own callers."""
    told: dict[str, Any] = json.loads(bytes(answer.body))
    return told


def named(act: Act, **changes: Any) -> Act:
    return replace(act, **changes)


def day_of(value: Any) -> date:
    """Raises BadInput."""
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadInput(Mistake("day", "not a date", "write it as YYYY-MM-DD")) from None
