"""A plan as tables: one line for each stop, one for each round."""

from decimal import Decimal

from domain.decision import Bilingual
from domain.maintenance.planning.evaluation import Evaluation, Round, Stop
from domain.maintenance.planning.model import Problem
from domain.maintenance.planning.naming import Names
from domain.table import Column, Kind, Row, Table, given

STOPS = (
    Column("day", Bilingual("Jour", "Day"), Kind.DATE),
    Column("technician", Bilingual("Technicien", "Technician")),
    Column("order", Bilingual("Ordre", "Order"), Kind.INT, 8),
    Column("leaves", Bilingual("Départ", "Leaves"), width=9),
    Column("arrives", Bilingual("Arrivée", "Arrives"), width=9),
    Column("begins", Bilingual("Début", "Begins"), width=9),
    Column("ends", Bilingual("Fin", "Ends"), width=9),
    Column("visit", Bilingual("Visite", "Visit")),
    Column("what", Bilingual("Travail", "Work"), width=30),
    Column("who", Bilingual("Client", "Customer"), width=30),
    Column("address", Bilingual("Adresse", "Address"), width=40),
    Column("km", Bilingual("km", "km"), Kind.INT, 8),
    Column("late", Bilingual("Retard (min)", "Late (min)"), Kind.INT),
)
ROUNDS = (
    Column("day", Bilingual("Jour", "Day"), Kind.DATE),
    Column("technician", Bilingual("Technicien", "Technician")),
    Column("visits", Bilingual("Visites", "Visits"), Kind.INT, 8),
    Column("leaves", Bilingual("Départ", "Leaves"), width=9),
    Column("returns", Bilingual("Retour", "Returns"), width=9),
    Column("paid", Bilingual("Travail", "Paid"), width=9),
    Column("driving", Bilingual("Route", "Driving"), width=9),
    Column("overtime", Bilingual("Heures sup.", "Overtime"), width=12),
    Column("km", Bilingual("km", "km"), Kind.INT, 8),
)


def stop_table(problem: Problem, evaluation: Evaluation, names: Names) -> Table:
    """In the order of the days and rounds; visits without a place stand at the end."""
    rows = [
        _stop(problem, round, number, stop, names)
        for round in evaluation.rounds
        for number, stop in enumerate(round.stops, start=1)
    ]
    rows += [_left_out(visit, names) for visit in evaluation.unplanned]
    return Table("rounds", Bilingual("Tournées", "Rounds"), STOPS, given(rows), names.zone, len(rows))


def round_table(problem: Problem, evaluation: Evaluation, names: Names) -> Table:
    rows = round_rows(problem, evaluation, names)
    return Table("days", Bilingual("Journées", "Days"), ROUNDS, given(rows), names.zone, len(rows))


def round_rows(problem: Problem, evaluation: Evaluation, names: Names) -> list[Row]:
    return [_round(problem, one, names) for one in evaluation.rounds if one.stops]


def _stop(problem: Problem, round: Round, number: int, stop: Stop, names: Names) -> Row:
    called, late = names.visit(stop.visit), -(-stop.late // 60)
    times = (hhmm(at) for at in (stop.leaves, stop.arrives, stop.begins, stop.ends))
    return (
        problem.days[round.day], names.technician(round.technician), number, *times, stop.visit, called.what,
        called.who, called.address, _km(stop.metres), late,
    )  # fmt: skip


def _left_out(visit: str, names: Names) -> Row:
    called = names.visit(visit)
    return (*[None] * 7, visit, called.what, called.who, called.address, None, None)


def _round(problem: Problem, round: Round, names: Names) -> Row:
    return (
        problem.days[round.day], names.technician(round.technician), len(round.stops), hhmm(round.leaves),
        hhmm(round.returns), hhmm(round.paid), hhmm(round.driving), hhmm(round.overtime), _km(round.metres),
    )  # fmt: skip


def hhmm(seconds: int) -> str:
    """`08:05` as spreadsheets read it; beyond a day `25:10`."""
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}"


def _km(metres: int) -> Decimal:
    return Decimal((metres + 50) // 100) / 10
