"""Budgets of training projects and their fund calls, told day by day."""

from datetime import date
from decimal import Decimal

import pytest

from adapters.identifiers import iban, siren
from database.shared import cases, outbox
from database.shared.cases import StandingOrder
from database.training import clients, fund_call, projects, sessions
from domain.case import Case
from domain.errors import Conflict
from domain.money import Money
from domain.training.client import Client
from domain.training.fund_call_answer import Answer
from domain.training.project import Project, Session, Training
from tests.stories.telling import Story, Telling

PROCESS = "training.fund_call"
WORDS = "training/fund_call"

THRESHOLD = [
    "alert training: Seuil du budget de formation atteint",
    f"email {WORDS}/threshold → C-2",
    f"email {WORDS}/threshold → C-3",
]


def eur(euros: int) -> Money:
    return Money("EUR", euros * 100)


async def begun(telling: Telling, threshold: Money | Decimal = Decimal(80)) -> Story:
    """A project of 10,000 € of the client Aubépine, watched since Monday 1 September 2031."""
    story = await telling.begin("formation", zone="Europe/Paris", country="FR", currency="EUR")
    await story.person("C-1", full_name="Claire Martin")
    await story.person("C-2", full_name="Paul Roux")
    await story.person("C-3", full_name="Jane Reed", locale="en")
    client = Client(
        "CL-1", "Aubépine", siren("732 829 320"), iban("FR76 3000 6000 0112 3456 7890 189"),
        "3 rue des Lilas, Paris", "C-1", 500,
    )  # fmt: skip
    project = Project("P-1", "CL-1", "Plan 2031", eur(10_000), threshold, date(2031, 9, 1), ("C-2", "C-3"))
    async with story.fact("2031-09-01 10:00") as (tx, at):
        await clients.create_client(tx, story.tenant, client)
        await projects.create_project(tx, story.tenant, project, at)
    return story


async def spend(story: Story, at: str, ref: str, euros: int) -> None:
    session = Session(ref, date(2031, 12, 1), "Lyon", (Training(1, "Sécurité", "Forma", eur(euros), 2000),))
    async with story.fact(at) as (tx, instant):
        await sessions.record_session(tx, story.tenant, "P-1", session, instant)


async def reply(
    story: Story, at: str, answer: Answer, euros: int | None = None, number: int | None = None
) -> None:
    amount = None if euros is None else eur(euros)
    async with story.fact(at) as (tx, instant):
        await fund_call.answer_call(tx, story.tenant, "P-1", number, answer, amount, "link:C-1", instant)


