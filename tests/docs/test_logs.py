"""The runbook knows every logger of ours, and every log that compose and one machine have."""

import ast
import re

from tests.architecture.sources import LAYERS, ROOT, sources, top_sources

TOLD = (ROOT / "docs" / "runbook.md").read_text("utf-8").partition("## Logs")[2].partition("\n## ")[0]
OTHERS = {"httpx"}
"""Of libraries, quietened."""


def loggers() -> set[str]:
    names = set()
    for source in (*sources(*(layer for layer in LAYERS if layer != "bench")), *top_sources()):
        for node in ast.walk(source.tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "getLogger"
            ):
                [given] = node.args
                if isinstance(given, ast.Constant):
                    names.add(str(given.value))
                elif isinstance(given, ast.Name) and given.id == "__name__":
                    names.add(".".join(source.parts))
    return names


def test_every_logger_of_ours_is_told_and_no_other() -> None:
    told = set(re.findall(r"`((?:echeance|database|adapters|api|web|commands)\.[a-z_.]+)`", TOLD))
    assert {name for name in told if not (ROOT / name).exists()} == loggers() - OTHERS


def test_every_log_says_where_it_is_who_reads_it_and_how_long() -> None:
    rows = [row.strip("| ").split(" | ") for row in TOLD.splitlines() if row.startswith("| ")][1:]
    assert len(rows) >= 9
    for row in rows:
        assert len(row) == 6, row
        assert all(cell.strip() for cell in row), row
