"""Rule books over the API: broken ones are told with every place, good ones published, explained, undone."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from activities.decisions import Ask, Collected, Decisions
from activities.platform.publications import Books
from adapters.holidays import PublicHolidays
from api.parts import Parts
from database.session import Database
from database.shared import publications, rules
from database.shared.audit import Actor
from database.shared.publications import Proposal
from database.shared.rules import Draft
from database.shared.tables import process_case, tenant
from domain.case import Case, Review
from domain.decision import Bilingual
from domain.money import Money
from rules.library import Library
from rules.vocabulary import shipped_vocabulary
from serving import assemble
from tests.api.callers import person
from tests.api.conftest import START, Caller, Clock, is_problem
from tests.ground import PUBLIC, ROOT

DUNNING = "/v1/rules/fleet/dunning"
TEXT = (ROOT / "rules" / "fleet" / "dunning.yaml").read_text("utf-8")
LATER = TEXT.replace('hour: "09:00"', 'hour: "10:00"').replace(' 09:00"}', ' 10:00"}')
LATER = LATER.replace("2026-03-05 07:30", "2026-03-05 07:00").replace(
    '"2026-03-05 09:00"', '"2026-03-05 10:00"'
)
FACTS = {
    "days_late": 9, "arrears": {"amount": "5000", "currency": "XAF"}, "oldest_due_on": "2026-03-01",
}  # fmt: skip
QUESTION = {"facts": FACTS, "at": "2026-03-10T12:00:00+01:00"}


async def sent(caller: Caller, content: str = LATER, **given: Any) -> str:
    answer = await caller.post(f"{DUNNING}/revisions", json={"content": content, **given})
    assert answer.status_code in (200, 201), answer.text
    return str(answer.json()["revision"])


async def published(caller: Caller, revision: str, **given: Any) -> dict[str, Any]:
    answer = await caller.post(f"{DUNNING}/publications", json={"revision": revision, **given})
    assert answer.status_code == 201, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def shown(caller: Caller) -> dict[str, Any]:
    said: dict[str, Any] = (await caller.get(DUNNING)).json()
    return said


@pytest.fixture
async def careful(caller: Caller, owner: Database) -> Caller:
    """A tenant that asks for a second person."""
    async with owner.anyone() as tx:
        await tx.execute(update(tenant).where(tenant.c.id == caller.tenant).values(rules_need_approval=True))
    return caller


async def test_books_are_listed_with_what_is_in_force(caller: Caller) -> None:
    first = (await caller.get("/v1/rules", params={"limit": 2})).json()
    rest = (await caller.get("/v1/rules", params={"cursor": first["next"]})).json()
    names = [one["name"] for one in first["items"] + rest["items"]]
    assert names == sorted(names)
    assert "fleet/dunning" in names
    assert {one["source"] for one in first["items"]} == {"shipped"}
    whole = await shown(caller)
    assert whole["revision"] == whole["shipped_revision"]
    assert whole["content"] == TEXT
    assert {"name": "days_late", "type": "int"}.items() <= whole["facts"][0].items()
    is_problem(await caller.get("/v1/rules/fleet/duning"), 404, "not-found")


async def test_every_mistake_is_told_with_its_place(caller: Caller) -> None:
    broken = TEXT.replace("days: 1..3", "days: 2..3").replace("measure: days_late", "measure: days_lat")
    checked = (await caller.post("/v1/rules/check", json={"content": broken})).json()
    assert not checked["valid"]
    line = broken.splitlines().index("measure: days_lat") + 1
    assert {"line": line, "column": 10, "suggestion": "days_late"}.items() <= checked["errors"][0].items()
    said = is_problem(await caller.post(f"{DUNNING}/revisions", json={"content": broken}), 422, "broken-book")
    assert said["errors"] == checked["errors"]
    assert said["errors"][0]["fr"].startswith("fait inconnu")
    assert said["errors"][0]["en"].startswith("unknown fact")
    assert not await caller.audited()
    good = (await caller.post("/v1/rules/check", json={"content": LATER})).json()
    assert (good["valid"], good["errors"], good["name"]) == (True, [], "fleet/dunning")


async def test_a_book_of_another_name_is_refused(caller: Caller) -> None:
    other = (ROOT / "rules" / "fleet" / "contract.yaml").read_text("utf-8")
    said = is_problem(await caller.post(f"{DUNNING}/revisions", json={"content": other}), 422, "broken-book")
    assert said["errors"][0]["suggestion"] == "fleet/dunning"


async def test_a_revision_is_kept_once_and_published_when_told(caller: Caller) -> None:
    revision = await sent(caller, note="An hour later.")
    assert await sent(caller, LATER + "# a comment\n") == revision
    listed = (await caller.get(f"{DUNNING}/revisions")).json()["items"]
    assert [(one["revision"], one["note"]) for one in listed] == [(revision, "An hour later.")]
    assert (await caller.get(f"{DUNNING}/revisions/{revision}")).json()["content"] == LATER
    assert (await shown(caller))["source"] == "shipped"
    await published(caller, revision)
    now = await shown(caller)
    assert (now["source"], now["revision"], now["content"]) == ("tenant", revision, LATER)


async def test_another_tenant_sees_nothing_of_it(caller: Caller, other: Caller) -> None:
    revision = await sent(caller)
    await published(caller, revision)
    assert (await shown(other))["source"] == "shipped"
    is_problem(await other.get(f"{DUNNING}/revisions/{revision}"), 404, "not-found")
    is_problem(await other.post(f"{DUNNING}/publications", json={"revision": revision}), 404, "not-found")


async def test_another_process_of_the_api_knows_at_once(caller: Caller, parts: Parts) -> None:
    """It shares nothing with this one but the database."""
    own = Database(caller.database.engine.url.render_as_string(hide_password=False), pool_size=1)
    there = replace(parts, database=own, library=Library.load(ROOT / "rules"))
    transport = httpx.ASGITransport(app=assemble(there))
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as http:
        elsewhere = replace(caller, http=http)
        early = {**QUESTION, "at": "2026-03-09T09:30:00+01:00", "facts": {**FACTS, "days_late": 8}}
        for revision, steps in [(await sent(caller), []), ("", ["firm:2026-03-01"])] * 2:
            await published(caller, revision)
            assert (await shown(elsewhere))["source"] == ("tenant" if revision else "shipped")
            said = (await elsewhere.post(f"{DUNNING}/explain", json=early)).json()
            assert said["steps"] == steps
    await own.close()


async def test_a_publication_waits_for_its_day(caller: Caller, clock: Clock) -> None:
    revision = await sent(caller)
    made = await published(caller, revision, effective_on="2031-03-05")
    assert (made["state"], made["rung_at"]) == ("approved", None)
    now = await shown(caller)
    assert (now["source"], [one["id"] for one in now["pending"]]) == ("shipped", [made["id"]])
    clock.at = START + timedelta(days=2)
    now = await shown(caller)
    assert (now["source"], now["pending"]) == ("tenant", [])
    late = {"revision": revision, "effective_on": "2031-03-04"}
    said = is_problem(await caller.post(f"{DUNNING}/publications", json=late), 422, "bad-input")
    assert said["errors"][0]["field"] == "effective_on"


async def test_a_second_person_approves(careful: Caller) -> None:
    made = await published(careful, await sent(careful))
    assert (made["state"], (await shown(careful))["source"]) == ("proposed", "shipped")
    address = f"/v1/rules/publications/{made['id']}/approve"
    is_problem(await careful.post(address), 409, "conflict")
    writer = await careful.with_scopes("rules:write", "rules:read")
    is_problem(await writer.post(address), 403, "forbidden")
    another = await careful.with_scopes("rules:approve", "rules:read")
    assert "nobody" in is_problem(await another.post(address), 409, "conflict")["detail"]
    boss = await person(careful, "administrator")
    assert (await boss.post(address)).json()["state"] == "approved"
    assert (await shown(boss))["source"] == "tenant"
    is_problem(await boss.post(address), 409, "conflict")


async def test_what_is_rejected_says_why(careful: Caller) -> None:
    made = await published(careful, await sent(careful))
    boss = await careful.with_scopes("rules:approve")
    address = f"/v1/rules/publications/{made['id']}/reject"
    answer = await boss.post(address, json={"reason": "Ten o’clock is too late."})
    assert (answer.json()["state"], answer.json()["answer"]) == ("rejected", "Ten o’clock is too late.")
    [listed] = (await careful.get("/v1/rules/publications")).json()["items"]
    assert listed == answer.json()


async def test_it_is_rolled_back_in_one_step(caller: Caller) -> None:
    revision = await sent(caller)
    made = await published(caller, revision)
    back = await caller.post(f"{DUNNING}/rollback", json={"reason": "Drivers complain."})
    assert (back.json()["undoes"], back.json()["revision"]) == (made["id"], "")
    assert (await shown(caller))["source"] == "shipped"
    is_problem(await caller.post(f"{DUNNING}/rollback", json={"reason": "Again."}), 409, "conflict")
    assert [row.action for row in await caller.audited()] == [
        "rule.revision_added", "rule.published", "rule.rolled_back",
    ]  # fmt: skip


async def test_a_command_repeated_is_carried_out_once(caller: Caller) -> None:
    revision = await sent(caller)
    key = {"Idempotency-Key": "publish-1"}
    body = {"revision": revision}
    first = await caller.post(f"{DUNNING}/publications", json=body, headers=key)
    again = await caller.post(f"{DUNNING}/publications", json=body, headers=key)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len((await caller.get("/v1/rules/publications")).json()["items"]) == 1


async def test_publishing_rings_ten_thousand_open_cases(caller: Caller) -> None:
    row = {
        "tenant_id": caller.tenant, "process": "fleet.dunning", "stage": "firm", "waiting": {},
        "opened_at": START, "book": "fleet/dunning",
    }  # fmt: skip
    async with caller.database.tenant(caller.tenant) as tx:
        await tx.execute(insert(process_case), [{**row, "ref": f"C-{n}"} for n in range(10_000)])
    revision = await sent(caller)
    await published(caller, revision)
    owed = await caller.owed()
    assert len(owed) == 10_000
    assert owed[0].startswith("ring fleet.dunning:C-")
    assert owed[0].endswith(" rules.published")


async def test_what_differs_is_told_rule_by_rule_and_line_by_line(caller: Caller) -> None:
    revision = await sent(
        caller, TEXT.replace("times: 3}", "times: 2}").replace('"2026-05-30 09:00"', "none")
    )
    params = {"before": "shipped", "after": revision}
    said = (await caller.get(f"{DUNNING}/diff", params=params)).json()
    assert said["changes"][0] == {
        "where": "stages/handed_over/steps/collection/repeat/times", "kind": "changed", "before": "3",
        "after": "2",
    }  # fmt: skip
    assert "+        repeat: {every: 30d, times: 2}" in said["text"].splitlines()
    same = (await caller.get(f"{DUNNING}/diff")).json()
    assert (same["changes"], same["text"]) == ([], "")


async def test_a_book_explains_what_it_would_decide(caller: Caller) -> None:
    said = (await caller.post(f"{DUNNING}/explain", json=QUESTION)).json()
    assert (said["stage"], said["steps"], said["closes"]) == ("firm", ["firm:2026-03-01"], "")
    assert said["reasons"][0]["rule"] == "firm"
    assert said["near"]
    done = (await caller.post(f"{DUNNING}/explain", json={**QUESTION, "done": ["firm:2026-03-01"]})).json()
    assert done["steps"] == []
    wrong = {"facts": {**FACTS, "oldest_due_on": "yesterday", "arrears": "much"}}
    mistakes = is_problem(await caller.post(f"{DUNNING}/explain", json=wrong), 422, "bad-input")["errors"]
    assert {one["field"] for one in mistakes} >= {"facts.oldest_due_on"}
    unknown = {"facts": {**FACTS, "age": 3}}
    [mistake] = is_problem(await caller.post(f"{DUNNING}/explain", json=unknown), 422, "bad-input")["errors"]
    assert mistake["field"] == "facts.age"


@pytest.mark.parametrize("at", ["0001-01-01T05:00:00Z", "9999-12-31T10:00:00Z", "9999-12-31T23:59:59-12:00"])
async def test_no_book_is_asked_about_an_end_of_the_calendar(caller: Caller, at: str) -> None:
    asked = await caller.post(f"{DUNNING}/explain", json={**QUESTION, "at": at})
    [mistake] = is_problem(asked, 422, "bad-input")["errors"]
    assert (mistake["field"], mistake["mend"]) == ("at", "check the year")
    later = {"revision": "", "effective_on": "9999-12-31"}
    is_problem(await caller.post(f"{DUNNING}/publications", json=later), 422, "bad-input")


@pytest.mark.parametrize(
    "amount",
    [
        {"minor": "many", "currency": "XAF"}, {"minor": [], "currency": "XAF"},
        {"minor": 1.5, "currency": "XAF"}, {"minor": 5000, "currency": "XXX"},
        {"minor": 5000, "currency": None}, {"minor": 10**30, "currency": "XAF"}, {"currency": "XAF"},
    ],
)  # fmt: skip
async def test_a_recorded_amount_is_read_as_strictly_as_a_written_one(caller: Caller, amount: Any) -> None:
    asked = await caller.post(f"{DUNNING}/explain", json={"facts": {**FACTS, "arrears": amount}})
    [mistake] = is_problem(asked, 422, "bad-input")["errors"]
    assert mistake["field"] == "facts.arrears"
    good = {**FACTS, "arrears": {"minor": 5000, "currency": "XAF"}}
    assert (await caller.post(f"{DUNNING}/explain", json={"facts": good})).status_code == 200


async def test_patterns_are_explained_from_events(caller: Caller) -> None:
    address = "/v1/rules/fleet/misses/explain"
    events = [["missed", f"2026-03-{day:02}", f"due-{day}"] for day in (2, 9, 16)]
    body = {"facts": {"events": events}, "at": "2026-03-17T12:00:00+01:00"}
    said = (await caller.post(address, json=body)).json()
    assert (said["outcome"], said["result"]["repeated"], said["result"]["chronic"]) == (
        "repeated",
        True,
        False,
    )
    for nonsense in (
        "missed",
        [["missed"]],
        [["eaten", "2026-03-02", "x"]],
        [["missed", "soon", "x"]],
        [7],
        7,
    ):
        answer = await caller.post(address, json={**body, "facts": {"events": nonsense}})
        [mistake] = is_problem(answer, 422, "bad-input")["errors"]
        assert mistake["field"] == "facts.events"


async def test_a_revision_is_explained_before_it_is_published(caller: Caller) -> None:
    revision = await sent(caller)
    early = {**QUESTION, "at": "2026-03-09T09:30:00+01:00", "facts": {**FACTS, "days_late": 8}}
    assert (await caller.post(f"{DUNNING}/explain", json=early)).json()["steps"] == ["firm:2026-03-01"]
    said = (await caller.post(f"{DUNNING}/explain", json={**early, "revision": revision})).json()
    assert said["steps"] == []


async def test_a_recorded_decision_is_taken_again(caller: Caller) -> None:
    """Under the tenant's revision of its time, although another is in force since."""
    library = Library.load(ROOT / "rules")
    decisions = Decisions(library, PublicHolidays())
    await published(caller, await sent(caller))
    case = Case(caller.tenant, "fleet.dunning", "C-1", "Europe/Paris")
    async with caller.database.tenant(caller.tenant) as tx:
        await decisions.conclude(tx, Review(case, START, "run", 1), late)
    await caller.post(f"{DUNNING}/rollback", json={"reason": "Drivers complain."})
    told = (await caller.get("/v1/processes/fleet.dunning:C-1/timeline")).json()["happened"]
    number = told[0]["details"]["id"]
    said = (await caller.get(f"/v1/decisions/{number}/replay")).json()
    assert (said["same"], said["differences"], said["own_steps"]) == (True, [], [])
    assert said["recorded"] == said["again"]
    assert said["again"]["steps"] == ["fleet.dunning:C-1:firm:2031-02-22"]
    assert said["rulings"][0]["reasons"][0]["rule"] == "firm"
    is_problem(await caller.get("/v1/decisions/4711/replay"), 404, "not-found")


