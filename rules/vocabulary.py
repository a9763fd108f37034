"""What the shipped books may name outside themselves."""

from pathlib import Path

from rules.reading import Vocabulary

TEAMS = frozenset(
    {"operations", "collections", "finance", "training", "maintenance", "internships", "privacy"}
)

ACTS = frozenset(
    {
        "complete",
        "issue_transfer",
        "open_dunning",
        "open_call",
        "expire",
        "close_statement",
        "issue_statement",
        "open_review",
        "make_report",
        "drop_report",
        "close_review",
    }
)
"""Verbs that the workflows know."""


NO_WORDS = frozenset({"layout", "web"})
"""Folders of templates that no book sends: frames and pages."""


def shipped_vocabulary(templates: Path) -> Vocabulary:
    """``fleet/dunning/reminder.sms.fr.j2`` is the template `fleet/dunning/reminder`."""
    found = (path.relative_to(templates) for path in templates.rglob("*.j2"))
    files = (path for path in found if path.parts[0] not in NO_WORDS)
    names = frozenset((path.parent / path.name.partition(".")[0]).as_posix() for path in files)
    return Vocabulary(names, TEAMS, ACTS)
