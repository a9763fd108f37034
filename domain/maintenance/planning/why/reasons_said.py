"""The reasons of an unplanned visit, and what would admit it, in words."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from domain.decision import Bilingual
from domain.maintenance.planning.model import Problem
from domain.maintenance.planning.naming import Names
from domain.maintenance.planning.shown.told import clock, long_day, span
from domain.maintenance.planning.why.hurdles import Hindered, Hurdle
from domain.maintenance.planning.why.reasons import Relaxation, Why
from domain.money import Money
from domain.wording import NO_BREAK, amount

FEW = 3
"""So many days or people are named; more are counted."""

HINDERED = {
    Hurdle.SKILL: Bilingual("Compétence {skill} manquante\u00a0: {who}.", "Skill {skill} missing: {who}."),
    Hurdle.ZONE: Bilingual("Hors de la zone {about}\u00a0: {who}.", "Outside zone {about}: {who}."),
    Hurdle.PINNED_TECHNICIAN: Bilingual(
        "La visite est réservée à {name}.", "The visit is reserved for {name}."
    ),
    Hurdle.PINNED_DAY: Bilingual(
        "La visite est fixée à un autre jour\u00a0: {days}.", "The visit is fixed to another day: {days}."
    ),
    Hurdle.LINK: Bilingual(
        "La visite liée {other} ne le permet pas\u00a0: {days}.",
        "The linked visit {other} does not allow it: {days}.",
    ),
    Hurdle.PARTS: Bilingual(
        "Pièce {about} absente du véhicule\u00a0: {who}.", "Part {about} not in the van: {who}."
    ),
    Hurdle.ZONE_FULL: Bilingual(
        "Assez de techniciens dans la zone {about}\u00a0: {days}.",
        "Enough technicians in zone {about}: {days}.",
    ),
    Hurdle.CLOSED: Bilingual(
        "Le client n’est pas disponible\u00a0: {days}.", "The customer is not available: {days}."
    ),
}
RELAXED = {
    Hurdle.LONG: Bilingual("{later} supplémentaires pour {place}.", "{later} extra for {place}."),
    Hurdle.HOURS: Bilingual(
        "Si le client peut à cette heure\u00a0: {place}.", "If the customer can at that hour: {place}."
    ),
    Hurdle.OTHERS: Bilingual(
        "Si {other} peut commencer {later} plus tard\u00a0: {place}.",
        "If {other} may begin {later} later: {place}.",
    ),
    Hurdle.SKILL: Bilingual(
        "Si {who} avait la compétence {skill}\u00a0: {place}.", "If {who} had skill {skill}: {place}."
    ),
    Hurdle.ZONE: Bilingual(
        "Si {who} va dans la zone {about}\u00a0: {place}.", "If {who} goes to zone {about}: {place}."
    ),
    Hurdle.PARTS: Bilingual(
        "Si {who} emporte la pièce {about}\u00a0: {place}.", "If {who} takes part {about} along: {place}."
    ),
    Hurdle.ZONE_FULL: Bilingual(
        "Avec un technicien de plus dans la zone {about}\u00a0: {place}.",
        "With one more technician in zone {about}: {place}.",
    ),
    Hurdle.PINNED_TECHNICIAN: Bilingual(
        "Si un autre technicien peut venir\u00a0: {place}.", "If another technician may come: {place}."
    ),
    Hurdle.PINNED_DAY: Bilingual(
        "Si un autre jour convient\u00a0: {place}.", "If another day will do: {place}."
    ),
}


def said(problem: Problem, why: Why, names: Names | None = None) -> list[Bilingual]:
    """What keeps it out, in the order of the hurdles."""
    by: dict[tuple[Hurdle, str, int], list[Hindered]] = defaultdict(list)
    for one in why.hindered:
        level = one.amount if one.hurdle is Hurdle.SKILL else 0
        about = "" if one.hurdle is Hurdle.OTHERS else one.about
        by[one.hurdle, about, level].append(one)
    if not by:
        return [Bilingual("Personne ne travaille ces jours-là.", "Nobody works on these days.")]
    order = list(Hurdle)
    keys = sorted(by, key=lambda key: (order.index(key[0]), key[1:]))
    sayer = _Sayer(problem, names or Names())
    return [sayer.hindered(*key, by[key]) for key in keys]


def proposed(problem: Problem, visit: str, one: Relaxation, names: Names | None = None) -> Bilingual:
    """`25 min supplémentaires pour Paul, jeudi 12 mars à 16 h 40 : 38,20 €.`"""
    return _Sayer(problem, names or Names()).relaxed(visit, one)


def values(problem: Problem, reasons: Iterable[Why], names: Names | None = None) -> list[dict[str, Any]]:
    """For a result that is kept as JSON; moments in seconds from midnight, days as dates."""
    return [
        {
            "visit": why.visit,
            "reasons": [_both(one) for one in said(problem, why, names)],
            "relaxations": [
                {
                    "kind": one.hurdle.value,
                    "technician": one.technician,
                    "day": problem.days[one.day].isoformat(),
                    "begins": one.begins,
                    "position": one.position,
                    "cost_minor": one.cost,
                    "about": one.about,
                    "amount": one.amount,
                    "words": _both(proposed(problem, why.visit, one, names)),
                }
                for one in why.relaxations
            ],
        }
        for why in reasons
    ]


def _both(text: Bilingual) -> dict[str, str]:
    return {"fr": text.fr, "en": text.en}


class _Sayer:
    def __init__(self, problem: Problem, names: Names) -> None:
        self.problem, self.names = problem, names

    def hindered(self, hurdle: Hurdle, about: str, level: int, cases: Sequence[Hindered]) -> Bilingual:
        if hurdle not in HINDERED:
            return self._full(hurdle, len(cases))
        who = self._who(sorted({one.technician for one in cases}))
        days = self._days(sorted({one.day for one in cases}))
        skill, quoted, name = self._skill(about, level), _q(about), self.names.technician(about)
        other = _q(self.names.line(about))
        text = HINDERED[hurdle]
        return Bilingual(
            text.fr.format(
                who=who.fr, days=days.fr, skill=skill.fr, about=quoted.fr, name=name, other=other.fr
            ),
            text.en.format(
                who=who.en, days=days.en, skill=skill.en, about=quoted.en, name=name, other=other.en
            ),
        )

    def _full(self, hurdle: Hurdle, many: int) -> Bilingual:
        s, journee = ("s", f"{many} journées") if many > 1 else ("", "1 journée")
        rounds = f"{many} rounds" if many > 1 else "1 round"
        if hurdle is Hurdle.HOURS:
            return Bilingual(
                f"Aux heures du client, le technicien est déjà pris{NO_BREAK}: {journee}.",
                f"At the customer’s hours the technician is already taken: {rounds}.",
            )
        if hurdle is Hurdle.OTHERS:
            return Bilingual(
                f"Un autre client ne pourrait plus être servi à son heure{NO_BREAK}: {journee}.",
                f"Another customer could no longer be served in time: {rounds}.",
            )
        if hurdle is Hurdle.LONG:
            return Bilingual(f"Journée{s} trop longue{s}{NO_BREAK}: {many}.", f"Too long a day: {rounds}.")
        return Bilingual(f"Il reste de la place{NO_BREAK}: {journee}.", f"There is room: {rounds}.")

    def relaxed(self, visit: str, one: Relaxation) -> Bilingual:
        who = self.names.technician(one.technician)
        day = long_day(self.problem.days[one.day], year=False)
        at = Bilingual(f"{day.fr} à {clock(one.begins, 'fr')}", f"{day.en} at {clock(one.begins, 'en')}")
        price = amount(Money(self.problem.currency, one.cost))
        place = Bilingual(f"{who}, {at.fr}{NO_BREAK}: {price.fr}", f"{who}, {at.en}: {price.en}")
        if one.hurdle is Hurdle.DEAR:
            return self._dear(place, one.cost, self.problem.visit[visit].penalty)
        skill, about, other = (
            self._skill(one.about, one.amount),
            _q(one.about),
            _q(self.names.line(one.about)),
        )
        later, text = (span(one.amount, "fr"), span(one.amount, "en")), RELAXED[one.hurdle]
        return Bilingual(
            text.fr.format(
                who=who, place=place.fr, skill=skill.fr, about=about.fr, other=other.fr, later=later[0]
            ),
            text.en.format(
                who=who, place=place.en, skill=skill.en, about=about.en, other=other.en, later=later[1]
            ),
        )

    def _dear(self, place: Bilingual, cost: int, penalty: int) -> Bilingual:
        if cost < penalty:
            return Bilingual(f"Il reste une place{NO_BREAK}: {place.fr}.", f"There is room: {place.en}.")
        saved = amount(Money(self.problem.currency, penalty))
        return Bilingual(
            f"Il reste une place, {place.fr}, mais ne pas venir n’en coûte que {saved.fr}.",
            f"There is room, {place.en}, but not to come costs only {saved.en}.",
        )

    def _who(self, people: Sequence[str]) -> Bilingual:
        """Everybody, those that are few, or how many of how many."""
        everybody = len({one.id for one in self.problem.technicians if one.shifts})
        if len(people) >= everybody:
            return Bilingual("tous les techniciens", "all technicians")
        if len(people) <= FEW:
            named = ", ".join(self.names.technician(one) for one in people)
            return Bilingual(named, named)
        return Bilingual(
            f"{len(people)} techniciens sur {everybody}", f"{len(people)} of {everybody} technicians"
        )

    def _days(self, days: Sequence[int]) -> Bilingual:
        if len(days) > FEW:
            return Bilingual(f"{len(days)} jours", f"{len(days)} days")
        told = [long_day(self.problem.days[one], year=False) for one in days]
        return Bilingual(", ".join(one.fr for one in told), ", ".join(one.en for one in told))

    def _skill(self, skill: str, level: int) -> Bilingual:
        name = _q(skill)
        if level < 2:
            return name
        return Bilingual(f"{name.fr} au niveau {level}", f"{name.en} at level {level}")


def _q(text: str) -> Bilingual:
    return Bilingual(f"«{NO_BREAK}{text}{NO_BREAK}»", f"“{text}”")
