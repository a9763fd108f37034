"""What French pages say of mistakes is French: every sentence of the fleet's, and every kind of problem."""

import ast
import re
from collections.abc import Iterator

from api.problems import KINDS
from tests.architecture.sources import ROOT
from web.console.mistakes import FRENCH, french

TOLD = (
    "adapters/csv_*.py", "adapters/row_fields.py", "adapters/s*_rows.py", "domain/fleet/*.py",
    "domain/money.py", "domain/opaque.py", "domain/calendar.py", "domain/errors.py", "database/fleet/*.py",
    "database/shared/jobs.py", "database/shared/list*.py", "api/fields.py", "web/console/*.py",
    "database/maintenance/*.py", "api/maintenance/*.py",
)  # fmt: skip
"""Where the console's pages get their mistakes from."""
GIVEN = ("Mistake", "wrong", "Conflict", "_unreadable")


def sentences() -> Iterator[tuple[str, str]]:
    """Each with a word where a value stands, and the file that says it."""
    for path in sorted({found for pattern in TOLD for found in ROOT.glob(pattern)}):
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call):
                name = getattr(call.func, "id", getattr(call.func, "attr", ""))
                said = call.args[1:] if name == "Mistake" or len(call.args) == 3 else call.args
                for node in said if name in GIVEN else []:
                    for text in _texts(node):
                        yield text, path.name


def _texts(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    if isinstance(node, ast.JoinedStr):
        parts = [one.value if isinstance(one, ast.Constant) else "Xx" for one in node.values]
        return ["".join(map(str, parts))]
    return []


def test_every_mistake_that_a_page_of_the_fleet_tells_has_its_french() -> None:
    told = list(sentences())
    assert len(told) > 400, "the walk no longer finds where mistakes are made"
    known = [re.compile(r"\S+".join(map(re.escape, one.split("{}")))) for one in FRENCH]
    silent = {f"{text}  ({file})" for text, file in told if not any(one.fullmatch(text) for one in known)}
    english = sorted(one for one in silent if " " in one.partition("  (")[0])
    assert english == [], "say it in web/console/french_wrong.py, _mends, _refusals or _planner"


def test_values_stand_where_they_stood() -> None:
    for english, said in {
        "'hier' is not a moment": "«\u00a0hier\u00a0» n’est pas un moment",
        "no contract with the reference 'CT-9'": "Introuvable : contrat «\u00a0CT-9\u00a0»",
        "payment_ref: the column is missing": "payment_ref : la colonne manque",
        "the contract C-1 is completed: it cannot be changed": "le contrat C-1 est soldé : il ne change plus",
        "give 2031-02-01 or a later day": "donnez le 01/02/2031 ou un jour plus tard",
        "P-1: 0": "P-1 : 0",
        "it is 5, but 7 follows from the price and the number of instalments": (
            "il y a 5, mais 7 découle du prix et du nombre d’échéances"
        ),
        "not said anywhere": "not said anywhere",
        "the trial 6 is done, not stopped": "the trial 6 is done, not stopped",
    }.items():
        assert french(english) == said


def test_every_kind_of_problem_has_a_french_title_of_its_own() -> None:
    titles = {slug: kind.title_fr for slug, kind in KINDS.items()}
    assert [slug for slug, said in titles.items() if not said or said == KINDS[slug].title] == []
    assert len(set(titles.values())) == len(titles)
