"""`echeance certificates`: certificates for the lines between our own parts."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from rich.text import Text

from adapters.certificates import certify_all
from commands.operator import fail, mend_or_fail, screen

SERVICES = {
    "postgres": ("postgres", "localhost", "127.0.0.1"),
    "temporal": ("temporal", "localhost", "127.0.0.1"),
    "api": ("api", "localhost", "127.0.0.1"),
    "front": ("front",),
    "platform": ("echeance_app",),
}
"""The first name is the subject: PostgreSQL may ask that it be the role of who connects."""
NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.:-]{0,251}[A-Za-z0-9])?")


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", "names", multiple=True, metavar="SERVICE=HOST", help="One more name of a service.")
@click.option(
    "--owner", "owners", multiple=True, metavar="SERVICE=UID", help="Whose its files are (as root)."
)
@click.option("--again", is_flag=True, help="Make all anew, not only what ends within two months.")
def certificates(folder: Path, names: Sequence[str], owners: Sequence[str], again: bool) -> None:
    """Make an authority of the house in FOLDER and a certificate for each of our parts; later, renew them."""
    services = {service: list(known) for service, known in SERVICES.items()}
    for service, host in _pairs(names):
        services[service].append(host)
    numbers = dict(_pairs(owners))
    if wrong := [number for number in numbers.values() if not re.fullmatch(r"\d{1,9}", number)]:
        fail(f"--owner wants the number of a user, not {wrong[0]}")
    whose = {service: int(number) for service, number in numbers.items()}
    try:
        made = mend_or_fail(lambda: certify_all(folder, services, whose, datetime.now(UTC), again))
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}")
    for one in made:
        said = ("made", "green") if one.anew else ("stays", "dim")
        screen.print(Text.assemble(f"{one.service:10}", said, f", ends on {one.ends_at:%Y-%m-%d}"))


def _pairs(told: Sequence[str]) -> list[tuple[str, str]]:
    pairs = []
    for one in told:
        service, _, value = one.partition("=")
        if service not in SERVICES or not NAME.fullmatch(value):
            fail(f"{one}: write SERVICE=VALUE, with a service of {', '.join(SERVICES)}")
        pairs.append((service, value))
    return pairs
