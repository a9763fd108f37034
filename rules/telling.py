"""Obstacles as sentences."""

from datetime import date

from domain.calendar import local_date
from domain.decision import Bilingual
from domain.wording import at_moment, listed, value
from rules.facts import Fact
from rules.finding import NOTHING, Failing, Obstacle, Place
from rules.phrasing import cell_words, condition_words


def told(place: Place, found: Obstacle, day: date, zone: str) -> list[Bilingual]:
    """What keeps this rule from sending on a local day, the most telling first."""
    rule = Bilingual(
        f"{place.rule} ({place.book.name}, ligne {place.line})",
        f"{place.rule} ({place.book.name}, line {place.line})",
    )
    said = [*_moment(rule, found, day, zone), *_unless(place, found)] or _state(rule, found)
    return [*said, *_conditions(place, rule, found)]


def _moment(rule: Bilingual, found: Obstacle, day: date, zone: str) -> list[Bilingual]:
    at = at_moment(found.at, zone) if found.at else None
    if found.kind == "not_yet" and found.at and at:
        left = _left((local_date(found.at, zone) - day).days)
        return [
            Bilingual(
                f"Son moment n’est pas venu{left.fr} : la règle {rule.fr} s’applique {at.fr}.",
                f"Its time has not come{left.en}: rule {rule.en} applies {at.en}.",
            )
        ]
    if found.kind == "held":
        fr, en = (f" ; il reprend {at.fr}", f"; it goes on {at.en}") if at else ("", "")
        because = found.because
        return [
            Bilingual(f"Le dossier est en attente{fr} : {because.fr}", f"The case is held{en}: {because.en}")
        ]
    return []


def _left(days: int) -> Bilingual:
    if days < 1:
        return NOTHING
    fr, en = ("jour", "day") if days == 1 else ("jours", "days")
    return Bilingual(f", il manque {days} {fr}", f", {days} more {en}")


def _unless(place: Place, found: Obstacle) -> list[Bilingual]:
    """What would still keep from leaving what waits for its moment."""
    if found.kind != "not_yet" or found.failing:
        return []
    said = [condition_words(one, place.book.facts, found.currency) for one in found.unless]
    if not said:
        return [Bilingual("Il part alors, si rien ne change.", "It leaves then, if nothing changes.")]
    fr, en = " ; ".join(one.fr for one in said), "; ".join(one.en for one in said)
    return [Bilingual(f"Il part alors, sauf si : {fr}.", f"It leaves then, unless: {en}.")]


def _state(rule: Bilingual, found: Obstacle) -> list[Bilingual]:
    because = found.because
    match found.kind:
        case "over":
            fr = f"Le dossier a dépassé le palier de la règle {rule.fr}."
            return [Bilingual(fr, f"The case has gone past the stage of rule {rule.en}.")]
        case "missed":
            fr = f"La règle {rule.fr} n’écrit qu’avant l’échéance, et l’échéance est passée."
            return [Bilingual(fr, f"Rule {rule.en} writes only before the due date, which has passed.")]
        case "stopped":
            return [Bilingual(f"Le dossier s’arrête : {because.fr}", f"The case ends: {because.en}")]
        case "unseen":
            fr = f"Ce que la règle {rule.fr} attend ne s’est pas produit : {because.fr}"
            return [Bilingual(fr, f"What rule {rule.en} looks for has not happened: {because.en}")]
        case "undated":
            fr = f"La règle {rule.fr} compte à partir d’un jour qui n’est pas venu : {because.fr}."
            return [Bilingual(fr, f"Rule {rule.en} counts from a day that has not come: {because.en}.")]
        case "outranked":
            fr = f"La règle {found.by} s’applique avant la règle {rule.fr}."
            return [Bilingual(fr, f"Rule {found.by} applies before rule {rule.en}.")]
        case _:
            return []


def _conditions(place: Place, rule: Bilingual, found: Obstacle) -> list[Bilingual]:
    if not found.failing:
        return []
    facts = place.book.facts
    parts = listed([_wanted(facts[one.fact], one, found.currency) for one in found.failing])
    return [
        Bilingual(
            f"La condition de la règle {rule.fr} n’est pas remplie : {parts.fr}.",
            f"The condition of rule {rule.en} does not hold: {parts.en}.",
        )
    ]


def _wanted(fact: Fact, one: Failing, currency: str) -> Bilingual:
    """The value it has and the closest that would do, or all that would."""
    want = cell_words(fact, one.cell, currency) if one.needed is None else value(one.needed)
    have = value(one.actual)
    return Bilingual(
        f"« {fact.label.fr} » vaut {have.fr} et il faudrait {want.fr}",
        f"{fact.label.en!r} is {have.en} and would have to be {want.en}",
    )
