"""Invented dunning books and ladders."""

from random import Random
from typing import Any

from tests.rules.witness.invent import Facts, effects, head, hour, why


def stages(random: Random) -> tuple[dict[str, Any], Facts]:
    book, facts = head(random, "stages")
    stops = stops_of(random, facts)
    holds: list[dict[str, Any]] = []
    for _ in range(random.choice([0, 0, 1, 2])):
        holds.append({"when": facts.when(), "until": "until_on", "why": why()})
    steps = [stage_step(random, facts, f"s{n}") for n in range(random.randint(1, 8))]
    measure = facts.new("late", "int", random.choice([None, "0"]))
    anchor = facts.new("oldest_on", "date", random.choice([None, "none"]))
    facts.edges[measure] = list(range(-2, 30))
    book |= {"measure": measure, "anchor": anchor}
    if holds:
        facts.new("until_on", "date", "none")
        for hold in holds:
            if random.random() < 0.7:
                hold["when"]["until_on"] = random.choice([">= today", "today..", ">= today-2d", "not none"])
        book["hold"] = holds
    if stops:
        book["stops"] = stops
    if random.random() < 0.4:
        kind, missing = random.choice(["money", "int", "decimal"]), random.choice([None, "0", "none"])
        fact = facts.new("owed", kind, missing)
        least = facts.written(fact, abs(facts.number(fact)))
        book["minimum"] = {"fact": fact, "at_least": least, "why": why()}
    first = random.randint(0, 3)
    made: list[dict[str, Any]] = []
    while steps:
        share = [steps.pop(0) for _ in range(min(len(steps), random.randint(0, 3)))]
        last = first + random.randint(0, 9)
        days = str(first) if last == first and random.random() < 0.5 else f"{first}..{last}"
        made.append({"id": f"p{len(made)}", "days": days, "why": why(), "steps": share})
        first = last + 1
    made[-1]["days"] = f"{made[-1]['days'].split('..')[0]}.."
    book["stages"] = made
    return book, facts


def stops_of(random: Random, facts: Facts) -> list[dict[str, Any]]:
    count = random.choice([0, 0, 1, 2])
    return [
        {"when": facts.when(2, 4), "outcome": random.choice(["paid", f"stop{n}"]), "why": why()}
        for n in range(count)
    ]


def stage_step(random: Random, facts: Facts, id: str) -> dict[str, Any]:
    return {"id": id, **common(random, facts)}


def common(random: Random, facts: Facts) -> dict[str, Any]:
    step: dict[str, Any] = effects(random, 1)
    if random.random() < 0.4:
        step["when"] = facts.when(1, 2)
    if random.random() < 0.4:
        step["hour"] = hour(random)
    if random.random() < 0.3:
        step["repeat"] = {"every": f"{random.randint(1, 9)}d", "times": str(random.randint(1, 4))}
    if random.random() < 0.3:
        step["always"] = random.choice(["true", "true", "false"])
    return step


def ladder(random: Random) -> tuple[dict[str, Any], Facts]:
    book, facts = head(random, "ladder")
    stops = stops_of(random, facts)
    steps = []
    for number in range(random.randint(1, 7)):
        at = random.choice([random.randint(-15, 15), random.randint(-3, 3)])
        step: dict[str, Any] = {
            "id": f"s{number}",
            "at": f"{at:+d}d" if at or random.random() < 0.5 else "0d",
        }
        step |= {"why": why(), **common(random, facts)}
        if random.random() < 0.3:
            step["shift"] = random.choice(["next", "previous", "none"])
        if random.random() < 0.15:
            step["closes"] = random.choice(["lapsed", "ended"])
        steps.append(step)
    book |= {"steps": steps, "anchor": facts.new("due_on", "date", random.choice([None, "none"]))}
    facts.edges["due_on"] = list(range(-20, 20))
    if stops:
        book["stops"] = stops
    if random.random() < 0.3:
        book["ends"] = random.choice(["part", "process"])
    if random.random() < 0.3:
        book["key_by"] = facts.new("nth", "int", random.choice([None, "1"]))
    return book, facts
