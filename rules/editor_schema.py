"""A JSON Schema of the books, from which editors complete and check while an author types.

Draft 7 is the newest draft that the common editors know whole: the YAML language server behind VS Code and
vim, and JetBrains. The keys are the readers' own, the words those of the vocabulary. What needs the whole
book (declared facts, gaps, hidden rows, examples) is for `echeance rules check`.
"""

import json
from collections.abc import Sequence

from domain.money import DIGITS
from rules.editor_parts import (
    CELL,
    TEXT,
    VALUE,
    WORD_TEXT,
    Part,
    choice,
    days,
    documented,
    flag,
    hour,
    listed,
    many,
    names,
    number,
    pattern,
    ref,
    table,
)
from rules.editor_words import KIND_WORDS, described
from rules.examples import EXPECTED, MOMENT
from rules.facts import TYPES, USES
from rules.ladder import ENDS, SHIFTS
from rules.ladder import STEP_KEYS as LADDER_STEP_KEYS
from rules.pattern_reading import COUNT_KEYS, SEQUENCE_KEYS
from rules.pattern_reading import EFFECTS as PATTERN_EFFECTS
from rules.reading import Vocabulary
from rules.schema import HEAD, HEAD_OPTIONAL, KINDS
from rules.scorecard import BAND_KEYS, RULE_KEYS, WHOLE
from rules.scorecard import RANGE as POINTS
from rules.stage_reading import RANGE as DAYS
from rules.stage_reading import STEP_KEYS
from rules.steps import CHANNELS
from rules.thresholds import MODES, ROW_KEYS, ROW_OPTIONAL

DRAFT = "http://json-schema.org/draft-07/schema#"
POINTS_TEXT: Part = {"anyOf": [{"type": "integer"}, pattern(POINTS, "-15", "80..100")]}
WHOLE_TEXT: Part = {"anyOf": [{"type": "integer"}, pattern(WHOLE)]}
NEXT = pattern(r"none|\d{4}-\d\d-\d\d \d\d:\d\d", "none")
DAY_RANGE: Part = {"anyOf": [{"type": "integer", "minimum": 0}, pattern(DAYS, "4..7", "30..")]}


def editor_schema(vocabulary: Vocabulary) -> Part:
    """One schema for every kind of book: `policy` says which table follows."""
    return {
        "$schema": DRAFT,
        "title": "Livre de règles d’Échéance",
        "description": "Livre de règles : une table, pas du code.\n\nRule book: a table, not code.",
        "type": "object",
        "required": ["policy"],
        "properties": {
            "policy": documented("policy", {"enum": list(KINDS)}),
            **{key: {**described(key)} for key in (*HEAD[1:], *HEAD_OPTIONAL)},
        },
        "allOf": [
            {"if": {"properties": {"policy": {"const": kind}}, "required": ["policy"]}, "then": ref(kind)}
            for kind in KINDS
        ],
        "definitions": {**_common(vocabulary), **_tables(), **_kinds()},
    }


def editor_schema_text(vocabulary: Vocabulary) -> str:
    """The schema as it is kept in docs/schema/."""
    return json.dumps(editor_schema(vocabulary), ensure_ascii=False, indent=1) + "\n"


def _kinds() -> dict[str, Part]:
    made = {}
    for kind, (keys, optional, _) in KINDS.items():
        head = tuple(key for key in HEAD if key != "facts" or "events" not in keys)
        part = table((*head, *keys), (*HEAD_OPTIONAL, *optional), {**_shapes(), **_of_kind(kind)})
        made[kind] = {**described(kind, KIND_WORDS), **part}
    return made


def _of_kind(kind: str) -> dict[str, Part]:
    """What one key holds in the tables of one kind."""
    rules = {"scorecard": "points_rule", "thresholds": "row"}
    return {
        "rules": listed(rules.get(kind, "row")),
        "steps": listed(f"{kind}_step"),
        "otherwise": ref(f"{kind}_otherwise"),
    }


def _shapes() -> dict[str, Part]:
    """What a key holds wherever it means the same."""
    sentence, word = ref("sentence"), dict(WORD_TEXT)
    return {
        "policy": {"enum": list(KINDS)}, "name": dict(TEXT), "title": sentence, "version": dict(TEXT),
        "hour": hour(), "currency": choice(list(DIGITS)), "facts": names(ref("fact")),
        "examples": listed("example", 1), "start": WHOLE_TEXT, "clamp": POINTS_TEXT,
        "bands": listed("band", 1), "mode": choice(MODES), "anchor": word, "key_by": word,
        "gives": names(ref("given_type")),
        "columns": many(word), "rows": {"type": "array", "items": {"type": "array", "items": CELL}},
        "why": sentence, "measure": word, "stages": listed("stage", 1), "hold": listed("hold"),
        "minimum": ref("minimum"), "stops": listed("stop"), "ends": choice(ENDS),
        "events": names(sentence, 1), "patterns": listed("pattern_row", 1),
        "id": word, "when": ref("when"), "outcome": word, "send": listed("send"), "alert": listed("alert"),
        "act": ref("act"), "repeat": ref("repeat"), "always": flag(), "at": days("-30d", "0d", "+3d"),
        "shift": choice(SHIFTS), "points": POINTS_TEXT, "within": days("30d"), "label": sentence,
    }  # fmt: skip


