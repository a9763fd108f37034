"""`echeance fleet …`: the fleet's own work, from a terminal."""

import click

from commands.imports import import_file
from commands.kept_aside import kept
from commands.scores import score


@click.group()
def fleet() -> None:
    """Drivers, their scores and their files."""


fleet.add_command(score)
fleet.add_command(import_file)
fleet.add_command(kept)
