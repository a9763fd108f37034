"""The small parts of the editors' schema: scalars as the language takes them, lists, tables.

A book is read as words only; an editor sees `45.00` as a number and `true` as a boolean. Both are right.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rules.editor_words import described
from rules.reading import DAYS as DAYS_FROM
from rules.reading import HOUR, WORD

Part = dict[str, Any]

VALUE: Part = {"type": ["string", "number", "boolean"]}
TEXT: Part = {"type": ["string", "number", "boolean"], "minLength": 1}
LIMIT = r"(?:today(?:\s*[+-]\s*\d{1,4}d)?|\d{4}-\d\d-\d\d|[+-]?\d{1,15}(?:[.,]\d{1,6})?)"
CELLS = (
    rf"(?:not\s+)?(?:(?:>=|<=|>|<|=)\s*{LIMIT}|>?\s*{LIMIT}?\s*\.\.\s*<?\s*{LIMIT}?|{LIMIT}|{WORD.pattern})"
)


def whole(expression: str) -> str:
    """A pattern of JSON Schema finds; the readers' match from end to end."""
    return rf"^\s*(?:{expression})\s*$"


def pattern(expression: "re.Pattern[str] | str", *examples: str) -> Part:
    text = expression if isinstance(expression, str) else expression.pattern
    part: Part = {"type": "string", "pattern": whole(text)}
    return part | ({"examples": list(examples)} if examples else {})


WORD_TEXT = pattern(WORD)
PLAIN_CELL: Part = {
    "anyOf": [{"type": ["number", "boolean"]}, pattern(CELLS)],
    "examples": [
        ">= 5",
        "5..9",
        "45..",
        "..9",
        "5..<9",
        "not none",
        "none",
        "any",
        ">= today+3d",
        True,
        False,
    ],
}
CELL: Part = {"anyOf": [PLAIN_CELL, {"type": "array", "items": PLAIN_CELL}]}


def choice(words: Sequence[str]) -> Part:
    """One of these; any word where none are known."""
    return {"enum": sorted(words)} if words else dict(TEXT)


def flag() -> Part:
    return {"enum": [True, False, "true", "false"]}


def days(*examples: str) -> Part:
    return pattern(DAYS_FROM, *examples)


def hour() -> Part:
    return pattern(HOUR, "09:00")


def number(least: int, most: int) -> Part:
    return {"type": ["integer", "string"], "minimum": least, "maximum": most, "pattern": whole(r"\d{1,9}")}


def ref(name: str) -> Part:
    return {"$ref": f"#/definitions/{name}"}


def many(part: Part) -> Part:
    """One or a list: a single one counts as a list of one."""
    return {"anyOf": [part, {"type": "array", "items": part}]}


def listed(name: str, least: int = 0) -> Part:
    """A list of tables; a single table counts as a list of one."""
    return {
        "type": ["array", "object"], "items": ref(name), "minItems": least,
        "if": {"type": "object"}, "then": ref(name),
    }  # fmt: skip


def names(part: Part, least: int = 0) -> Part:
    """Names that the author chooses, and what they are."""
    return {
        "type": "object", "propertyNames": {"pattern": whole(WORD.pattern)}, "additionalProperties": part,
        "minProperties": least,
    }  # fmt: skip


def table(required: Sequence[str], optional: Sequence[str], shapes: Mapping[str, Part]) -> Part:
    """A table whose keys are all known, as the reader wants it."""
    properties = {key: documented(key, shapes[key]) for key in (*required, *optional)}
    return {
        "type": "object", "required": list(required), "properties": properties, "additionalProperties": False,
    }  # fmt: skip


def documented(key: str, part: Part) -> Part:
    """Draft 7 ignores what stands beside a reference."""
    return {**described(key), **({"allOf": [part]} if "$ref" in part else part)}
