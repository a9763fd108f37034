"""The names that a planning file may give beside what is planned: for people, not for solvers."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.errors import BadInput, Mistake
from domain.maintenance.planning.naming import Called, Names
from domain.maintenance.planning.values.given import CONTROL, LONGEST

WHO, WHAT, WHERE = "customer", "work", "address"
ZONE = "Europe/Paris"


def names_in(value: Any) -> tuple[Any, Names]:
    """The problem without them, and the names. What is no problem at all stays as it is.

    Raises BadInput.
    """
    if not isinstance(value, Mapping):
        return value, Names()
    mistakes: list[Mistake] = []
    rest = dict(value)
    title, zone = (_taken(rest, name, "", mistakes) for name in ("title", "time_zone"))
    technicians, visits = _each(rest, "technicians"), _each(rest, "visits")
    hands = {str(one.get("id")): _taken(one, "name", at, mistakes) for at, one in technicians}
    called = {
        str(one.get("id")): Called(*(_taken(one, name, at, mistakes) for name in (WHO, WHAT, WHERE)))
        for at, one in visits
    }
    if mistakes:
        raise BadInput(*mistakes)
    return rest, Names(title, hands, called, zone or ZONE)


def with_names(value: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """A problem's JSON with the names in it."""
    technicians = [{**one, **_given(name=names.technicians.get(one["id"]))} for one in value["technicians"]]
    visits = [
        {**one, **_given(**{WHO: called.who, WHAT: called.what, WHERE: called.address})}
        for one in value["visits"] for called in [names.visit(one["id"])]
    ]  # fmt: skip
    zone = names.zone if names.zone != ZONE else None
    return {
        **_given(title=names.title, time_zone=zone),
        **value,
        "technicians": technicians,
        "visits": visits,
    }


def _given(**told: str | None) -> dict[str, str]:
    return {name: value for name, value in told.items() if value}


def _each(rest: dict[str, Any], name: str) -> Sequence[tuple[str, dict[str, Any]]]:
    """The objects of a list with their places; they are copies, so that names can be taken out."""
    listed = rest.get(name)
    if not isinstance(listed, list):
        return []
    rest[name] = [dict(one) if isinstance(one, Mapping) else one for one in listed]
    return [(f"{name}[{place}].", one) for place, one in enumerate(rest[name]) if isinstance(one, dict)]


def _taken(value: dict[str, Any], name: str, at: str, mistakes: list[Mistake]) -> str:
    found = value.pop(name, None)
    if found is None:
        return ""
    if not isinstance(found, str) or len(found) > LONGEST or CONTROL.search(found):
        mistakes.append(Mistake(f"{at}{name}", f"it is no text of 1 to {LONGEST} signs", "give one"))
        return ""
    return found.strip()
