"""A school in Annecy: placements, and what students have to hand in around now."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from database.internships.deliverable import announce, extend, hand_in
from database.internships.placement import create_placement
from database.shared.contacts import save_contact
from domain.calendar import DAY
from domain.internships.deliverable import Deliverable, Kind
from domain.internships.placement import Placement
from seeds.firm import Firm
from seeds.people import COMPANY_TUTORS, FRANCE, SCHOOL_TUTORS, STUDENTS, person

FIRM = Firm("ecole-annecy", "École supérieure d’Annecy", "FR", "Europe/Paris", "EUR")
MISSIONS = (
    ("Atelier des Aravis", "Réduire les chutes de découpe"),
    ("Décolletage du Fier", "Suivre l’usure des outils"),
    ("Optique Semnoz", "Étalonner un banc de mesure"),
    ("Les Jardins de Vovray", "Arroser selon la météo"),
    ("Transports Parmelan", "Planifier les tournées du matin"),
    ("Logiciels Tournette", "Tester une application mobile"),
    ("Menuiserie Veyrier", "Chiffrer un escalier sur mesure"),
    ("Énergies du Chéran", "Surveiller une micro-centrale"),
)
"""Of each placement, the company and what the student does there."""


@dataclass(frozen=True)
class Work:
    """``due_in`` and ``handed_in`` are days from now, negative in the past; ``extended_by`` days."""

    kind: Kind
    due_in: int
    handed_in: int | None = None
    extended_by: int = 0


REPORT, PRESENTATION, EVALUATION = Kind.REPORT, Kind.PRESENTATION, Kind.EVALUATION

WORKS = (
    (Work(REPORT, -12, handed_in=-14), Work(PRESENTATION, 3)),
    (Work(REPORT, -8), Work(PRESENTATION, 13)),  # more than a week late
    (Work(REPORT, -4), Work(EVALUATION, 9)),  # late
    (Work(REPORT, -1), Work(PRESENTATION, 20)),  # late since today
    (Work(EVALUATION, -2, extended_by=8), Work(REPORT, 0)),  # more time was granted
    (Work(REPORT, 1), Work(PRESENTATION, 28)),  # due tomorrow
    (Work(EVALUATION, 5, handed_in=-1), Work(REPORT, 7)),  # handed in early; one week left
    (Work(REPORT, 40), Work(EVALUATION, 60)),
)


async def fill(tx: AsyncConnection, firm: Firm, on: date) -> str:
    """Written as it happened: people, placements, announcements, extensions, files."""
    teams = (("ET", STUDENTS, 200), ("TE", SCHOOL_TUTORS, 300), ("TU", COMPANY_TUTORS, 400))
    for letters, names, numbers in teams:
        for number, name in enumerate(names, start=1):
            await save_contact(tx, firm.id, person(f"{letters}-{number}", name, FRANCE, numbers + number))
    for number, works in enumerate(WORKS, start=1):
        await create_placement(tx, firm.id, _placement(number, on))
        for work, letter in zip(works, "AB", strict=True):
            await _follow(tx, firm, number, letter, work, on)
    return f"{len(WORKS)} placements, {sum(map(len, WORKS))} deliverables"


def _placement(number: int, on: date) -> Placement:
    return Placement(
        f"ST-{number:02}", f"ET-{number}", f"TE-{(number - 1) % len(SCHOOL_TUTORS) + 1}",
        f"TU-{(number - 1) % len(COMPANY_TUTORS) + 1}", MISSIONS[number - 1][0],
        on - timedelta(days=80 + number), on + timedelta(days=70 - 4 * number),
    )  # fmt: skip


async def _follow(
    tx: AsyncConnection, firm: Firm, number: int, letter: str, work: Work, on: date
) -> None:  # fmt: skip
    ref, due_on = f"ST-{number:02}-{letter}", on + work.due_in * DAY
    given = Deliverable(ref, f"ST-{number:02}", work.kind, MISSIONS[number - 1][1], due_on)
    await announce(tx, firm.id, given, firm.at(on - 60 * DAY, 9))
    if work.extended_by:
        later, reason = due_on + work.extended_by * DAY, "Absence du tuteur en entreprise"
        await extend(tx, firm.id, ref, later, reason, "Hélène Curtet", firm.at(on - 5 * DAY, 11))
    if work.handed_in is not None:
        at = firm.at(on + work.handed_in * DAY, 17, 30)
        await hand_in(tx, firm.id, ref, f"{ref.lower()}.pdf", f"link:ET-{number}", at)
