"""A student says that a deliverable is handed in."""

from collections.abc import Mapping

from database.internships import deliverable
from database.internships.deliverable import KnownDeliverable
from domain.calendar import local_date
from domain.decision import Bilingual
from domain.errors import BadInput, Mistake
from domain.upload import ENDINGS, LARGEST, MEGABYTE
from web.answers.question import Choice, Input, Question, Visit, day, day_both

LEAD = Bilingual(
    "Choisissez le fichier à remettre : les rappels cessent aussitôt.",
    "Choose the file to hand in: reminders stop at once.",
)
ACCEPTED = ",".join(ending for endings in ENDINGS.values() for ending in endings)
FILE = Input("file", "file", Bilingual("Fichier", "File"), value=ACCEPTED)
HELP = Bilingual(
    f"PDF, document bureautique ou image, {LARGEST // MEGABYTE}\u00a0Mo au plus",
    f"PDF, office document or picture, {LARGEST // MEGABYTE}\u00a0MB at most",
)
CHOICES = (Choice("handed_in", Bilingual("Remettre ce fichier", "Hand in this file"), HELP, (FILE,), "main"),)


class DeliverableQuestion:
    async def ask(self, visit: Visit) -> Question:
        known = await deliverable.deliverable_of(visit.tx, visit.target.tenant, visit.target.ref)
        it = known.deliverable
        facts = ((Bilingual("À remettre le", "Due on"), day(it.due_on, visit.locale)),)
        answered = _answered(known, visit.home.zone)
        title = Bilingual(it.title, it.title)
        return Question(title, LEAD, facts, () if answered else CHOICES, answered)

    async def take(self, visit: Visit, _: Mapping[str, str]) -> str:
        if visit.handed is None:
            raise BadInput(Mistake("file", "no file was chosen", "choose the file"))
        handed, target = visit.handed, visit.target
        found = (handed.checked, handed.state)
        await deliverable.hand_in_file(
            visit.tx, handed.uploads, target.tenant, target.ref, found, visit.by, visit.now
        )
        return "handed in"


def _answered(known: KnownDeliverable, zone: str) -> Bilingual | None:
    if known.cancelled_at:
        return Bilingual("Ce livrable n’est plus demandé.", "This deliverable is no longer required.")
    if known.handed_in_at:
        fr, en = day_both(local_date(known.handed_in_at, zone))
        return Bilingual(
            f"« {known.file_name} » a été remis le {fr}.", f"“{known.file_name}” was handed in on {en}."
        )
    return None
