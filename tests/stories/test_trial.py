"""A new dunning book tried on a recorded story: the old side is the story, the new one counted by hand."""

from typing import Any

import pytest

from activities.platform.rule_trial import RuleTrials
from adapters.holidays import PublicHolidays
from database.shared import trials
from database.shared.audit import Actor
from database.shared.trials import BACK_TEST, DRY_RUN, Plan
from tests.ground import ROOT
from tests.stories.fleet import DUNNING, pay, signed
from tests.stories.telling import Story, Telling

TEXT = (ROOT / "rules/fleet/dunning.yaml").read_text("utf-8")

OF_THE_BOOK = ("fleet/dunning/", "Suspendre le véhicule", "Reprendre le dossier d’impayé")
"""What this book has done; the process asks others as well."""


@pytest.fixture(scope="module")
def later() -> str:
    """No firm stage: the reminder lasts until day 14; collections is told twice, not thrice."""
    firm = TEXT[TEXT.index("  - id: firm\n") : TEXT.index("  - id: suspended\n")]
    text = TEXT.replace(firm, "")
    for before, after in (
        ("days: 4..7", "days: 4..14"),
        ("{every: 30d, times: 3}", "{every: 30d, times: 2}"),
    ):
        assert text.count(before) == 1
        text = text.replace(before, after)
    return text


async def tried(story: Story, kind: str, new: str, on: str) -> dict[str, Any]:
    database, at = story.telling.database, story.instant(on)
    async with database.tenant(story.tenant) as tx:
        plan = Plan(kind, "fleet/dunning", ("old", TEXT), ("new", new), at)
        begun = await trials.begin(tx, story.tenant, Actor("key:anne"), plan, at)
    ended = await RuleTrials(database, PublicHolidays(), 3).go_on(story.tenant, begun.id, lambda _: None)
    assert ended.state == "done", ended.problem
    async with database.tenant(story.tenant) as tx:
        return await trials.result_of(tx, story.tenant, begun.id)


def counted(found: dict[str, Any], side: str) -> dict[str, int]:
    return {one["what"].rpartition("/")[2]: one[side] for one in found["steps"] if one[side]}


async def test_a_driver_who_never_pays(telling: Telling, later: str) -> None:
    story = await signed(telling)
    await story.until("2032-07-15 12:00")
    told = [line for line in await story.told(DUNNING, "C-1") if any(one in line for one in OF_THE_BOOK)]
    found = await tried(story, BACK_TEST, later, "2032-07-15 12:00")
    # What the old book would have done is what was done: five messages, one suspension, three hand-overs.
    assert len(told) == sum(counted(found, "old").values()) == 9
    assert counted(found, "old") == {
        "courtesy": 1, "reminder": 1, "firm": 1, "notice": 1, "handover": 1, "operations": 1,
        "collections": 3,
    }  # fmt: skip
    # From day 8 on it is still the reminder, which is sent already; day 15 brings the notice.
    assert counted(found, "new") == {
        "courtesy": 1, "reminder": 1, "notice": 1, "handover": 1, "operations": 1, "collections": 2,
    }  # fmt: skip
    assert counted(found, "lost") == {"firm": 1, "collections": 1}
    assert counted(found, "gained") == {}
    [move] = [one for one in found["moves"] if one["from"] != one["to"]]
    assert (move["from"], move["to"]) == ("firm", "reminder")
    assert move["sample"][0]["on"] == "2032-02-13"
    assert (found["subjects"], found["changed"], found["fewer_messages"]) == (1, 1, 1)
    messages = {one["month"]: one["messages"] for one in found["months"]}
    assert messages["2032-02"] == {"old": 4, "new": 3}
    assert messages["2032-03"] == {"old": 1, "new": 1}


async def test_what_was_sent_is_not_sent_again_in_a_dry_run(telling: Telling, later: str) -> None:
    story = await signed(telling)
    await story.until("2032-02-13 12:00")
    found = await tried(story, DRY_RUN, later, "2032-02-13 12:00")
    assert (found["looked"], found["changed"]) == (1, 1)
    assert [(one["from"], one["to"]) for one in found["moves"]] == [("firm", "reminder")]
    assert found["steps"] == []


async def test_a_driver_who_pays_is_no_open_case(telling: Telling, later: str) -> None:
    story = await signed(telling)
    await pay(story, "P-1", 10_000, "2032-02-08 20:30")
    await story.until("2032-02-20 12:00")
    assert (await tried(story, DRY_RUN, later, "2032-02-20 12:00"))["looked"] == 0
    found = await tried(story, BACK_TEST, later, "2032-02-20 12:00")
    assert found["changed"] == 0
    assert counted(found, "old") == {"courtesy": 1}
