"""An administrator writes a rule book in the console: corrected, tried, published, taken back."""

import re

import pytest
from sqlalchemy import update

from database.session import Database
from database.shared.tables import rule_trial, tenant
from database.shared.trials import DONE
from tests.api.test_console import Operator, console_app, console_parts, operator, stranger
from tests.ground import ROOT

__all__ = ["console_app", "console_parts", "operator", "stranger"]

BOOK = "/books/fleet/dunning"
SHIPPED = (ROOT / "rules/fleet/dunning.yaml").read_text("utf-8")
SOONER = SHIPPED.replace("days: 4..7", "days: 4..6").replace("days: 8..14", "days: 7..14")


@pytest.fixture
async def colleague(operator: Operator, owner: Database) -> Operator:
    """Where a second person is asked: one who signs in after the first."""
    async with owner.anyone() as tx:
        change = update(tenant).where(tenant.c.id == operator.tenant).values(rules_need_approval=True)
        await tx.execute(change)
    return operator


async def saved(operator: Operator, text: str = SOONER) -> str:
    answer = await operator.send(f"{BOOK}/edit", content=text, note="Un jour de moins.", act="save")
    found = re.fullmatch(rf"/console{BOOK}\?saved=([0-9a-f]{{12}})#revisions", answer.headers["location"])
    assert found is not None
    return found[1]


async def test_a_mistake_is_shown_at_its_line_and_the_text_is_not_lost(operator: Operator) -> None:
    broken = SHIPPED.replace("days: 4..7", "days: 4..<b>7")
    line = 1 + broken.partition("4..<b>7")[0].count("\n")
    answer = await operator.send(f"{BOOK}/edit", content=broken, note="Essai", act="save")
    assert answer.status_code == 422
    assert f'data-line="{line}"' in answer.text
    assert "days: 4..&lt;b&gt;7" in answer.text
    assert 'value="Essai"' in answer.text
    assert "Aucune révision de votre entreprise" in await operator.see(BOOK)


async def test_while_one_writes_the_server_says_what_is_wrong(operator: Operator) -> None:
    page = await operator.http.get(f"/console{BOOK}/edit")
    assert "connect-src 'self'" in page.headers["content-security-policy"]
    sound = (await operator.send(f"{BOOK}/check", content=SHIPPED.replace("\n", "\r\n"))).json()
    assert (sound["errors"], sound["revision"]) == ([], _revision(operator, await operator.see(BOOK)))
    wrong = (await operator.send(f"{BOOK}/check", content=SHIPPED.replace("days_late", "days_lat", 1))).json()
    assert wrong["errors"]
    assert wrong["said"] == f"{len(wrong['errors'])} erreur(s) à corriger."


async def test_a_revision_is_compared_published_and_taken_back(operator: Operator) -> None:
    checked = await operator.send(f"{BOOK}/edit", content=SOONER, act="check")
    if checked.status_code == 422:
        raise AssertionError(re.findall(r"<li><a [^>]*>.*?</li>", checked.text))
    assert "Tenu." in checked.text
    revision = await saved(operator)
    page = await operator.see(BOOK)
    assert f'value="{revision}"' in page
    difference = await operator.see(f"{BOOK}/diff?after={revision}")
    assert "days: 4..6" in difference
    assert (await operator.send(f"{BOOK}/publish", revision=revision, note="Plus tôt")).status_code == 303
    assert _revision(operator, await operator.see(BOOK)) == revision
    refused = await operator.send(f"{BOOK}/rollback", reason="")
    assert refused.status_code == 422
    assert (await operator.send(f"{BOOK}/rollback", reason="Trop tôt")).status_code == 303
    assert _revision(operator, await operator.see(BOOK)) != revision
    acts = [row.action for row in await operator.acts()]
    assert acts == ["rule.revision_added", "rule.published", "rule.rolled_back"]


async def test_what_is_proposed_waits_for_another_person(colleague: Operator) -> None:
    revision = await saved(colleague)
    await colleague.send(f"{BOOK}/publish", revision=revision, note="Plus tôt")
    page = await colleague.see(BOOK)
    assert "attend une approbation" in page
    [number] = re.findall(r"publications/(\d+)/approve", page)
    assert (await colleague.send(f"{BOOK}/publications/{number}/approve")).status_code == 409
    refused = await colleague.send(f"{BOOK}/publications/{number}/reject", reason="Pas encore")
    assert refused.status_code == 303
    assert "Pas encore" in await colleague.see(BOOK)


async def test_a_trial_runs_by_itself_and_its_page_tells_how_far_it_is(operator: Operator) -> None:
    revision = await saved(operator)
    begun = await operator.send(f"{BOOK}/trials", revision=revision, kind="back_test", begins_on="2031-01-01")
    address = begun.headers["location"].removeprefix("/console")
    page = await operator.see(address)
    assert '<meta http-equiv="refresh"' in page
    assert "en cours" in page
    assert (await operator.http.get(f"/console{address}/result/html")).status_code == 409
    assert (await operator.send(f"{address}/stop")).status_code == 303
    assert "refresh" not in await operator.see(address)
    assert (await operator.send(f"{address}/resume")).status_code == 303
    async with operator.database.tenant(operator.tenant) as tx:
        none = {"looked": 0, "subjects": 0, "changed": 0, "more_messages": 0, "fewer_messages": 0}
        empty = {**none, "moves": [], "steps": [], "measures": [], "months": [], "values": [], "refused": []}
        await tx.execute(update(rule_trial).values(state=DONE, result=empty))
    assert "décisions différentes" in await operator.see(address)
    table = await operator.http.get(f"/console{address}/result/csv")
    assert table.headers["content-disposition"].startswith("attachment")
    other = await operator.http.get(f"/console/books/fleet/contract{address.removeprefix(BOOK)}")
    assert other.status_code == 404


async def test_who_only_reads_is_offered_nothing(operator: Operator) -> None:
    revision = await saved(operator)
    await operator.becomes("operator")
    page = await operator.see(BOOK)
    assert revision in page
    assert "Publier</" not in page
    assert (await operator.http.get(f"/console{BOOK}/edit")).status_code == 403


def _revision(_operator: Operator, page: str) -> str:
    found = re.search(r"révision ([0-9a-f]{12})", page)
    assert found is not None
    return found[1]
