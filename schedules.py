"""One table of recurring starts. The worker of the platform's queue brings it in force."""

from dataclasses import dataclass
from datetime import timedelta

from temporalio.client import (
    Client,
    Schedule,
    ScheduleActionStartWorkflow,
    ScheduleAlreadyRunningError,
    ScheduleIntervalSpec,
    ScheduleOverlapPolicy,
    SchedulePolicy,
    ScheduleSpec,
    ScheduleUpdate,
)


@dataclass(frozen=True)
class Recurring:
    id: str
    every: timedelta
    workflow: str
    queue: str


def table(reconcile_every: timedelta) -> tuple[Recurring, ...]:
    return (
        Recurring("platform.reconciliation", reconcile_every, "platform.reconciliation", "platform"),
        Recurring("platform.anchoring", timedelta(minutes=1), "platform.anchoring", "platform"),
        Recurring("platform.backup", timedelta(minutes=15), "platform.backup", "platform"),
        Recurring("platform.file_sweep", timedelta(minutes=15), "platform.file_sweep", "platform"),
        Recurring("platform.retention", timedelta(days=1), "platform.retention", "platform"),
        Recurring("fleet.score", timedelta(hours=1), "fleet.score", "fleet"),
        Recurring("platform.publications", reconcile_every, "platform.publications", "platform"),
    )


async def bring_in_force(client: Client, recurring: tuple[Recurring, ...]) -> None:
    """Create what is missing and update what differs; several workers may do so at once."""
    for row in recurring:
        wanted = Schedule(
            action=ScheduleActionStartWorkflow(row.workflow, id=row.id, task_queue=row.queue),
            spec=ScheduleSpec(intervals=[ScheduleIntervalSpec(every=row.every)]),
            policy=SchedulePolicy(overlap=ScheduleOverlapPolicy.SKIP),
        )
        try:
            await client.create_schedule(row.id, wanted)
        except ScheduleAlreadyRunningError:
            update = ScheduleUpdate(schedule=wanted)
            await client.get_schedule_handle(row.id).update(lambda _, update=update: update)  # type: ignore[misc]
