"""Obstacles as sentences."""

from domain.decision import Bilingual
from domain.explanation import missing
from domain.wording import at_moment
from rules.finding import Obstacle, Place


def told(place: Place, found: Obstacle, zone: str) -> list[Bilingual]:
    """What keeps this rule from sending, the most telling first."""
    rule = Bilingual(
        f"{place.rule} ({place.book.name}, ligne {place.line})",
        f"{place.rule} ({place.book.name}, line {place.line})",
    )
    said = _moment(rule, found, zone) or _state(rule, found)
    return [*said, *_conditions(place, rule, found)]


def _moment(rule: Bilingual, found: Obstacle, zone: str) -> list[Bilingual]:
    at = at_moment(found.at, zone) if found.at else None
    if found.kind == "not_yet" and at:
        return [
            Bilingual(
                f"Son moment n’est pas venu : la règle {rule.fr} s’applique {at.fr}, "
                "si rien ne change d’ici là.",
                f"Its time has not come: rule {rule.en} applies {at.en}, if nothing changes until then.",
            )
        ]
    if found.kind == "held":
        fr, en = (f" ; il reprend {at.fr}", f"; it goes on {at.en}") if at else ("", "")
        because = found.because
        return [
            Bilingual(
                f"Le dossier est tenu en attente{fr} : {because.fr}", f"The case is held{en}: {because.en}"
            )
        ]
    return []


def _state(rule: Bilingual, found: Obstacle) -> list[Bilingual]:
    because = found.because
    match found.kind:
        case "over":
            fr = f"Le dossier a dépassé le palier de la règle {rule.fr}."
            return [Bilingual(fr, f"The case has gone past the stage of rule {rule.en}.")]
        case "stopped":
            return [Bilingual(f"Le dossier s’arrête : {because.fr}", f"The case ends: {because.en}")]
        case "outranked":
            fr = f"La règle {found.by} s’applique avant la règle {rule.fr}."
            return [Bilingual(fr, f"Rule {found.by} applies before rule {rule.en}.")]
        case _:
            return []


def _conditions(place: Place, rule: Bilingual, found: Obstacle) -> list[Bilingual]:
    if not found.failing:
        return []
    facts = place.book.facts
    parts = missing([(facts[one.fact].label, one.actual, one.needed, one.cell) for one in found.failing])
    return [
        Bilingual(
            f"La condition de la règle {rule.fr} n’est pas remplie : {parts.fr}.",
            f"The condition of rule {rule.en} does not hold: {parts.en}.",
        )
    ]
