"""What is wrong with what came in: said to people, with the mend."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.decision import Bilingual


class Kind(StrEnum):
    DUPLICATE_VISIT = "duplicate_visit"
    DUPLICATE_TECHNICIAN = "duplicate_technician"
    NO_TECHNICIANS = "no_technicians"
    NO_SUCH_PLACE = "no_such_place"
    AT_SEA = "at_sea"
    SWAPPED = "swapped"
    MATRIX_SIZE = "matrix_size"
    MATRIX_HOLES = "matrix_holes"
    MATRIX_ASYMMETRIC = "matrix_asymmetric"
    UNREACHABLE = "unreachable"
    SHIFT = "shift"
    BREAK = "break"
    BREAKS_OVERLAP = "breaks_overlap"
    NEGATIVE = "negative"
    DEAREST = "dearest"
    DURATION = "duration"
    WINDOW_SHORT = "window_short"
    NO_WINDOW = "no_window"
    TOO_LONG = "too_long"
    SKILL = "skill"
    ZONE = "zone"
    PARTS = "parts"
    UNKNOWN_TECHNICIAN = "unknown_technician"
    UNKNOWN_LINK = "unknown_link"
    PIN_TECHNICIAN = "pin_technician"
    PIN_SKILL = "pin_skill"
    PIN_ZONE = "pin_zone"
    PIN_DAY_OFF = "pin_day_off"
    PIN_WINDOW = "pin_window"
    PIN_SHIFT = "pin_shift"
    PIN_PROMISE = "pin_promise"
    PIN_OVERLAP = "pin_overlap"
    LINK_CYCLE = "link_cycle"
    LINK_PINS = "link_pins"
    LINK_TIES = "link_ties"
    LINK_ALONE = "link_alone"
    LINK_PARTNER = "link_partner"


@dataclass(frozen=True)
class Trouble:
    """``left_out``: the visits and technicians that are named are not planned; otherwise what is wrong was
    put right as ``problem`` says, and they are."""

    kind: Kind
    problem: Bilingual
    mend: Bilingual
    visits: tuple[str, ...] = ()
    technicians: tuple[str, ...] = ()
    left_out: bool = False

    @property
    def value(self) -> dict[str, Any]:
        """As a result keeps it."""
        return {
            "kind": self.kind.value, "problem": vars(self.problem), "mend": vars(self.mend),
            "visits": self.visits, "technicians": self.technicians, "left_out": self.left_out,
        }  # fmt: skip


Words = tuple[str, str, str, str]
"""What is wrong in French and English, and the mend."""


def trouble(
    kind: Kind, *, visits: tuple[str, ...] = (), technicians: tuple[str, ...] = (), left_out: bool = False,
    **about: object,
) -> Trouble:  # fmt: skip
    """``visit``, ``other`` and ``technician`` stand for the first and second of those that are named."""
    named = {
        "visit": (*visits, "")[0], "other": (*visits, "", "")[1], "technician": (*technicians, "")[0],
    } | about  # fmt: skip
    fr, en, mend_fr, mend_en = (one.format(**named) for one in WORDS[kind])
    return Trouble(kind, Bilingual(fr, en), Bilingual(mend_fr, mend_en), visits, technicians, left_out)


WORDS: dict[Kind, Words] = {
    Kind.DUPLICATE_VISIT: (
        "La visite {visit} est donnée {count} fois ; la première compte",
        "Visit {visit} is given {count} times; the first one counts",
        "donnez à chaque visite sa propre référence", "give each visit a reference of its own",
    ),
    Kind.DUPLICATE_TECHNICIAN: (
        "Le technicien {technician} est donné {count} fois ; le premier compte",
        "Technician {technician} is given {count} times; the first one counts",
        "donnez à chaque technicien sa propre référence", "give each technician a reference of their own",
    ),
    Kind.NO_TECHNICIANS: (
        "Aucun technicien ne travaille ces jours-là ; rien ne peut être planifié",
        "No technician works on these days; nothing can be planned",
        "ajoutez un technicien avec ses heures, ou prenez d’autres jours",
        "add a technician with their hours, or take other days",
    ),
    Kind.NO_SUCH_PLACE: (
        "Les coordonnées {lat} ; {lon} ne sont nulle part sur Terre",
        "The coordinates {lat}, {lon} are nowhere on earth",
        "donnez la latitude de -90 à 90 et la longitude de -180 à 180, en degrés",
        "give the latitude from -90 to 90 and the longitude from -180 to 180, in degrees",
    ),
    Kind.AT_SEA: (
        "Les coordonnées {lat} ; {lon} sont en pleine mer", "The coordinates {lat}, {lon} are at sea",
        "vérifiez l’adresse et cherchez ses coordonnées de nouveau",
        "check the address and look its coordinates up again",
    ),
    Kind.SWAPPED: (
        "Les coordonnées {lat} ; {lon} ne sont pas sur la terre ferme",
        "The coordinates {lat}, {lon} are not on land",
        "échangez la latitude et la longitude : {lon} ; {lat}",
        "swap latitude and longitude: {lon}, {lat}",
    ),
    Kind.MATRIX_SIZE: (
        "La matrice n’a pas {size} lignes de {size} nombres ; les trajets sont calculés à sa place",
        "The matrix does not have {size} rows of {size} numbers; the roads are asked in its place",
        "donnez une ligne et une colonne par lieu", "give a row and a column for each place",
    ),
    Kind.MATRIX_HOLES: (
        "{count} trajets manquent dans la matrice ({examples}) ; {detours} passent par un autre lieu, "
        "les autres ne sont pas pris",
        "{count} ways are missing in the matrix ({examples}); {detours} go by way of another place, "
        "the others are not taken",
        "complétez la matrice pour ces lieux", "complete the matrix for these places",
    ),
    Kind.MATRIX_ASYMMETRIC: (
        "{count} trajets durent bien plus longtemps dans un sens que dans l’autre ({examples}) ; "
        "ils sont pris tels quels",
        "{count} ways take far longer in one direction than in the other ({examples}); "
        "they are taken as given",
        "vérifiez ces trajets", "check these ways",
    ),
    Kind.UNREACHABLE: (
        "Aucun technicien ne peut aller à la visite {visit} et en revenir",
        "No technician can get to visit {visit} and back",
        "vérifiez ses coordonnées, ou complétez la matrice", "check its coordinates, or complete the matrix",
    ),
    Kind.SHIFT: (
        "La journée du {day} du technicien {technician} finit avant de commencer ; elle est laissée de côté",
        "The shift of technician {technician} on {day} ends before it begins; it is left out",
        "donnez une fin après le début", "give an end after the beginning",
    ),
    Kind.BREAKS_OVERLAP: (
        "Des pauses de {technician} se chevauchent le {day} ; la première compte",
        "Breaks of {technician} overlap on {day}; the first one counts",
        "laissez à chacune le temps de commencer après la précédente, même prise au plus tard",
        "let each begin after the one before it, even when that is taken at its latest",
    ),
    Kind.BREAK: (
        "Une pause du technicien {technician} le {day} ne peut pas avoir lieu ; elle est laissée de côté",
        "A break of technician {technician} on {day} cannot take place; it is left out",
        "donnez une durée, et une heure au plus tard qui suit l’heure au plus tôt",
        "give a duration, and a latest time after the earliest",
    ),
    Kind.NEGATIVE: (
        "{field} est au-dessous de zéro ; 0 est pris", "{field} is below zero; 0 is taken",
        "donnez 0 ou plus", "give 0 or more",
    ),
    Kind.DEAREST: (
        "{field} dépasse ce qui se calcule ; {most} est pris", "{field} is beyond reckoning; {most} is taken",
        "donnez {most} au plus, dans la plus petite unité de la monnaie",
        "give {most} at most, in the smallest unit of the currency",
    ),
    Kind.DURATION: (
        "La durée de la visite {visit} est au-dessous de zéro", "The duration of visit {visit} is below zero",
        "donnez une durée, par exemple 00:45", "give a duration, such as 00:45",
    ),
    Kind.WINDOW_SHORT: (
        "La visite {visit} dure {duration} : la plage du {day} de {opens} à {closes} est trop courte et ne "
        "compte pas",
        "Visit {visit} takes {duration}: the window on {day} from {opens} to {closes} is too short and does "
        "not count",
        "allongez la plage, ou raccourcissez la visite", "widen the window, or shorten the visit",
    ),
    Kind.NO_WINDOW: (
        "La visite {visit} dure {duration} et ne tient dans aucune de ses plages",
        "Visit {visit} takes {duration} and fits into none of its windows",
        "donnez une plage d’au moins {duration}", "give a window of {duration} at least",
    ),
    Kind.TOO_LONG: (
        "La visite {visit} dure {duration}, plus que la plus longue journée ({longest})",
        "Visit {visit} takes {duration}, longer than the longest shift ({longest})",
        "partagez-la en plusieurs visites", "divide it into several visits",
    ),
    Kind.SKILL: (
        "Personne n’a la compétence {skill} au niveau {level} que demande la visite {visit} (au plus {best})",
        "Nobody has the skill {skill} at level {level} that visit {visit} needs (at most {best})",
        "corrigez la compétence demandée, ou donnez-la à un technicien",
        "correct the skill that is asked for, or give it to a technician",
    ),
    Kind.ZONE: (
        "Personne ne travaille dans la zone {zone} de la visite {visit}",
        "Nobody works in the zone {zone} of visit {visit}",
        "corrigez la zone, ou ouvrez-la à un technicien", "correct the zone, or open it to a technician",
    ),
    Kind.PARTS: (
        "La visite {visit} demande {wanted} × {part} ; aucun véhicule n’en a plus de {best}",
        "Visit {visit} needs {wanted} × {part}; no van has more than {best}",
        "chargez la pièce, ou corrigez la quantité", "load the part, or correct the number",
    ),
    Kind.UNKNOWN_TECHNICIAN: (
        "La visite {visit} nomme le technicien {technician}, qui n’est pas de ceux que l’on planifie",
        "Visit {visit} names technician {technician}, who is not among those who are planned",
        "corrigez la référence, ou ajoutez le technicien", "correct the reference, or add the technician",
    ),
    Kind.UNKNOWN_LINK: (
        "Un lien ({tie}) nomme {visit} et {other}, qui ne sont pas deux visites que l’on planifie ; "
        "il ne compte pas",
        "A link ({tie}) names {visit} and {other}, which are not two visits that are planned; "
        "it does not count",
        "corrigez les références, ou retirez le lien", "correct the references, or take the link away",
    ),
    Kind.PIN_TECHNICIAN: (
        "La visite {visit} est fixée au technicien {technician}, qui n’est pas de ceux que l’on planifie",
        "Visit {visit} is pinned to technician {technician}, who is not among those who are planned",
        "fixez-la à un autre technicien, ou ajoutez celui-ci",
        "pin it to another technician, or add this one",
    ),
    Kind.PIN_SKILL: (
        "La visite {visit} est fixée au technicien {technician}, qui n’a pas la compétence {skill} au niveau "
        "{level}",
        "Visit {visit} is pinned to technician {technician}, who does not have the skill {skill} "
        "at level {level}",
        "fixez-la à quelqu’un qui l’a, ou libérez-la", "pin it to somebody who has it, or take the pin away",
    ),
    Kind.PIN_ZONE: (
        "La visite {visit} est fixée au technicien {technician}, qui ne travaille pas dans la zone {zone}",
        "Visit {visit} is pinned to technician {technician}, who does not work in the zone {zone}",
        "fixez-la à quelqu’un de cette zone, ou libérez-la",
        "pin it to somebody of this zone, or take the pin away",
    ),
    Kind.PIN_DAY_OFF: (
        "La visite {visit} est fixée à un jour ({day}) où {who} ne travaille pas",
        "Visit {visit} is pinned to a day ({day}) on which {who} does not work",
        "fixez-la à un autre jour ou à un autre technicien", "pin it to another day or another technician",
    ),
    Kind.PIN_WINDOW: (
        "La visite {visit} est fixée ({pin}) hors de ses plages",
        "Visit {visit} is pinned ({pin}) outside its windows",
        "déplacez ce qui est fixé dans une plage, ou élargissez la plage",
        "pin it inside a window, or widen the window",
    ),
    Kind.PIN_SHIFT: (
        "La visite {visit} est fixée à {at}, hors des heures de travail",
        "Visit {visit} is pinned to {at}, outside the working hours",
        "fixez-la à une autre heure", "pin it to another time",
    ),
    Kind.PIN_PROMISE: (
        "La visite {visit} est fixée à {at}, trop tôt pour l’heure promise ({promised})",
        "Visit {visit} is pinned to {at}, too early for the time that was promised ({promised})",
        "fixez-la à l’heure promise, ou changez la promesse",
        "pin it to the promised time, or change the promise",
    ),
    Kind.PIN_OVERLAP: (
        "Les visites {other} et {visit} sont fixées au même technicien {technician} en même temps",
        "Visits {other} and {visit} are pinned to the same technician {technician} at the same time",
        "libérez l’une des deux", "take one of the two pins away",
    ),
    Kind.LINK_CYCLE: (
        "Les visites {cycle} s’attendent l’une l’autre", "The visits {cycle} wait for each other",
        "retirez un des liens", "take one of the links away",
    ),
    Kind.LINK_PINS: (
        "Les visites {visit} et {other} sont liées ({tie}), et ce qui est fixé l’interdit",
        "Visits {visit} and {other} are linked ({tie}), and their pins forbid it",
        "libérez l’une des deux, ou retirez le lien", "take one of the pins away, or the link",
    ),
    Kind.LINK_TIES: (
        "Les visites {visit} et {other} ont des liens qui se contredisent ({ties})",
        "Visits {visit} and {other} have links that contradict each other ({ties})",
        "retirez un des liens", "take one of the links away",
    ),
    Kind.LINK_ALONE: (
        "Les visites {visit} et {other} demandent deux techniciens à la fois, et il n’y en a qu’un",
        "Visits {visit} and {other} need two technicians at once, and there is one only",
        "ajoutez un technicien, ou retirez le lien", "add a technician, or take the link away",
    ),
    Kind.LINK_PARTNER: (
        "La visite {visit} dépend de la visite {other}, qui est laissée de côté",
        "Visit {visit} depends on visit {other}, which is left out",
        "corrigez {other}, ou retirez le lien", "mend {other}, or take the link away",
    ),
}  # fmt: skip
