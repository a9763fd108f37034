"""The source files of the house, parsed once, and what they import."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LAYERS = (
    "activities",
    "adapters",
    "api",
    "bench",
    "commands",
    "database",
    "domain",
    "rules",
    "seeds",
    "web",
    "workflows",
)
TOP = ("cli", "ground", "schedules", "serving", "settings", "worker")
BUSINESSES = ("fleet", "internships", "maintenance", "training")


@dataclass(frozen=True)
class Import:
    module: str
    line: int

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(self.module.split("."))


@dataclass(frozen=True)
class Source:
    """A file by its path from the root."""

    path: str
    text: str

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def parts(self) -> tuple[str, ...]:
        return Path(self.path).with_suffix("").parts

    @property
    def business(self) -> str:
        """The business domain whose folder the file is in, or empty."""
        return next((part for part in self.parts[:-1] if part in BUSINESSES), "")


@cache
def sources(*layers: str) -> tuple[Source, ...]:
    files = (path for layer in layers for path in sorted((ROOT / layer).rglob("*.py")))
    return tuple(Source(path.relative_to(ROOT).as_posix(), path.read_text()) for path in files)


def top_sources() -> tuple[Source, ...]:
    return tuple(
        Source(f"{name}.py", path.read_text()) for name in TOP if (path := ROOT / f"{name}.py").exists()
    )


def imports(node: ast.AST, package: tuple[str, ...] = ()) -> Iterator[Import]:
    """Every import below ``node``, one for each name; ``package`` resolves relative ones."""
    for found in ast.walk(node):
        if isinstance(found, ast.Import):
            yield from (Import(alias.name, found.lineno) for alias in found.names)
        elif isinstance(found, ast.ImportFrom):
            base = package[: len(package) - found.level + 1] if found.level else ()
            start = ".".join([*base, *([found.module] if found.module else [])])
            yield from (Import(f"{start}.{alias.name}", found.lineno) for alias in found.names)


def imports_of(source: Source) -> list[Import]:
    return list(imports(source.tree, source.parts[:-1]))
