"""Why a visit has no place, and that every change that is proposed makes the place and has the price told."""

from dataclasses import replace

import pytest

from bench.planning.weeks import Size, drawn
from domain.maintenance.planning.evaluator import evaluate
from domain.maintenance.planning.model import (
    HOUR,
    Link,
    Pin,
    Plan,
    Problem,
    Route,
    Technician,
    Tie,
    Visit,
    Window,
)
from domain.maintenance.planning.naive import naive
from domain.maintenance.planning.naming import Called, Names
from domain.maintenance.planning.why.hurdles import Hurdle, at_any_hour
from domain.maintenance.planning.why.reasons import Reasons, Relaxation, Why
from domain.maintenance.planning.why.reasons_said import proposed, said, values


@pytest.mark.parametrize("seed", range(8))
def test_every_change_makes_its_place_at_its_price(seed: int) -> None:
    problem = drawn(Size(30, 3, 1), seed)
    plan = naive(problem)
    before = evaluate(problem, plan)
    assert before.unplanned
    reasons = Reasons(problem, plan)
    for why in reasons.all():
        assert len(why.hindered) == len(problem.technicians)
        for one in why.relaxations:
            changed = granted(problem, why.visit, one)
            after = evaluate(changed, inserted(plan, why.visit, one))
            assert after.hard == ()
            saved = problem.visit[why.visit].penalty
            assert after.cost.total - before.cost.total == one.cost - saved
            assert after.stops[why.visit][1].begins == one.begins


@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_asked_for_in_vain(seed: int) -> None:
    problem = drawn(Size(30, 3, 1), seed)
    plan = naive(problem)
    for why in Reasons(problem, plan).all():
        kinds = [one.hurdle for one in why.relaxations]
        assert Hurdle.DEAR not in kinds[:-1]
        for one in why.relaxations:
            free = evaluate(problem, inserted(plan, why.visit, one)).feasible
            assert free == (one.hurdle is Hurdle.DEAR) or kinds[-1] is Hurdle.DEAR
            assert one.hurdle is not Hurdle.LONG or 0 < one.amount <= 2 * HOUR


def test_a_skill_that_nobody_has_is_named() -> None:
    problem, plan = small(skills={"gas": 2})
    why = only(problem, plan)
    assert {one.hurdle for one in why.hindered} == {Hurdle.SKILL}
    assert said(problem, why)[0].en == "Skill “gas” at level 2 missing: all technicians."
    assert (
        said(problem, why)[0].fr
        == "Compétence «\u00a0gas\u00a0» au niveau 2 manquante\u00a0: tous les techniciens."
    )
    assert why.relaxations[0].hurdle is Hurdle.SKILL
    assert "had skill “gas” at level 2" in proposed(problem, "V", why.relaxations[0]).en


def test_hours_at_which_all_are_taken_are_told_with_the_hour_that_is_free() -> None:
    problem, plan = small(windows=(Window(0, 8 * HOUR, 9 * HOUR),))
    why = only(problem, plan)
    assert Hurdle.HOURS in {one.hurdle for one in why.hindered}
    best = why.relaxations[0]
    assert best.hurdle is Hurdle.HOURS
    assert proposed(problem, "V", best).fr.startswith(
        "Si le client peut à cette heure\u00a0: A, lundi 9 mars à "
    )


def test_a_day_on_which_the_customer_is_away_is_told() -> None:
    problem, plan = small(windows=(Window(1, 8 * HOUR, 9 * HOUR),))
    why = only(problem, plan)
    assert {one.hurdle for one in why.hindered} == {Hurdle.CLOSED}
    assert said(problem, why)[0].en == "The customer is not available: Monday 9 March."


def test_a_pin_is_told_and_what_it_would_cost_without_it() -> None:
    problem, plan = small(pin=Pin(technician="nobody"))
    why = only(problem, plan)
    assert said(problem, why)[0].en == "The visit is reserved for nobody."
    assert [one.hurdle for one in why.relaxations] == [Hurdle.PINNED_TECHNICIAN]


def test_a_part_that_is_in_no_van_is_told() -> None:
    problem, plan = small(parts={"valve": 1})
    why = only(problem, plan)
    assert (
        said(problem, why)[0].fr
        == "Pièce «\u00a0valve\u00a0» absente du véhicule\u00a0: tous les techniciens."
    )
    assert why.relaxations[0].hurdle is Hurdle.PARTS


def test_a_zone_that_has_enough_technicians_is_told() -> None:
    problem, plan = small(zone="North")
    problem = replace(problem, zone_most={"North": 0})
    assert only(problem, plan).hindered[0].hurdle is Hurdle.ZONE_FULL