async def late(tx: AsyncConnection, review: Review) -> Collected:  # noqa: ARG001
    facts = {"days_late": 9, "arrears": Money("EUR", 5000), "oldest_due_on": date(2031, 2, 22)}
    said = Bilingual("", "")
    return Collected((Ask("fleet/dunning", facts),), {"driver": ("D-1",)}, {}, said)


async def test_health_tells_of_what_a_tenant_published_and_cannot_be_read(
    caller: Caller, parts: Parts
) -> None:
    """A release that knows a template no more. No tenant is named."""
    words = shipped_vocabulary(ROOT / "templates")
    before = replace(words, templates=words.templates | {"fleet/dunning/special"})
    text = TEXT.replace("fleet/dunning/firm,", "fleet/dunning/special,")
    book = Library(ROOT / "rules", before).check(text)
    async with caller.database.tenant(caller.tenant) as tx:
        draft = Draft(book.name, book.revision, text, book.version)
        await rules.add_revision(tx, caller.tenant, Actor("key:1"), draft, START)
        await publications.propose(
            tx, caller.tenant, Actor("key:1"), Proposal(book.name, book.revision), START
        )
    library = Library.load(ROOT / "rules")
    await Books(caller.database, library).survey(START)
    now = replace(parts, book_problems=lambda: [str(one) for one in library.passed_over()], library=library)
    transport = httpx.ASGITransport(app=assemble(now))
    async with httpx.AsyncClient(transport=transport, base_url=PUBLIC) as http:
        told = (await http.get("/health/ready")).json()["parts"][-1]
        mine = await replace(caller, http=http).get(DUNNING)
    assert not told["ready"]
    assert f"fleet/dunning@{book.revision}.yaml:82:" in told["problem"]
    assert caller.tenant not in told["problem"]
    assert mine.json()["source"] == "shipped"
    assert [one["line"] for one in mine.json()["problems"]] == [82]
