"""`echeance holes`: what of the packages that run here has a hole that was published."""

from datetime import UTC, datetime
from pathlib import Path

import click
import httpx
from rich.text import Text

from adapters.advisories import ADDRESS, holes, pinned
from commands.operator import fail, mend_or_fail, screen

LOCK = Path(__file__).resolve().parent.parent / "requirements.lock"


@click.command("holes")
@click.argument(
    "lock", required=False, default=LOCK, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@click.option("--from", "address", default=ADDRESS, show_default=True, help="A server that speaks as OSV.")
def published(lock: Path, address: str) -> None:
    """Ask OSV for published holes in LOCK; exit code 1 when one is older than is promised."""
    packages = pinned(lock.read_text("utf-8"))
    if not packages:
        fail(f"{lock} names no package with its version")
    with httpx.Client(base_url=address, timeout=30) as http:
        found = mend_or_fail(lambda: holes(http, packages))
    now = datetime.now(UTC)
    for hole in found:
        late = hole.due_at < now
        until = ("overdue since " if late else "to be renewed until ") + f"{hole.due_at:%Y-%m-%d}"
        named = f"{hole.package.name} {hole.package.version}  {hole.id}  {hole.rating.lower()}  "
        screen.print(
            Text.assemble(named, (until, "red" if late else "yellow"), f"  {hole.summary}"), soft_wrap=True
        )
    if late_ones := sum(hole.due_at < now for hole in found):
        fail(f"{late_ones} of {len(found)} holes are older than the runbook promises: make lock")
    click.echo(f"{len(packages)} packages, {len(found)} published holes, none overdue")
