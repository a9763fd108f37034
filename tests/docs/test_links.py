"""Documents point at things that exist."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def documents() -> list[Path]:
    shown = [child for child in ROOT.iterdir() if not child.name.startswith(".")]
    nested = [path for folder in shown if folder.is_dir() for path in folder.rglob("*.md")]
    return sorted([*nested, *(path for path in shown if path.suffix == ".md")])


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_local_link_leads_somewhere(document: Path) -> None:
    targets = LINK.findall(document.read_text("utf-8"))
    local = [target for target in targets if "://" not in target and not target.startswith("mailto:")]
    assert [target for target in local if not (document.parent / target).exists()] == []
