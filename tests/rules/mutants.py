"""Shipped books made wrong in ways whose end is known: refused, or the same book again."""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import Any

import yaml

from tests.rules.witness.answer import words

Path = tuple[Any, ...]
Make = Callable[[], Any]
NAMED = ("facts", "when", "given", "gives", "events", "expect")
WITH_IDS = ("rules", "bands", "steps", "patterns")
NO_CELLS = ["9..5", "1e999x", "2026-02-30", ">=", "5..4..3", "<>5", "« 5 »", "..", "not not 5", "[5", ""]
DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def written(book: Any, **style: Any) -> str:
    return str(yaml.dump(book, Dumper=DUMPER, allow_unicode=True, sort_keys=False, width=100, **style))


def nodes(thing: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    if path:
        yield path, thing
    pairs = thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ()
    for key, value in pairs:
        yield from nodes(value, (*path, key))


def changed(book: Any, path: Path, value: Any) -> Any:
    copy = json.loads(json.dumps(book))
    at = copy
    for key in path[:-1]:
        at = at[key]
    at[path[-1]] = value
    return copy


def without(book: Any, path: Path) -> Any:
    copy = json.loads(json.dumps(book))
    at = copy
    for key in path[:-1]:
        at = at[key]
    del at[path[-1]]
    return copy


def renamed(book: Any, path: Path, name: str) -> Any:
    at = book
    for key in path:
        at = at[key]
    return changed(without(book, path), (*path[:-1], name), at)


def wrong(book: Any) -> Iterator[tuple[str, Make]]:
    """Every one is refused. Examples of patterns are tried only where a rules engine is."""
    for path, value in nodes(book):
        if book["policy"] == "pattern" and path[0] == "examples":
            continue
        yield from wrong_type(book, path, value)
        if isinstance(path[-1], str) and not set(path[:-1]) & set(NAMED):
            yield f"key {path}", partial(renamed, book, path, f"{path[-1]}x")
        if isinstance(value, str):
            yield from wrong_word(book, path, value)
    yield from wrong_rows(book)


def wrong_type(book: Any, path: Path, value: Any) -> Iterator[tuple[str, Make]]:
    if isinstance(value, str):
        yield f"table at {path}", partial(changed, book, path, {"unheard_of": "x"})
        yield f"nothing at {path}", partial(changed, book, path, "")
    elif isinstance(value, dict):
        yield f"word at {path}", partial(changed, book, path, "unheard_of")
        yield f"words at {path}", partial(changed, book, path, ["unheard_of"])


def wrong_word(book: Any, path: Path, value: str) -> Iterator[tuple[str, Make]]:
    above = path[-2] if len(path) > 1 else ""
    if above == "when":
        for one in NO_CELLS:
            yield f"cell {path}", partial(changed, book, path, one)
        yield f"fact {path}", partial(renamed, book, path, "unheard_of")
    elif above == "given":
        yield f"value {path}", partial(changed, book, path, "2026-02-30")
    elif path[-1] in ("type", "template", "team", "policy", "currency", "mode", "shift", "ends", "use"):
        yield f"word {path}", partial(changed, book, path, value + "x")
    elif path[-1] in ("hour", "at", "every", "within", "days", "clamp", "start", "times"):
        for one in ("soon", "-", "1e3", "99999d", "24:60"):
            yield f"number {path}", partial(changed, book, path, one)
    elif path[-1] in ("id", "outcome", "to", "measure", "anchor", "key_by") and "expect" not in path:
        for one in ("Not A Word", "a:b", "é", "a" * 41, "x\ny"):
            yield f"name {path}", partial(changed, book, path, one)
    elif path[-2:] in (("expect", "outcome"), ("expect", "stage"), ("expect", "closes"), ("expect", "held")):
        yield f"expected {path}", partial(changed, book, path, "something_else")


def wrong_rows(book: Any) -> Iterator[tuple[str, Make]]:
    """A row twice, or a row less where there must be no gap."""
    for path, value in nodes(book):
        if path[-1] in WITH_IDS and isinstance(value, list) and path[0] != "examples":
            for number, row in enumerate(value):
                if "id" in row:
                    yield f"twice {path} {number}", partial(changed, book, path, [*value, row])
    if book["policy"] == "scorecard":
        for number in range(len(book["bands"])):
            yield f"band {number}", partial(without, book, ("bands", number))
    if book["policy"] == "grid" and "otherwise" not in book:
        for number, row in enumerate(book["rows"]):
            yield f"row {number}", partial(without, book, ("rows", number))
            yield f"row {number} twice", partial(changed, book, ("rows",), [*book["rows"], row])
    if book["policy"] == "stages":
        for number in range(1, len(book["stages"])):
            yield f"stage {number}", partial(without, book, ("stages", number))
    if book["policy"] != "pattern":
        yield "no examples", partial(changed, book, ("examples",), [])


def wrong_texts(text: str, random: Random) -> Iterator[tuple[str, str]]:
    """Of the lines as they are written. A line with a key is one that ends a table's key."""
    lines = text.split("\n")
    keys = [number for number, line in enumerate(lines) if line and line[0].isalpha()]
    for number in keys:
        yield f"line {number} twice", "\n".join([*lines, lines[number].split(":")[0] + ": x"])
    full = [number for number, line in enumerate(lines) if re.match(r" *[a-z_]+: \w", line)]
    for number in random.sample(full, min(12, len(full))):
        key, value = lines[number].split(": ", 1)
        for what, put in (
            ("a bell", f"\a{value}"), ("a turn", f"\u202e{value}"), ("a half", f"\ud83d{value}"),
            ("an anchor", f"&a {value}"), ("a tag", f"!x {value}"), ("an alias", "*a"),
            ("a key in a key", f"b: {value}"), ("an open list", f"[{value}"),
        ):  # fmt: skip
            yield (
                f"{what} in line {number}",
                "\n".join([*lines[:number], f"{key}: {put}", *lines[number + 1 :]]),
            )


def same(text: str, random: Random) -> Iterator[tuple[str, str]]:
    """Every one is the same book, and has its revision."""
    book = words(text)
    yield "in blocks", written(book, default_flow_style=False)
    yield "in braces", written(book, default_flow_style=True)
    yield "in quotes", written(book, default_style='"')
    yield "as JSON", json.dumps(book, ensure_ascii=False)
    yield "as ASCII JSON", json.dumps(book)
    yield "indented JSON", json.dumps(book, ensure_ascii=False, indent=3)
    yield "for Windows", text.replace("\n", "\r\n")
    yield "with a mark", "\ufeff" + text
    yield "closed", f"---\n{text}\n...\n"
    lines = text.split("\n")
    for _ in range(4):
        number = random.choice([n for n, line in enumerate(lines) if line and line[0].isalpha()])
        yield "with a comment", "\n".join([*lines[:number], "  # « commentaire »", "", *lines[number:]])
    yield (
        "with comments at the ends",
        "\n".join(f"{line} # x" if line.endswith("}") else line for line in lines),
    )


def other(text: str, random: Random) -> Iterator[tuple[str, str]]:
    """Every one is a valid book, and another revision."""
    book = words(text)
    yield "another version", written({**book, "version": "2000"})
    yield "in another order", written(dict(random.sample(list(book.items()), len(book))))
    yield "retold", written(changed(book, ("title", "fr"), "Un autre titre"))
    facts = book.get("facts", {})
    for name, fact in facts.items():
        yield (
            f"{name} by another label",
            written(changed(book, ("facts", name, "label"), {"fr": "autre", "en": "other"})),
        )
        if "use" not in fact:
            yield f"{name} used by rules", written(changed(book, ("facts", name, "use"), "rules"))
    for path, value in nodes(book):
        if path[-1] in ("send", "alert", "act") and not isinstance(value, list):
            yield f"{path} in a list", written(changed(book, path, [value]))
        elif path[-2:-1] == ("why",) and path[0] != "examples":
            yield f"{path} retold", written(changed(book, path, f"{value} Vraiment."))
