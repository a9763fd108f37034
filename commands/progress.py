"""How far a long command is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from commands.operator import problems
from commands.words import Voice

INTERRUPTED = 130
"""The exit code of what Ctrl-C ended."""


@contextmanager
def progress(voice: Voice, title: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, and nothing elsewhere. What it gives takes how much is done, and of how much."""
    shown = not voice.machine and problems.is_terminal
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=problems, disable=not shown, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
