"""What the documents tell people to type, open or set exists."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from fastapi import FastAPI

from adapters.local.temporal import SEARCH_ATTRIBUTES
from api.app import ROUTERS
from cli import main
from settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
DECISIONS = ROOT / "docs" / "decisions"
"""Records of the past: they may name what is no more."""
DOCUMENTS = (
    ROOT / "README.md", ROOT / "CONTRIBUTING.md",
    *sorted(path for path in (ROOT / "docs").rglob("*.md") if path.parent != DECISIONS),
)  # fmt: skip
TEXTS = {path.relative_to(ROOT).as_posix(): path.read_text("utf-8") for path in DOCUMENTS}
TOLD = list(TEXTS)
TARGETS = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
VARIABLES = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields} | {"ECHEANCE_TESTS"}
MEASURES = set(re.findall(r"echeance_[a-z_]+", (ROOT / "api" / "measures.py").read_text("utf-8")))

CALL = re.compile(r"curl (?:-X (\w+) )?\"\$API(/[^\"?]*)")
INLINE = re.compile(r"`([^`\n]+)`")
INDENTED = re.compile(r"^    (\S.*)$", re.MULTILINE)
PATH = re.compile(r"\.?[\w.-]+(/[\w.*-]+)*(/|\.(py|md|yaml|yml|csv|toml|json|lock|in)|/[\w-]+)")
MADE_WHEN_RUN = (".venv", ".data", ".env")
LAYERS = {path.name for path in ROOT.iterdir() if path.is_dir()}


def typed(text: str) -> list[str]:
    """What stands in backticks or in an indented block."""
    return INLINE.findall(text) + INDENTED.findall(text)


def commands(text: str, program: str) -> Iterator[list[str]]:
    """The words that follow a program's name, up to a comment."""
    for line in typed(text):
        words = line.partition(" #")[0].split()
        if words[:1] in ([program], [f".venv/bin/{program}"]):
            yield words[1:]


def known_command(words: list[str]) -> bool:
    """The subcommands and the options exist."""
    command: click.Command = main
    for word in words:
        if word.startswith("--"):
            if word not in {name for option in command.params for name in option.opts}:
                return False
        elif isinstance(command, click.Group):
            if word not in command.commands:
                return False
            command = command.commands[word]
    return True


def exists(path: str) -> bool:
    """A path, or one with stars or <words> in it that stands for several."""
    pattern = re.sub(r"<\w+>", "*", path).rstrip("/")
    return any(ROOT.glob(pattern))


def paths(text: str) -> list[str]:
    named = (re.sub(r"<\w+>", "*", word) for word in INLINE.findall(text))
    return [name for name in named if PATH.fullmatch(name) and name.partition("/")[0] in LAYERS | {name}]


@pytest.mark.parametrize("name", TOLD)
def test_every_make_target_exists(name: str) -> None:
    told = {words[0] for words in commands(TEXTS[name], "make") if words}
    assert told - TARGETS == set()


@pytest.mark.parametrize("name", TOLD)
def test_every_command_and_option_of_echeance_exists(name: str) -> None:
    told = [words for words in commands(TEXTS[name], "echeance") if words]
    assert [words for words in told if not known_command(words)] == []


@pytest.mark.parametrize("name", TOLD)
def test_every_path_exists(name: str) -> None:
    told = [path for path in paths(TEXTS[name]) if not path.startswith(MADE_WHEN_RUN)]
    assert [path for path in told if not exists(path)] == []


@pytest.mark.parametrize("name", TOLD)
@pytest.mark.parametrize(
    ("pattern", "known"),
    [
        (r"ECHEANCE_[A-Z_]+", VARIABLES),
        (r"\bEcheance[A-Z]\w+", SEARCH_ATTRIBUTES.keys()),
        (r"\becheance_[a-z_]+", MEASURES),
    ],
    ids=["variables", "search attributes", "measures"],
)
def test_every_name_exists(name: str, pattern: str, known: set[str]) -> None:
    assert set(re.findall(pattern, TEXTS[name])) - set(known) == set()


@pytest.fixture(scope="module")
def described() -> dict[str, set[str]]:
    """The methods of each path, as the API describes itself."""
    app = FastAPI()
    for router in ROUTERS:
        app.include_router(router)
    return {path: {method.upper() for method in found} for path, found in app.openapi()["paths"].items()}


def is_described(method: str, path: str, described: dict[str, set[str]]) -> bool:
    return any(
        method in methods and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", known), path)
        for known, methods in described.items()
    )


@pytest.mark.parametrize("name", TOLD)
def test_every_call_of_the_api_exists(name: str, described: dict[str, set[str]]) -> None:
    calls = [(method or "GET", path) for method, path in CALL.findall(TEXTS[name])]
    assert [call for call in calls if not is_described(*call, described)] == []
    named = [word for word in INLINE.findall(TEXTS[name]) if word.startswith(("/v1/", "/health", "/metrics"))]
    assert [path for path in named if path not in described] == []


def test_calls_and_commands_are_found_at_all() -> None:
    """A pattern that finds nothing would find nothing wrong."""
    readme = TEXTS["README.md"]
    assert len(CALL.findall(readme)) == readme.count("curl ") == 5
    assert ["run"] in list(commands(readme, "make"))
    assert ["key", "create"] in [words[:2] for words in commands(readme, "echeance")]
    assert "seeds/data/" in paths(readme)
    assert not known_command(["run", "--no-such-option"])
    assert not known_command(["key", "destroy"])
