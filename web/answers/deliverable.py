"""A student says that a deliverable is handed in."""

from collections.abc import Mapping

from database.internships import deliverable
from database.internships.deliverable import KnownDeliverable
from domain.calendar import local_date
from domain.decision import Bilingual
from domain.errors import BadInput, Mistake
from web.answers.question import Choice, Input, Question, Visit, day, day_both

LONGEST_NAME = 200
LEAD = Bilingual(
    "Indiquez le nom du fichier que vous avez remis : les rappels cessent aussitôt.",
    "Give the name of the file that you handed in: reminders stop at once.",
)
FILE = Input("file_name", "text", Bilingual("Nom du fichier", "File name"))
CHOICES = (
    Choice(
        "handed_in", Bilingual("Je l’ai remis", "I handed it in"),
        Bilingual("Par exemple : rapport-final.pdf", "For example: final-report.pdf"), (FILE,), "main",
    ),
)  # fmt: skip


class DeliverableQuestion:
    async def ask(self, visit: Visit) -> Question:
        known = await deliverable.deliverable_of(visit.tx, visit.target.tenant, visit.target.ref)
        it = known.deliverable
        facts = ((Bilingual("À remettre le", "Due on"), day(it.due_on, visit.locale)),)
        answered = _answered(known, visit.home.zone)
        title = Bilingual(it.title, it.title)
        return Question(title, LEAD, facts, () if answered else CHOICES, answered)

    async def take(self, visit: Visit, form: Mapping[str, str]) -> str:
        name = form.get("file_name", "").strip()
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            mend = f"give its name, at most {LONGEST_NAME} letters"
            raise BadInput(Mistake("file_name", "it is not the name of a file", mend))
        target = visit.target
        await deliverable.hand_in(visit.tx, target.tenant, target.ref, name, visit.by, visit.now)
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
