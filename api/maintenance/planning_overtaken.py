"""What was put in force while a plan was made, told to who would undo it by accepting the plan."""

from typing import Any

from api.commands import Reading
from api.fields import Shown
from api.maintenance.planning_fields import Said
from api.maintenance.planning_shapes import AppointmentShown, appointment_shown
from api.problems import Refused
from database.maintenance import naming
from domain.maintenance.planning.overtaking import Overtaken
from domain.maintenance.planning.today.changes import changes

MEND = "accept for the others, for all with despite_changes: true, or plan anew"


class OvertakingShown(Shown):
    """``technicians``: whose acceptance would undo the change from ``before`` to ``now``."""

    visit_ref: str
    before: AppointmentShown | None
    now: AppointmentShown | None
    technicians: list[str]
    words: Said


async def overtaken(here: Reading, since: Overtaken) -> Refused:
    more: dict[str, Any] = {
        "changes": [one.model_dump(mode="json") for one in await shown(here, since)],
        "technicians": list(since.technicians),
    }
    detail = str(since)
    return Refused(since.slug, f"{detail[:1].upper()}{detail[1:]}; {MEND}.", more=more)


async def shown(here: Reading, since: Overtaken) -> list[OvertakingShown]:
    """The gravest first."""
    places = [one for change in since.changes for one in (change.before, change.now) if one is not None]
    names = await naming.names_of(
        here.tx, here.tenant, {one.technician for one in places}, {one.visit for one in since.changes}
    )
    whose = {one.visit: one.technicians for one in since.changes}
    before = {one.visit: one.before for one in since.changes if one.before is not None}
    now = {one.visit: one.now for one in since.changes if one.now is not None}
    return [
        OvertakingShown(
            visit_ref=one.visit, before=appointment_shown(one.before), now=appointment_shown(one.after),
            technicians=list(whose[one.visit]), words=Said.of(one.words),
        )
        for one in changes(before, now, names)
    ]  # fmt: skip
