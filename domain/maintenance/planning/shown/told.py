"""Times, ways, days and faults of a plan in words."""

from datetime import date, datetime, time, timedelta

from domain.calendar import at_local
from domain.decision import Bilingual
from domain.maintenance.planning.evaluation import Fault, Violation
from domain.maintenance.planning.naming import Names
from domain.wording import MONTHS_EN, MONTHS_FR, NO_BREAK

WEEKDAYS_FR = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

FAULTS = {
    Fault.UNKNOWN_VISIT: Bilingual("visite inconnue", "unknown visit"),
    Fault.UNKNOWN_TECHNICIAN: Bilingual("technicien inconnu", "unknown technician"),
    Fault.TWICE: Bilingual("planifiée deux fois", "planned twice"),
    Fault.UNPLANNED: Bilingual("sans place dans les tournées", "without a place in the rounds"),
    Fault.NOT_WORKING: Bilingual(
        "le technicien ne travaille pas ce jour-là", "the technician is off that day"
    ),
    Fault.SKILL: Bilingual("compétence manquante", "skill missing"),
    Fault.ZONE: Bilingual("hors de la zone du technicien", "outside the technician’s zone"),
    Fault.ZONE_FULL: Bilingual("trop de techniciens dans la zone", "too many technicians in the zone"),
    Fault.PARTS: Bilingual("pièce absente du véhicule", "part not in the van"),
    Fault.WINDOW: Bilingual("hors des heures du client", "outside the customer’s hours"),
    Fault.SHIFT_END: Bilingual("retour après la fin de journée", "back after the end of the shift"),
    Fault.OVERTIME: Bilingual("trop d’heures supplémentaires", "too much overtime"),
    Fault.BREAK: Bilingual("pas de place pour la pause", "no room for the break"),
    Fault.PINNED_DAY: Bilingual("jour imposé non tenu", "fixed day not kept"),
    Fault.PINNED_TIME: Bilingual("heure imposée non tenue", "fixed time not kept"),
    Fault.PINNED_TECHNICIAN: Bilingual("technicien imposé non tenu", "fixed technician not kept"),
    Fault.BEFORE: Bilingual("doit venir après une autre visite", "has to come after another visit"),
    Fault.SAME_TECHNICIAN: Bilingual("même technicien demandé", "same technician asked for"),
    Fault.TOGETHER: Bilingual("doit commencer avec une autre visite", "has to begin with another visit"),
}
ABOUT_PIECES = frozenset({Fault.PARTS})


def clock(seconds: int, locale: str) -> str:
    """`8 h 05` or `08:05`, local; of the next day with `+1`."""
    days, rest = divmod(seconds, 24 * 3600)
    hour, minute = rest // 3600, rest % 3600 // 60
    told = f"{hour}{NO_BREAK}h{NO_BREAK}{minute:02}" if locale == "fr" else f"{hour:02}:{minute:02}"
    return f"{told}{NO_BREAK}{days:+}" if days else told


def span(seconds: int, locale: str) -> str:
    """`45 min`, `7 h 30`, to the nearest minute."""
    minutes = (seconds + 30) // 60
    if minutes < 60:
        return f"{minutes}{NO_BREAK}min"
    whole, rest = divmod(minutes, 60)
    hours = f"{whole:,}".replace(",", NO_BREAK) if locale == "fr" else f"{whole:,}"
    if locale == "fr":
        return f"{hours}{NO_BREAK}h" + (f"{NO_BREAK}{rest:02}" if rest else "")
    return f"{hours}{NO_BREAK}h" + (f"{NO_BREAK}{rest}{NO_BREAK}min" if rest else "")


def way(metres: int, locale: str) -> str:
    """`4,2 km`, `128 km`."""
    tenths = (metres + 50) // 100
    if tenths >= 200:
        return f"{(metres + 500) // 1000:,}{NO_BREAK}km".replace(",", NO_BREAK if locale == "fr" else ",")
    text = f"{tenths // 10}.{tenths % 10}"
    return f"{text.replace('.', ',') if locale == 'fr' else text}{NO_BREAK}km"


def weekday(day: date) -> Bilingual:
    return Bilingual(WEEKDAYS_FR[day.weekday()], WEEKDAYS_EN[day.weekday()])


def long_day(day: date, year: bool = True) -> Bilingual:
    """lundi 1er mars 2027 · Monday 1 March 2027"""
    said, first, after = weekday(day), "1er" if day.day == 1 else str(day.day), f" {day.year}" if year else ""
    french, english = MONTHS_FR[day.month - 1], MONTHS_EN[day.month - 1]
    return Bilingual(f"{said.fr} {first} {french}{after}", f"{said.en} {day.day} {english}{after}")


def local(day: date, seconds: int, zone: str) -> datetime:
    """The aware instant of a moment that is counted from the local midnight."""
    at = datetime.combine(day, time()) + timedelta(seconds=seconds)
    return at_local(at.date(), at.time(), zone)


def fault(violation: Violation, names: Names) -> Bilingual:
    """`ENT-12 : compétence manquante (gaz)`; names the technician when it is of no visit."""
    whom = names.line(violation.visit) if violation.visit else names.technician(violation.technician or "")
    said = FAULTS[violation.fault]
    more = [(one, one) for one in [violation.about] if one]
    if violation.amount:
        pieces = violation.fault in ABOUT_PIECES
        more.append(
            (f"×{NO_BREAK}{violation.amount}",) * 2
            if pieces
            else (span(violation.amount, "fr"), span(violation.amount, "en"))
        )
    french, english = (", ".join(one[place] for one in more) for place in (0, 1))
    return Bilingual(
        f"{whom}{NO_BREAK}: {said.fr}{f' ({french})' if french else ''}",
        f"{whom}: {said.en}{f' ({english})' if english else ''}",
    )
