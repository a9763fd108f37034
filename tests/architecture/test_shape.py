"""One stem per process in every layer, small files, small functions, telling names."""

import ast

from tests.architecture.sources import BUSINESSES, LAYERS, ROOT, sources, top_sources

LONGEST_FILE = 300
LONGEST_FUNCTION = 40
VAGUE = {"util", "utils", "helper", "helpers", "manager", "managers", "common", "misc"}
FIRST_FIVE = {
    "fleet/contract",
    "fleet/dunning",
    "training/fund_call",
    "maintenance/renewal",
    "internships/deliverable",
}


def processes() -> list[str]:
    found = [path for name in BUSINESSES for path in sorted((ROOT / "workflows" / name).glob("*.py"))]
    return [f"{path.parent.name}/{path.stem}" for path in found if path.stem != "__init__"]


def slice_of(process: str) -> list[str]:
    """What a process consists of, beside its workflow. A long piece of work decides nothing; a book that
    only tells teams needs no words of its own."""
    book = f"rules/{process}.yaml"
    decides = "(Job):" not in (ROOT / "workflows" / f"{process}.py").read_text("utf-8")
    writes = decides and not _only_tells_teams(book)
    return [
        f"activities/{process}.py",
        *([book] if decides else []),
        *([f"templates/{process}"] if writes else []),
        f"docs/processes/{process}.md",
        f"tests/stories/test_{process.rpartition('/')[2]}.py",
    ]


def _only_tells_teams(book: str) -> bool:
    text = (ROOT / book).read_text("utf-8") if (ROOT / book).exists() else ""
    return "alert:" in text and "send:" not in text


def test_the_five_processes_are_there() -> None:
    assert sorted(FIRST_FIVE - set(processes())) == []


def test_every_process_has_its_stem_in_every_layer() -> None:
    slices = [path for process in processes() for path in slice_of(process)]
    assert [path for path in slices if not (ROOT / path).exists()] == []


def test_every_rule_book_is_named_after_a_process_or_after_its_facts() -> None:
    books = [path for name in BUSINESSES for path in (ROOT / "rules" / name).rglob("*.yaml")]
    stems = {path.relative_to(ROOT / "rules").with_suffix("").as_posix() for path in books}
    unknown = stems - set(processes())
    assert sorted(stem for stem in unknown if not (ROOT / "domain" / f"{stem}.py").exists()) == []


def test_the_worker_knows_every_workflow_and_every_activity() -> None:
    worker = {
        name
        for source in top_sources()
        if source.path == "worker.py"
        for node in ast.walk(source.tree)
        for name in [getattr(node, "id", ""), getattr(node, "attr", "")]
    }
    missing = [
        f"{source.path}: {node.name}"
        for source in sources("workflows", "activities")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef) and _is_registered(node) and node.name not in worker
    ]
    assert missing == []


def _is_registered(node: ast.ClassDef) -> bool:
    """A workflow, or a class with activities."""
    marks = [mark for item in [node, *node.body] for mark in getattr(item, "decorator_list", [])]
    return any(ast.unparse(mark).startswith(("workflow.defn", "activity.defn")) for mark in marks)


def test_files_and_functions_are_small() -> None:
    large = []
    for source in (*sources(*LAYERS), *top_sources()):
        if source.path.startswith("database/migrations/"):
            continue
        if (lines := source.text.count("\n")) > LONGEST_FILE:
            large.append(f"{source.path}: {lines} lines")
        for node in ast.walk(source.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > LONGEST_FUNCTION:
                    large.append(f"{source.path}:{node.lineno} {node.name}: {length} lines")
    assert large == []


def test_modules_say_what_they_are_about() -> None:
    vague = [source.path for source in sources(*LAYERS) if VAGUE & set(source.parts)]
    assert vague == []
