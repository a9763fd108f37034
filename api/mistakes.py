"""What a schema found wrong, told as field, problem and mend."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic_core import PydanticCustomError

from domain.errors import BadInput, Mistake

MENDS = {
    "missing": "add it",
    "extra_forbidden": "leave it out, or check its spelling",
    "enum": "use one of the values named",
    "literal_error": "use one of the values named",
    "string_type": "give a text",
    "int_type": "give a whole number, without quotes",
    "bool_type": "give true or false",
    "list_type": "give a list",
    "model_attributes_type": "give a JSON object, with Content-Type: application/json",
}
PLACES = ("body", "query", "path", "header")


def mistakes_of(found: Iterable[Mapping[str, Any]]) -> tuple[Mistake, ...]:
    """Out of pydantic's errors. What was given is not repeated: it may be private."""
    return tuple(Mistake(field_of(one["loc"]), _problem(one), _mend(one)) for one in found)


def as_schema_error(wrong: BadInput) -> PydanticCustomError:
    """A mistake that the domain found in one value, so that the schema reports it with all the others."""
    mistake = wrong.mistakes[0]
    return PydanticCustomError("domain", "{problem}", {"problem": mistake.problem, "mend": mistake.mend})


def field_of(place: Sequence[int | str]) -> str:
    inside = [str(part) for part in place if part not in PLACES[:1]] or ["body"]
    if inside[0] in PLACES[1:] and len(inside) > 1:
        inside = inside[1:]
    return ".".join(inside)


def _problem(one: Mapping[str, Any]) -> str:
    message = str(one["msg"])
    if one["type"] == "missing":
        return "it is missing"
    if one["type"] == "extra_forbidden":
        return "no such field is known here"
    return message.removeprefix("Value error, ")


def _mend(one: Mapping[str, Any]) -> str:
    given = (one.get("ctx") or {}).get("mend")
    return str(given) if given else MENDS.get(one["type"], "see the schema in /openapi.json")
