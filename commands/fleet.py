"""`echeance fleet …`: the fleet's own work, from a terminal."""

import click

from commands.scores import score


@click.group()
def fleet() -> None:
    """Drivers, their scores and their files."""


fleet.add_command(score)
