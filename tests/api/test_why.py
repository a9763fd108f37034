"""Why and why-not over the API: their words for programs, conditions named, and what is not there."""

from datetime import date, timedelta
from typing import Any

import pytest

from database.shared import cases, messages, rules
from database.shared.audit import Actor
from database.shared.rules import Draft
from domain.case import Case, Review
from domain.decision import Bilingual, Decision, NearMiss, Reason, Waiting
from domain.message import MessageState
from rules.library import Library
from rules.replay import revision
from tests.api.conftest import Caller, is_problem
from tests.ground import ROOT

CASE = "maintenance.renewal:K-1.20320229"
BOOK = "maintenance/renewal"
SHIPPED = Library.load(ROOT / "rules").book(BOOK)
FACTS = {"decide_by": "2031-05-02", "answer": "none", "tacit": False, "reachable": False}


async def decided(caller: Caller, revision: str = "", **facts: Any) -> None:
    """What a review of the process writes, 60 days before the last day to answer."""
    why = Bilingual("par courrier", "by letter")
    made = Decision(
        "notice_letter", Waiting(Bilingual("la réponse du client", "the customer's answer"), why),
        review_at=caller.clock.at + timedelta(days=30), due_on=date(2031, 5, 2), book=BOOK,
        revision=revision or SHIPPED.revision, facts={**FACTS, **facts},
        near=(NearMiss("notice", 38, "reachable", "false", "true", why),),
        reasons=(Reason("notice_letter", 44, why),),
    )  # fmt: skip
    process, _, ref = CASE.partition(":")
    case = Case(caller.tenant, process, ref, "Europe/Paris")
    async with caller.database.tenant(caller.tenant) as tx:
        await cases.record(tx, Review(case, caller.clock.at, "run", 1), made)


async def test_a_rule_that_did_not_hold_names_its_condition(caller: Caller) -> None:
    await decided(caller)
    day = caller.clock.at.date()
    told = (await caller.get(f"/v1/cases/{CASE}/why-not?message=notice&on={day}")).json()
    assert (told["cause"], told["on"], told["message"]) == ("condition", day.isoformat(), "notice")
    assert [(one["book"], one["rule"]) for one in told["rules"]] == [(BOOK, "notice")]
    line = told["rules"][0]["line"]
    assert told["sentences"] == [
        {
            "fr": f"La condition de la règle notice ({BOOK}, ligne {line}) n’est pas remplie\u00a0: "
            "«\u00a0joignable par courriel\u00a0» vaut non et il faudrait oui.",
            "en": f"The condition of rule notice ({BOOK}, line {line}) does not hold: "
            "'reachable by email' is no and would have to be yes.",
        }
    ]


async def test_without_a_day_today_is_told(caller: Caller) -> None:
    await decided(caller)
    told = (await caller.get(f"/v1/cases/{CASE}/why")).json()
    assert told["on"] == caller.clock.at.date().isoformat()
    assert told["sentences"][1]["en"] == "Rule notice_letter (line 44): by letter"


async def test_what_is_to_come_is_told_with_its_moment(caller: Caller) -> None:
    await decided(caller, decide_by="2031-08-01", reachable=True)
    told = (await caller.get(f"/v1/cases/{CASE}/why-not?message=maintenance/renewal/reminder")).json()
    assert told["cause"] == "not_yet"
    assert "applies on 2 July 2031 at 09:00" in told["sentences"][0]["en"]


@pytest.mark.parametrize("route", ["why", "why-not?message=notice"])
async def test_a_case_that_is_not_there(caller: Caller, other: Caller, route: str) -> None:
    await decided(other)
    is_problem(await caller.get(f"/v1/cases/{CASE}/{route}"), 404, "not-found")


async def test_a_message_that_no_rule_sends(caller: Caller) -> None:
    await decided(caller)
    answer = await caller.get(f"/v1/cases/{CASE}/why-not?message=reminderr")
    assert "known: reminder" in is_problem(answer, 404, "not-found")["detail"]
    for wrong in ("why-not", "why?on=2031-02-30", "why-not?message="):
        is_problem(await caller.get(f"/v1/cases/{CASE}/{wrong}"), 422, "bad-input")


async def test_a_decision_is_explained_by_its_own_revision_and_not_by_the_one_in_force(
    caller: Caller,
) -> None:
    """The tenant's book of that day had another rule and another condition."""
    text = SHIPPED.content.replace("id: notice\n", "id: notice_mail\n")
    assert text != SHIPPED.content
    book = revision(BOOK, text)
    async with caller.database.tenant(caller.tenant) as tx:
        draft = Draft(BOOK, book.revision, text, "2")
        assert await rules.add_revision(tx, caller.tenant, Actor("key:1"), draft, caller.clock.at)
    await decided(caller, book.revision)
    told = (await caller.get(f"/v1/cases/{CASE}/why-not?message=maintenance/renewal/notice")).json()
    assert told["cause"] == "condition"
    assert [(one["rule"], one["revision"]) for one in told["rules"]] == [("notice_mail", book.revision)]


async def test_a_revision_that_was_not_kept_is_said_to_be_lost_and_its_near_misses_are_told(
    caller: Caller,
) -> None:
    await decided(caller, "0" * 12)
    told = (await caller.get(f"/v1/cases/{CASE}/why-not?message=notice")).json()
    assert (told["cause"], [one["en"] for one in told["sentences"]]) == (
        "revision_lost",
        [
            f"Revision 000000000000 of {BOOK} was not kept: the exact rule cannot be read again.",
            "With 'reachable by email' at yes instead of no, rule notice would have applied.",
        ],
    )


async def test_a_message_whose_rule_is_gone_is_still_told_of(caller: Caller) -> None:
    await decided(caller)
    process, _, ref = CASE.partition(":")
    case = Case(caller.tenant, process, ref, "Europe/Paris")
    key, words = f"{CASE}:hello:2031-05-02", ("email", "a@b.example", "maintenance/renewal/hello", "fr")
    async with caller.database.tenant(caller.tenant) as tx:
        draft = messages.Draft(
            f"{caller.tenant}.hello", case, key, "CL-1", *words, "", "", "", caller.clock.at
        )
        row = await messages.write(tx, draft)
        assert row
        await messages.settle(tx, row, MessageState.ACCEPTED)
    told = (await caller.get(f"/v1/cases/{CASE}/why-not?message=hello")).json()
    assert (told["cause"], told["rules"]) == ("sent", [])
    later = caller.clock.at.date() + timedelta(days=1)
    told = (await caller.get(f"/v1/cases/{CASE}/why-not?message=hello&on={later}")).json()
    assert told["cause"] == "already_sent"
