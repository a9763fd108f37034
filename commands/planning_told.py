"""A plan on the screen."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from commands.planning_work import Outcome
from commands.words import Voice
from domain.axis import SHORT_MONTHS
from domain.decision import Bilingual
from domain.maintenance.planning import comparison
from domain.maintenance.planning.codec import evaluation_value, plan_value
from domain.maintenance.planning.evaluation import Round
from domain.maintenance.planning.faults.trouble import Trouble
from domain.maintenance.planning.shown.tables import hhmm
from domain.maintenance.planning.shown.told import clock, fault, long_day, span, way, weekday
from domain.maintenance.planning.why.reasons import Reasons as Reasoned
from domain.maintenance.planning.why.reasons_said import proposed, said
from domain.money import DIGITS, Money
from domain.wording import amount
from web.planning.page import MOST_PROPOSED, Reasons

OTHERS = {"naive": Bilingual("à la main", "by hand"), "previous": Bilingual("plan d’avant", "plan before")}
ROUNDS = (
    ("jour", "day"), ("technicien", "technician"), ("vis.", "vis."), ("de – à", "from – to"),
    ("travail", "work"), ("sup.", "over"), ("km", "km"),
)  # fmt: skip
STOPS = (
    ("n°", "no."), ("début", "begins"), ("fin", "ends"), ("visite", "visit"), ("adresse", "address"),
    ("km", "km"),
)  # fmt: skip


def troubles(voice: Voice, found: Sequence[Trouble]) -> None:
    for one in found:
        voice.problem(f"{one.problem.fr} ; {one.mend.fr}", f"{one.problem.en}; {one.mend.en}")


def tell(voice: Voice, made: Outcome, reasons: Reasons, stops: bool) -> None:
    """The sums, the rounds, what has no place and why, and what is wrong."""
    voice.say(*_sums(made), style="bold")
    voice.table(ROUNDS, _rounds(voice, made))
    if stops:
        for one in made.evaluation.rounds:
            _stops(voice, made, one)
    if made.evaluation.unplanned:
        voice.say("\nSans place", "\nWithout a place", "bold")
    for visit in made.evaluation.unplanned:
        voice.say(made.names.line(visit), made.names.line(visit))
        for why in reasons.get(visit, ()):
            voice.say(f"  {why.fr}", f"  {why.en}")
    for wrong in made.evaluation.hard:
        told = fault(wrong, made.names)
        voice.problem(told.fr, told.en)


def reasons_of(made: Outcome) -> Reasons:
    """Why each visit has no place, and the cheapest changes that make one. It needs the ways."""
    if made.reasons is not None:
        return made.reasons
    if not made.evaluation.unplanned or not made.problem.travel.seconds:
        return {}
    problem, names = made.problem, made.names
    return {
        why.visit: [
            *said(problem, why, names),
            *(proposed(problem, why.visit, one, names) for one in why.relaxations[:MOST_PROPOSED]),
        ]
        for why in Reasoned(problem, made.plan, made.evaluation).all()
    }  # fmt: skip


def compared(voice: Voice, made: Outcome) -> None:
    """Beside planning by hand and, where there was one, the plan before."""
    ways = bool(made.problem.travel.seconds)
    if made.problem.currency not in DIGITS or not (ways or made.beside):
        return
    found = made.beside or comparison.compared(made.problem, made.evaluation, made.before)
    for other, title in OTHERS.items():
        if other in found:
            rows = comparison.rows(found["plan"], found[other], made.problem.currency)
            told = [[one.label, one.here, one.there, one.change] for one in rows]
            columns = (("", ""), ("ce plan", "this plan"), (title.fr, title.en), ("écart", "change"))
            voice.table(columns, [[each.to(voice.lang) for each in row] for row in told])


def _sums(made: Outcome) -> tuple[str, str]:
    found = made.evaluation
    planned, total = sum(len(one.stops) for one in found.rounds), len(made.problem.visits)
    cost = money(made, found.cost.total)
    return (
        f"{planned} visites sur {total} · {way(found.metres, 'fr')} · {span(found.worked, 'fr')} de travail, "
        f"dont {span(found.overtime, 'fr')} supplémentaires · {cost.fr}",
        f"{planned} of {total} visits · {way(found.metres, 'en')} · {span(found.worked, 'en')} of work, "
        f"{span(found.overtime, 'en')} of it overtime · {cost.en}",
    )


def money(made: Outcome, minor: int) -> Bilingual:
    currency = made.problem.currency
    return amount(Money(currency, minor)) if currency in DIGITS else Bilingual(f"{minor}", f"{minor}")


def _rounds(voice: Voice, made: Outcome) -> list[list[Any]]:
    """Narrow enough for eighty columns."""
    return [
        [
            day_of(voice, made.problem.days[one.day]), made.names.technician(one.technician), len(one.stops),
            f"{hhmm(one.leaves)} – {hhmm(one.returns)}", hhmm(one.paid),
            hhmm(one.overtime) if one.overtime else "", f"{one.metres / 1000:.1f}",
        ]
        for one in made.evaluation.rounds if one.stops
    ]  # fmt: skip


def _stops(voice: Voice, made: Outcome, round: Round) -> None:
    if not round.stops:
        return
    who, day = made.names.technician(round.technician), long_day(made.problem.days[round.day])
    rows = [
        [
            number, clock(stop.begins, voice.lang), clock(stop.ends, voice.lang),
            made.names.line(stop.visit), made.names.visit(stop.visit).address, f"{stop.metres / 1000:.1f}",
        ]
        for number, stop in enumerate(round.stops, start=1)
    ]  # fmt: skip
    voice.table(STOPS, rows, f"{who}, {day.to(voice.lang)}")


def day_of(voice: Voice, day: date) -> str:
    """`jeu. 14 janv.`"""
    said, french = weekday(day).to(voice.lang), voice.lang == "fr"
    return f"{said[:3]}{'.' if french else ''} {day.day} {SHORT_MONTHS[voice.lang][day.month - 1]}"


def data_of(made: Outcome) -> dict[str, Any]:
    """For programs; the file of `--from`, too."""
    days = made.problem.days
    return {
        "plan": plan_value(made.plan, days), "evaluation": evaluation_value(made.evaluation, days),
        "troubles": [
            {
                "kind": one.kind, "problem": vars(one.problem), "mend": vars(one.mend),
                "visits": one.visits, "technicians": one.technicians, "left_out": one.left_out,
            }
            for one in made.work.troubles
        ],
    }  # fmt: skip