async def states(story: Story) -> list[tuple[str, int, str | None, str | None]]:
    async with story.telling.database.tenant(story.tenant) as tx:
        return [
            (call.opened_by, call.requested.minor // 100, call.closed, str(call.closed_on or ""))
            for call in await fund_call.calls_of(tx, story.tenant, "P-1")
        ]


async def budget(story: Story) -> int:
    async with story.telling.database.tenant(story.tenant) as tx:
        return (await projects.position_of(tx, story.tenant, "P-1")).budget.minor // 100


def on(moment: str, *lines: str) -> list[str]:
    return sorted(f"{moment} {line}" for line in lines)


async def told(story: Story) -> list[str]:
    """What happened at one moment comes in the order of its words: two recipients have none."""
    return sorted(await story.told(PROCESS, "P-1"))


REQUEST = f"email {WORDS}/request → C-1"
REMINDER = f"email {WORDS}/reminder → C-1"
GRANTED = f"email {WORDS}/approved → C-1"
CLOSED = f"email {WORDS}/closed → C-1"


async def test_a_threshold_opens_a_call_that_is_reminded_and_approved(telling: Telling) -> None:
    """The clock of Paris goes back on Sunday 26 October: 9 o'clock stays 9 o'clock."""
    story = await begun(telling)
    await spend(story, "2031-09-10 11:00", "S-1", 6_000)
    await spend(story, "2031-10-22 11:00", "S-2", 2_500)
    await reply(story, "2031-10-30 18:00", Answer.APPROVED)
    await story.until("2031-12-01 12:00")
    assert await told(story) == [
        *on("2031-10-22 11:00", *THRESHOLD, REQUEST),
        *on("2031-10-27 09:00", REMINDER),
        *on("2031-10-29 09:00", REMINDER),
        *on("2031-10-30 18:00", GRANTED),
    ]
    # 8,500 of 10,700 € is 79.4 %: below 80 %, which 10,600 € would not be.
    assert await states(story) == [("rule", 700, "approved", "2031-10-30")]
    assert await budget(story) == 10_700


async def test_a_smaller_amount_is_granted_and_the_crossing_is_not_told_again(telling: Telling) -> None:
    story = await begun(telling)
    await spend(story, "2031-09-10 11:00", "S-1", 9_000)
    await reply(story, "2031-09-11 15:00", Answer.ADJUSTED, 500)
    await spend(story, "2031-09-12 11:00", "S-2", 100)
    await story.until("2031-12-01 12:00")
    assert await told(story) == [
        *on("2031-09-10 11:00", *THRESHOLD, REQUEST),
        *on("2031-09-11 15:00", GRANTED),
    ]
    assert await states(story) == [("rule", 1_300, "adjusted", "2031-09-11")]
    assert await budget(story) == 10_500


async def test_a_refusal_is_an_alert_and_ends_the_call(telling: Telling) -> None:
    story = await begun(telling)
    await spend(story, "2031-09-10 11:00", "S-1", 8_000)
    await reply(story, "2031-09-16 10:30", Answer.REFUSED, number=1)
    await spend(story, "2031-09-20 11:00", "S-2", 100)
    await story.until("2031-12-01 12:00")
    assert await told(story) == [
        *on("2031-09-10 11:00", *THRESHOLD, REQUEST),
        *on("2031-09-15 09:00", REMINDER),
        *on("2031-09-16 10:30", "alert training: Appel de fonds refusé par le client", CLOSED),
    ]
    assert await states(story) == [("rule", 100, "refused", "2031-09-16")]
    assert await budget(story) == 10_000


async def test_a_call_without_an_answer_expires_after_fourteen_days(telling: Telling) -> None:
    """Recorded at night: mails wait for the morning. Late answers are refused with a sentence."""
    story = await begun(telling)
    await spend(story, "2031-09-10 22:00", "S-1", 8_100)
    await story.until("2031-12-01 12:00")
    assert await told(story) == [
        *on("2031-09-10 22:00", THRESHOLD[0]),
        *on("2031-09-11 08:00", *THRESHOLD[1:], REQUEST),
        *on("2031-09-15 09:00", REMINDER),
        *on("2031-09-17 09:00", REMINDER),
        *on("2031-09-22 09:00", "alert training: Appeler le client au sujet de l’appel de fonds"),
        *on("2031-09-24 09:00", "alert training: Appel de fonds expiré sans réponse", CLOSED),
    ]
    with pytest.raises(Conflict, match="the fund call 1 of the project P-1 expired on 2031-09-24"):
        await reply(story, "2031-12-02 10:00", Answer.APPROVED)


async def test_the_same_answer_twice_is_one_and_another_is_a_conflict(telling: Telling) -> None:
    story = await begun(telling)
    await spend(story, "2031-09-10 11:00", "S-1", 8_000)
    async with story.fact("2031-09-10 12:00") as (tx, at):
        for _ in range(2):
            await fund_call.answer_call(tx, story.tenant, "P-1", 1, Answer.APPROVED, None, "link:C-1", at)
    await reply(story, "2031-09-10 13:00", Answer.APPROVED)
    with pytest.raises(Conflict, match=r"the fund call 1 .* was answered already: approved \(100.00\)"):
        await reply(story, "2031-09-10 14:00", Answer.REFUSED)
    assert await budget(story) == 10_100
    assert await told(story) == [
        *on("2031-09-10 11:00", *THRESHOLD, REQUEST),
        *on("2031-09-10 12:00", GRANTED),
    ]


async def test_a_second_crossing_opens_a_second_call_on_the_same_day(telling: Telling) -> None:
    story = await begun(telling)
    await spend(story, "2031-09-10 09:00", "S-1", 8_000)
    await reply(story, "2031-09-10 10:00", Answer.APPROVED)
    await spend(story, "2031-09-10 11:00", "S-2", 200)
    await spend(story, "2031-09-10 12:00", "S-3", 200)
    await reply(story, "2031-09-10 14:00", Answer.APPROVED)
    assert await told(story) == [
        *on("2031-09-10 09:00", *THRESHOLD, REQUEST),
        *on("2031-09-10 10:00", GRANTED),
        *on("2031-09-10 11:00", *THRESHOLD, REQUEST),
        *on("2031-09-10 14:00", GRANTED),
    ]
    assert await states(story) == [
        ("rule", 100, "approved", "2031-09-10"), ("rule", 200, "approved", "2031-09-10"),
    ]  # fmt: skip


async def test_a_budget_exceeded_in_one_go_is_told_at_once(telling: Telling) -> None:
    story = await begun(telling)
    await spend(story, "2031-09-10 11:00", "S-1", 12_000)
    assert await told(story) == on(
        "2031-09-10 11:00",
        "alert training: Budget de formation dépassé",
        THRESHOLD[0],
        f"email {WORDS}/exceeded → C-2",
        f"email {WORDS}/exceeded → C-3",
        *THRESHOLD[1:],
        REQUEST,
    )
    assert await states(story) == [("rule", 5_100, None, "")]


async def test_an_operator_opens_a_call_without_a_crossing(telling: Telling) -> None:
    """It also answers for the crossing that comes while it is open."""
    story = await begun(telling)
    async with story.fact("2031-09-10 11:00") as (tx, at):
        await fund_call.request_call(tx, story.tenant, "P-1", eur(2_000), "Nouveau module", "key:1", at)
        with pytest.raises(Conflict, match="the fund call 1 of the project P-1 is asked for already"):
            await fund_call.request_call(tx, story.tenant, "P-1", eur(2_000), "", "key:1", at)
    await spend(story, "2031-09-11 11:00", "S-1", 8_000)
    await reply(story, "2031-09-12 11:00", Answer.REFUSED)
    await story.until("2031-12-01 12:00")
    assert await told(story) == [
        *on("2031-09-10 11:00", REQUEST),
        *on("2031-09-11 11:00", *THRESHOLD),
        *on("2031-09-12 11:00", "alert training: Appel de fonds refusé par le client", CLOSED),
    ]
    assert await states(story) == [("operator", 2_000, "refused", "2031-09-12")]


async def test_a_cancelled_training_is_taken_back_and_crosses_again(telling: Telling) -> None:
    story = await begun(telling, threshold=eur(8_000))
    await spend(story, "2031-09-10 11:00", "S-1", 8_000)
    await reply(story, "2031-09-10 12:00", Answer.REFUSED)
    async with story.fact("2031-09-11 11:00") as (tx, at):
        for _ in range(2):
            await sessions.cancel_training(tx, story.tenant, "S-1", 1, "salle fermée", at)
    await spend(story, "2031-09-12 11:00", "S-2", 8_050)
    assert await told(story) == [
        *on("2031-09-10 11:00", *THRESHOLD, REQUEST),
        *on("2031-09-10 12:00", "alert training: Appel de fonds refusé par le client", CLOSED),
        *on("2031-09-12 11:00", *THRESHOLD, REQUEST),
    ]


async def test_a_paused_project_is_silent_and_catches_up(telling: Telling) -> None:
    """Reminders that were missed give way to the latest; a stray ring after the end does no harm."""
    story = await begun(telling)
    case = Case(story.tenant, PROCESS, "P-1", story.zone)
    await spend(story, "2031-09-10 11:00", "S-1", 8_000)
    async with story.fact("2031-09-10 12:00") as (tx, at):
        await cases.give_order(tx, case, StandingOrder("paused", "litige", "ops"))
        await outbox.owe(tx, outbox.RING, case, "paused", at, "pause-1")
    await spend(story, "2031-09-12 11:00", "S-2", 2_500)
    async with story.fact("2031-09-18 10:00") as (tx, at):
        await cases.lift_order(tx, case)
        await outbox.owe(tx, outbox.RING, case, "resumed", at, "resume-1")
    async with story.fact("2031-09-19 10:00") as (tx, at):
        await projects.close_project(tx, story.tenant, "P-1", at)
        await outbox.owe(tx, outbox.RING, case, "project.closed", at, "again")
    async with story.fact("2031-09-20 10:00") as (tx, at):
        await outbox.owe(tx, outbox.RING, case, "late", at, "late")
    with pytest.raises(Conflict, match="ended with its project on 2031-09-19"):
        await reply(story, "2031-09-21 10:00", Answer.APPROVED)
    assert await told(story) == [
        *on("2031-09-10 11:00", *THRESHOLD, REQUEST),
        *on(
            "2031-09-18 10:00",
            "alert training: Budget de formation dépassé",
            f"email {WORDS}/exceeded → C-2",
            f"email {WORDS}/exceeded → C-3",
            REMINDER,
        ),
        *on("2031-09-19 10:00", "closed: closed"),
    ]


async def test_a_stopped_project_is_watched_no_more(telling: Telling) -> None:
    story = await begun(telling)
    case = Case(story.tenant, PROCESS, "P-1", story.zone)
    async with story.fact("2031-09-10 12:00") as (tx, at):
        await cases.give_order(tx, case, StandingOrder("stopped", "saisi deux fois", "ops"))
        await outbox.owe(tx, outbox.RING, case, "stopped", at, "stop-1")
    await spend(story, "2031-09-12 11:00", "S-1", 12_500)
    assert await told(story) == on("2031-09-10 12:00", "closed: stopped")