def test_a_visit_that_waits_for_one_without_a_place_is_told_so() -> None:
    problem, plan = small()
    first = replace(problem.visit["V"], id="first", skills={"gas": 1})
    linked = replace(problem, visits=(*problem.visits, first), links=(Link(Tie.BEFORE, "first", "V"),))
    why = Reasons(linked, plan).of("V")
    assert {one.hurdle for one in why.hindered} == {Hurdle.LINK}
    assert said(linked, why)[0].en == "The linked visit “first” does not allow it: Monday 9 March."
    assert why.relaxations == ()


def test_one_that_is_bound_to_a_planned_visit_gets_only_hours_after_it() -> None:
    problem, plan = small()
    linked = replace(problem, links=(Link(Tie.BEFORE, "done", "V"),))
    why = Reasons(linked, plan).of("V")
    ends = evaluate(linked, plan).stops["done"][1].ends
    assert why.relaxations
    assert all(one.begins >= ends for one in why.relaxations)


def test_what_costs_more_than_it_is_worth_is_told_so() -> None:
    problem, plan = small(optional=True, penalty=1)
    why = only(problem, plan)
    assert [one.hurdle for one in why.relaxations] == [Hurdle.DEAR]
    assert "but not to come costs only 0.01" in proposed(problem, "V", why.relaxations[0]).en


def test_reasons_are_kept_as_plain_values() -> None:
    problem, plan = small(skills={"gas": 2})
    kept = values(problem, Reasons(problem, plan).all())
    assert kept[0]["visit"] == "V"
    assert kept[0]["relaxations"][0]["day"] == "2026-03-09"
    assert set(kept[0]["reasons"][0]) == {"fr", "en"}


def small(**asked: object) -> tuple[Problem, Plan]:
    """One technician with one visit at nine, and `V` that is not planned."""
    base = drawn(Size(2, 1, 1), 1)
    shift = replace(base.technicians[0].shifts[0], begin=8 * HOUR, end=17 * HOUR, breaks=())
    who = Technician("A", 0, 0, {0: shift}, parts={}, per_hour=1_800, overtime_per_hour=4_500, per_km=45)
    place = base.visits[0].place
    done = Visit("done", place, HOUR, windows=(Window(0, 9 * HOUR, 10 * HOUR),))
    late = Visit("V", base.visits[1].place, HOUR // 2)
    visit = replace(late, **asked)  # type: ignore[arg-type]
    problem = replace(base, technicians=(who,), visits=(done, visit))
    return problem, Plan((Route("A", 0, ("done",)),))


def only(problem: Problem, plan: Plan) -> Why:
    (why,) = Reasons(problem, plan).all()
    return why


def inserted(plan: Plan, visit: str, one: Relaxation) -> Plan:
    old = plan.of(one.technician, one.day).visits
    return plan.with_route(
        Route(one.technician, one.day, (*old[: one.position], visit, *old[one.position :]))
    )


def granted(problem: Problem, visit: str, one: Relaxation) -> Problem:
    """With what the relaxation asks for."""
    who = problem.technician[one.technician]
    asked = problem.visit[visit]
    if one.hurdle is Hurdle.LONG:
        shift = who.shifts[one.day]
        longer = replace(shift, end=shift.end + one.amount, overtime_most=shift.overtime_most + one.amount)
        return with_technician(problem, replace(who, shifts={**who.shifts, one.day: longer}))
    if one.hurdle is Hurdle.SKILL:
        skills = {**who.skills, one.about: max(one.amount, 1)}
        return with_technician(problem, replace(who, skills=skills))
    if one.hurdle is Hurdle.HOURS:
        return with_visit(problem, at_any_hour(asked))
    if one.hurdle is Hurdle.OTHERS:
        other = problem.visit[one.about]
        later = tuple(replace(window, closes=window.closes + one.amount) for window in other.windows)
        return with_visit(problem, replace(other, windows=later))
    return problem


def with_technician(problem: Problem, who: Technician) -> Problem:
    return replace(
        problem, technicians=tuple(who if one.id == who.id else one for one in problem.technicians)
    )


def with_visit(problem: Problem, visit: Visit) -> Problem:
    return replace(problem, visits=tuple(visit if one.id == visit.id else one for one in problem.visits))


def test_references_that_were_kept_are_spoken_as_names() -> None:
    names = Names(
        technicians={"T-1": "Lina Favre", "T-10": "Max Roux"},
        visits={"V.1": Called("Agathe", "Entretien")},
    )
    said = names.spoken("T-1, T-10. Si « V.1 » attend T-1 ; T-1.5 et AT-1 ne sont personne, VX1 non plus.")
    assert said == (
        "Lina Favre, Max Roux. Si « Entretien, Agathe » attend Lina Favre ; T-1.5 et AT-1 ne sont personne, "
        "VX1 non plus."
    )
    assert Names().spoken("T-1") == "T-1"
    numbered = Names(technicians={"12": "Lina Favre"}, visits={"40": Called(who="Agathe")})
    assert numbered.spoken("12, jeudi 12 mars à 16 h 40.") == "12, jeudi 12 mars à 16 h 40."
