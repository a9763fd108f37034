"""A plan of two days with all that a picture has to show."""

from datetime import date

from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import (
    HOUR,
    Break,
    Pin,
    Plan,
    Point,
    Problem,
    Promise,
    Route,
    Shift,
    Technician,
    Visit,
)
from domain.maintenance.planning.naming import Called, Names
from domain.maintenance.planning.travel import Travel

DAYS = (date(2026, 3, 28), date(2026, 3, 29))
"""On the second, clocks in France go forward."""
PLACES = (
    Point(45.9142, 6.1018), Point(45.8938, 6.1318), Point(45.8641, 5.9391), Point(45.8786, 6.3292),
    Point(45.8786, 6.3292),
)  # fmt: skip
LUNCH = Break(int(11.75 * HOUR), int(12.5 * HOUR), 2700)
NAMES = Names(
    "Électricité <Annecy>",
    {"T1": "Loïc Fillion", "T2": "Nora & Cie"},
    {
        "V1": Called("Agathe Perrillat", "Contrôle ; tableau, neuf", "14 rue des Marquisats, 74000 Annecy"),
        "V2": Called("<script>alert(1)</script>", "Entretien", "11 rue du Pré-Vert, 74150 Rumilly"),
        "V3": Called("Jérôme Mugnier", "Dépannage", "33 route de la Tournette, 74230 Thônes"),
        "V4": Called("Jérôme Mugnier", "Pose", "33 route de la Tournette, 74230 Thônes"),
    },
)


def _ways() -> Travel:
    seconds = [[600 * abs(a - b) for b in range(5)] for a in range(5)]
    return Travel(seconds, [[one * 15 for one in row] for row in seconds])


def problem() -> Problem:
    shift = Shift(breaks=(LUNCH,))
    technicians = tuple(
        Technician(id, 0, 0, {0: shift, 1: shift}, per_hour=2900, overtime_per_hour=3600, per_km=42)
        for id in ("T1", "T2", "T3")
    )
    visits = (
        Visit("V1", 1, 3600, promise=Promise(0, 9 * HOUR)),
        Visit("V2", 2, 5400, pin=Pin(0, 11 * HOUR)),
        Visit("V3", 3, 1800),
        Visit("V4", 4, 1800),
        Visit("V5", 4, 1800, skills={"pac": 1}),
    )
    return Problem(DAYS, PLACES, _ways(), technicians, visits)


PROBLEM = problem()
PLAN = Plan((Route("T1", 0, ("V1", "V2")), Route("T2", 1, ("V3", "V4"))))
EVALUATION = evaluate(PROBLEM, PLAN)
