"""Who may import what, where the clock may not be read, and what stands behind the fence.

The layers are held by .importlinter too; here is what it cannot say.
"""

import ast
import sys
from collections.abc import Iterator

import pytest

from tests.architecture.sources import BUSINESSES, LAYERS, ROOT, TOP, Source, imports, imports_of, sources

CLOCKS = {"now", "today", "utcnow", "localtime", "gmtime", "monotonic", "perf_counter", "time_ns"}
"""Attributes that read a clock, whatever they are called on."""

DICE_AND_DOORS = {
    "asyncio", "glob", "http", "io", "logging", "os", "pathlib", "random", "secrets", "shutil", "socket",
    "sqlite3", "subprocess", "tempfile", "threading", "time", "urllib.request",
    "uuid.getnode", "uuid.uuid1", "uuid.uuid4",
}  # fmt: skip
"""What domain/ may not import: chance, the clock, and every way out of the process."""

DOORS = {"open", "print", "input", "exec", "eval", "__import__"}


def impurities(source: Source) -> Iterator[str]:
    for one in imports_of(source):
        whole = {".".join(one.parts[:n]) for n in range(1, len(one.parts) + 1)}
        if whole & DICE_AND_DOORS:
            yield f"{source.path}:{one.line} imports {one.module}"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS | {"uuid1", "uuid4"}:
            yield f"{source.path}:{node.lineno} uses .{node.attr}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DOORS:
            yield f"{source.path}:{node.lineno} calls {node.func.id}"


def strangers(source: Source) -> Iterator[str]:
    """Imports of domain/ that are neither of domain/ nor of the standard library."""
    for one in imports_of(source):
        if one.parts[0] != "domain" and one.parts[0] not in sys.stdlib_module_names:
            yield f"{source.path}:{one.line} imports {one.module}"


def neighbours(source: Source) -> Iterator[str]:
    """Imports, in any layer, of another business than one's own."""
    others = set(BUSINESSES) - {source.business}
    for one in imports_of(source):
        if one.parts[0] in LAYERS and others & set(one.parts[1:]):
            yield f"{source.path}:{one.line} imports {one.module}"


def fences(source: Source) -> list[ast.With]:
    blocks = [node for node in ast.walk(source.tree) if isinstance(node, ast.With)]
    return [block for block in blocks if "imports_passed_through" in ast.unparse(block.items[0])]


def breaches(source: Source) -> Iterator[str]:
    """What is wrong with the fence of a workflow file."""
    found = fences(source)
    fenced = {one for block in found for one in imports(block, source.parts[:-1])}
    kit = source.parts[1] == "kit"
    if len(found) > 1 or (not found and not kit):
        yield f"{source.path} has {len(found)} fences"
    for one in sorted(fenced, key=lambda one: one.line):
        if one.parts[0] not in ("activities", "domain"):
            yield f"{source.path}:{one.line} has {one.module} behind the fence"
    for one in set(imports_of(source)) - fenced:
        if one.parts[0] in LAYERS and one.parts[:2] != ("workflows", "kit"):
            yield f"{source.path}:{one.line} has {one.module} outside the fence"


def modules(*layers: str) -> list[Source]:
    return [source for source in sources(*layers) if not source.path.endswith("__init__.py")]


def test_every_init_is_empty() -> None:
    inits = [path for layer in (*LAYERS, "tests") for path in (ROOT / layer).rglob("__init__.py")]
    assert [str(path.relative_to(ROOT)) for path in inits if path.stat().st_size] == []


def test_the_domain_knows_no_clock_no_chance_and_no_door() -> None:
    assert [found for source in modules("domain") for found in impurities(source)] == []


def test_the_domain_imports_the_standard_library_and_itself() -> None:
    assert [found for source in modules("domain") for found in strangers(source)] == []


def test_the_businesses_never_import_each_other() -> None:
    inside = [source for source in modules(*LAYERS) if source.business]
    assert [found for source in inside for found in neighbours(source)] == []


def test_nothing_inside_imports_the_composition_root() -> None:
    # Benches and the demonstration stand a whole platform up, from outside; commands are part of the root.
    house = set(LAYERS) - {"bench", "commands", "seeds"}
    found = [
        f"{source.path}:{one.line} imports {one.module}"
        for source in modules(*sorted(house))
        for one in imports_of(source)
        if one.parts[0] in TOP
    ]
    assert found == []


def test_what_is_in_the_image_imports_nothing_that_is_left_out() -> None:
    left_out = {"tests", *(ROOT / ".dockerignore").read_text("utf-8").split()}
    found = [
        f"{source.path}:{one.line} imports {one.module}"
        for source in modules(*(layer for layer in LAYERS if layer not in left_out))
        for one in imports_of(source)
        if one.parts[0] in left_out
    ]
    assert found == []


def test_every_workflow_has_one_fence_and_little_behind_it() -> None:
    assert [found for source in modules("workflows") for found in breaches(source)] == []


@pytest.mark.parametrize(
    "line",
    [
        "from datetime import datetime; datetime.now()",
        "import datetime as d; d.date.today()",
        "from datetime import datetime; datetime.utcnow",
        "import time",
        "from time import monotonic",
        "import random",
        "from random import choice",
        "from uuid import uuid4",
        "import uuid; uuid.uuid4()",
        "import os.path",
        "from pathlib import Path",
        "open('a')",
        "def f() -> None:\n    import secrets",
    ],
)
def test_the_purity_test_sees_through(line: str) -> None:
    assert list(impurities(Source("domain/fleet/planted.py", line)))


@pytest.mark.parametrize("line", ["from datetime import time", "from uuid import uuid5", "now = 1"])
def test_the_purity_test_leaves_the_rest_alone(line: str) -> None:
    assert not list(impurities(Source("domain/fleet/planted.py", line)))


@pytest.mark.parametrize("line", ["from domain import training", "from ..training import budget"])
def test_the_neighbour_test_sees_through(line: str) -> None:
    assert list(neighbours(Source("domain/fleet/planted.py", line)))


def test_only_the_confined_process_sees_durable_rules() -> None:
    """The bench is no part of the platform: there it runs for comparison."""
    seen = [
        source.path
        for source in sources(*(set(LAYERS) - {"bench"}))
        if any(one.parts[0] in ("durable", "durable_rules_engine") for one in imports_of(source))
    ]
    assert seen == ["adapters/durable/server.py"]


FENCE = "with workflow.unsafe.imports_passed_through():\n    from {} import x\n"


@pytest.mark.parametrize(
    "text",
    [
        "from temporalio import workflow",
        FENCE.format("activities.fleet.contract") * 2,
        FENCE.format("database.session"),
        FENCE.format("httpx"),
        FENCE.format("domain.case") + "from domain.decision import Decision",
    ],
)
def test_the_fence_test_sees_through(text: str) -> None:
    assert list(breaches(Source("workflows/fleet/planted.py", text)))
