"""Every stage that a shipped book can name has a word in French (in English its own name is one); every
process has one in both languages.
"""

from typing import Any

import pytest
import yaml

from tests.ground import ROOT
from web.console.english import ENGLISH
from web.console.french import FRENCH

NAMED = ("outcome", "closes", "stage")


def stages(part: Any) -> set[str]:
    if isinstance(part, list):
        return {name for one in part for name in stages(one)}
    if not isinstance(part, dict):
        return set()
    found = {part[key] for key in NAMED if isinstance(part.get(key), str)}
    # A ladder stands on the step it has reached.
    steps = part["steps"] if part.get("policy") == "ladder" else part.get("stages") or ()
    found |= {one["id"] for one in steps if isinstance(one, dict)}
    return found.union(*(stages(value) for key, value in part.items() if key != "examples"))


def test_stages_have_words() -> None:
    books = sorted((ROOT / "rules").glob("*/*.yaml"))
    named = set().union(*(stages(yaml.safe_load(book.read_text("utf-8"))) for book in books))
    assert len(named) > 100
    assert sorted(name for name in named if f"stage.{name}" not in FRENCH) == []


@pytest.mark.parametrize("table", [FRENCH, ENGLISH], ids=["French", "English"])
def test_processes_have_words(table: dict[str, str]) -> None:
    files = [path for path in (ROOT / "workflows").glob("*/*.py") if path.parent.name != "kit"]
    named = [f"{path.parent.name}.{path.stem}" for path in files if path.stem != "__init__"]
    assert sorted(name for name in named if f"process.{name}" not in table) == []
