"""A planning problem from a file, made sound, and what came of it."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from domain.calendar import zone_info
from domain.decision import Bilingual
from domain.errors import BadInput, Mistake
from domain.maintenance.planning.checking import check
from domain.maintenance.planning.codec import plan_of, plan_value, problem_of
from domain.maintenance.planning.comparison import Figures
from domain.maintenance.planning.evaluation import Evaluation
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.faults.trouble import Trouble
from domain.maintenance.planning.model import Plan, Problem, Route
from domain.maintenance.planning.naming import Names
from domain.maintenance.planning.roads import EVEN, with_roads
from domain.maintenance.planning.shown.ground import Backdrop, backdrop_of
from domain.maintenance.planning.values.named import names_in

LARGEST = 1 << 28
"""Bytes of a file: 3,500 places with their matrix in decimal digits need a good half of it."""


@dataclass(frozen=True)
class Work:
    """What is to be planned. ``troubles`` were found in it; the rest is sound."""

    problem: Problem
    names: Names
    troubles: Sequence[Trouble] = ()


@dataclass(frozen=True)
class Outcome:
    """``before`` is the plan that was there already; ``reasons`` by visit, and what it is ``beside`` others,
    where they are known already."""

    work: Work
    plan: Plan
    evaluation: Evaluation
    before: Plan | None = None
    reasons: Mapping[str, Sequence[Bilingual]] | None = None
    beside: Mapping[str, Figures] | None = None

    @property
    def names(self) -> Names:
        return self.work.names

    @property
    def problem(self) -> Problem:
        return self.work.problem


def read(path: Path, server: tuple[str, str] | None = None) -> Work:
    """Ways that the file does not have are those of a server of roads, or by the shape of the earth.

    Raises BadInput, RoadsDown.
    """
    value, names = names_in(document(path))
    zone_info(names.zone)
    return _sound(problem_of(value), names, server)


def _sound(given: Problem, names: Names, server: tuple[str, str] | None) -> Work:
    # numpy is loaded only where it reckons: the other commands start quickly.
    from adapters.planning.land import LandMask
    from adapters.planning.roads import roads_of

    kind, address = server or ("osrm", "")
    roads = roads_of("valhalla" if kind == "valhalla" else "osrm", address, EVEN)
    land = LandMask()
    problem, troubles = check(given, land)
    if not problem.travel.seconds and problem.places:
        problem, more = check(asyncio.run(with_roads(problem, roads)), land)
        troubles += [one for one in more if one not in troubles]
    return Work(problem, names, troubles)


def document(path: Path) -> Any:
    """Raises BadInput."""
    try:
        value = json.loads(_text(path))
        json.dumps(value, ensure_ascii=False).encode()
        return value
    except OSError as error:
        wrong = Mistake(path.name, error.strerror or "unreadable", "give a file that is there")
        raise BadInput(wrong) from None
    except UnicodeError:
        raise BadInput(Mistake(path.name, "it is no text", "give JSON in UTF-8")) from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno} is no JSON"
        raise BadInput(Mistake(path.name, where, "give a JSON object")) from None
    except ValueError:  # Python reads no number of thousands of digits
        raise BadInput(Mistake(path.name, "it has an endless number", "give fewer digits")) from None
    except RecursionError:
        raise BadInput(Mistake(path.name, "it is nested too deeply", "give a JSON object")) from None


def _text(path: Path) -> str:
    """Raises OSError, UnicodeError, and BadInput for what never ends."""
    with path.open("rb") as file:
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise BadInput(Mistake(path.name, f"it has more than {LARGEST >> 20} MB", "give a smaller file"))
    return raw.decode("utf-8-sig")


def begun(work: Work, path: Path | None) -> Plan | None:
    """The plan of a file, as far as the problem still has its visits and technicians. Raises BadInput."""
    if path is None:
        return None
    value = document(path)
    plan = plan_of(value.get("plan", value) if isinstance(value, dict) else value, work.problem.days)
    seen: set[str] = set()
    routes = []
    for one in plan.routes:
        fresh = [id for id in dict.fromkeys(one.visits) if id in work.problem.visit and id not in seen]
        seen.update(fresh)
        if fresh and one.technician in work.problem.technician:
            routes.append(Route(one.technician, one.day, tuple(fresh)))
    return Plan(tuple(routes))


def outcome(work: Work, plan: Plan, before: Plan | None = None) -> Outcome:
    return Outcome(work, plan, evaluate(work.problem, plan), before)


def unwritable(error: OSError) -> BadInput:
    name = Path(str(error.filename or "the file")).name
    return BadInput(
        Mistake(name[:40], error.strerror or "it cannot be written", "give another file, or room")
    )


def keep(path: Path, plan: Plan, problem: Problem) -> None:
    """Whole or not at all, so that a search can go on from it whenever this one is killed."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(json.dumps(plan_value(plan, problem.days), ensure_ascii=False, indent=1) + "\n", "utf-8")
    part.replace(path)


def backdrop(path: Path | None) -> Backdrop | None:
    """Raises BadInput."""
    return None if path is None else backdrop_of(document(path))