def _common(vocabulary: Vocabulary) -> dict[str, Part]:
    """What books of several kinds are made of."""

    def known(words: frozenset[str]) -> Part:
        return dict(TEXT) if vocabulary.open else choice(sorted(words))

    word = dict(WORD_TEXT)
    sentence = table(("fr", "en"), (), {"fr": dict(TEXT), "en": dict(TEXT)})
    message = {
        "template": known(vocabulary.templates), "to": word, "channels": many({"enum": list(CHANNELS)}),
        "asked": flag(),
    }  # fmt: skip
    return {
        "sentence": sentence,
        "fact": _typed(("missing", "values", "use")),
        "given_type": _typed(("values",)),
        "when": names(CELL),
        "send": table(("template", "to", "channels"), ("asked",), message),
        "alert": table(("team", "title"), (), {"team": known(vocabulary.targets), "title": ref("sentence")}),
        "act": many(known(vocabulary.acts)),
        "repeat": table(("every", "times"), (), {"every": days("30d"), "times": number(1, 100)}),
        "example": _example(),
        "expect": _expected(),
    }


def _typed(optional: Sequence[str]) -> Part:
    """A fact, or a value given; an enum says its values."""
    shapes = {
        "type": choice(TYPES), "label": ref("sentence"), "missing": dict(VALUE), "use": choice(USES),
        "values": many(WORD_TEXT),
    }  # fmt: skip
    return table(("type", "label"), optional, shapes) | {
        "if": {"properties": {"type": {"const": "enum"}}, "required": ["type"]},
        "then": {"required": ["values"]},
    }


def _example() -> Part:
    shapes = {
        "given": names(VALUE), "expect": ref("expect"), "why": dict(TEXT), "on": pattern(MOMENT),
        "done": many(TEXT),
    }  # fmt: skip
    return table(("given", "expect", "why"), ("on", "done"), shapes)


def _expected() -> Part:
    word = dict(WORD_TEXT)
    shapes = {
        "outcome": word, "stage": word, "steps": many(TEXT), "next": NEXT, "closes": word, "held": flag(),
        "points": WHOLE_TEXT, "gives": names(VALUE),
    }  # fmt: skip
    return table((), EXPECTED, shapes)


def _tables() -> dict[str, Part]:
    """The rows of the tables, each with the keys of its reader."""
    shapes, word = _shapes(), dict(WORD_TEXT)
    given = {"gives": names(VALUE)}
    ending = {"outcome": word, "why": ref("sentence"), **given}
    events = {"count": many(word), "sequence": many(word), "without": many(word)}
    asked = {**shapes, **events, "at_least": number(1, 50), "after": days("14d")}
    return {
        "points_rule": table(RULE_KEYS, (), {**shapes, "points": WHOLE_TEXT}),
        "band": table(BAND_KEYS, (), shapes),
        "row": table(ROW_KEYS, ROW_OPTIONAL, {**shapes, **given, "closes": flag()}),
        "thresholds_otherwise": table(("outcome", "why"), ("gives",), ending),
        "grid_otherwise": table(("gives", "why"), (), ending),
        "pattern_otherwise": table(("outcome", "why"), (), ending),
        "stop": table(("when", "outcome", "why"), (), shapes),
        "hold": table(("when", "until", "why"), (), {**shapes, "until": word}),
        "minimum": table(("fact", "at_least", "why"), (), {**shapes, "fact": word, "at_least": dict(VALUE)}),
        "stage": table(
            ("id", "days", "why", "steps"), (), {**shapes, "days": DAY_RANGE, "steps": listed("stages_step")}
        ),
        "stages_step": table(("id",), STEP_KEYS, shapes),
        "ladder_step": table(("id", "at", "why"), LADDER_STEP_KEYS, {**shapes, "closes": word}),
        "pattern_row": {
            "if": {"required": ["sequence"], "not": {"required": ["count"]}},
            "then": ref("sequence_row"),
            "else": ref("count_row"),
        },
        "count_row": table(COUNT_KEYS, PATTERN_EFFECTS, asked),
        "sequence_row": table(SEQUENCE_KEYS, ("without", "after", *PATTERN_EFFECTS), asked),
    }
