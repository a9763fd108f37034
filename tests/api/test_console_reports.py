"""Reports in the console: asked for by a form, followed until they are there, fetched, subscribed to."""

from activities.decisions import Decisions
from activities.fleet.report import ReportActivities
from adapters.table_files import TableFiles
from api.parts import Parts
from domain.case import Case
from domain.decision import Step
from domain.effects import Order
from tests.api.test_console import Operator, console_app, console_parts, operator, stranger

__all__ = ["console_app", "console_parts", "operator", "stranger"]

WISH = {"report": "bike", "locale": "fr", "formats": "pdf"}
FEBRUARY = {"begins_on": "2031-02-01", "ends_on": "2031-02-28"}


async def made(parts: Parts, who: Operator, ref: str) -> bool:
    decisions = Decisions(parts.library, parts.holidays)
    maker = ReportActivities(parts.database, decisions, parts.typesetter, TableFiles(), parts.files)
    step = Step("make_report", "act", f"fleet.report:{ref}:kept", who.clock.at.date())
    return await maker.make(Order(Case(who.tenant, "fleet.report", ref, who.zone), step, who.clock.at))


async def test_a_report_is_asked_for_waited_for_and_fetched(operator: Operator, parts: Parts) -> None:
    sent = await operator.send("/do/report", **WISH, **FEBRUARY)
    assert sent.status_code == 303, sent.text
    page = sent.headers["location"].removeprefix("/console").partition("?")[0]
    waiting = await operator.see(page)
    assert 'http-equiv="refresh"' in waiting
    assert "Cette page se recharge seule." in waiting
    ref = page.rpartition("/")[2]
    assert await made(parts, operator, ref)
    there = await operator.see(page)
    assert "refresh" not in there
    assert "février 2031" in there
    fetched = await operator.http.get(f"/console{page}/files/pdf")
    assert fetched.content.startswith(b"%PDF")
    assert "attachment" in fetched.headers["content-disposition"]
    assert (await operator.http.get(f"/console{page}/files/xlsx")).status_code == 404
    assert [row.action for row in await operator.acts()] == ["fleet.report.asked", "file.downloaded"]
    assert f"/console/reports/{ref}" in await operator.see("/reports?state=made")


async def test_what_is_wrong_stands_beside_its_field(operator: Operator) -> None:
    for given, field in (
        ({"begins_on": "2031-03-01"}, "ends_on"),
        ({"recipients": "N-404"}, "recipients"),
        ({"formats": "ods"}, "formats"),
    ):
        answer = await operator.send("/do/report", **{**WISH, **FEBRUARY, **given})
        assert answer.status_code == 422
        assert f'id="wrong-{field}"' in answer.text, field
    assert await operator.acts() == []


async def test_a_subscription_is_made_seen_and_ended(operator: Operator) -> None:
    sent = await operator.send("/do/subscribe", **WISH, ref="direction", rhythm="quarterly")
    assert sent.status_code == 303, sent.text
    assert "direction" in await operator.see("/report-subscriptions?state=active")
    awaited = await operator.see("/reports/direction.20310101")
    assert "premier jour ouvré" in awaited
    assert "refresh" not in awaited
    assert "/console/do/unsubscribe?ref=direction" in awaited
    await operator.send("/do/unsubscribe", ref="direction")
    assert "direction" not in await operator.see("/report-subscriptions?state=active")


async def test_who_only_reads_asks_for_nothing(operator: Operator) -> None:
    assert "/console/do/report" in await operator.see("/reports")
    await operator.becomes("planner")
    for path in ("/reports", "/report-subscriptions", "/do/report"):
        assert (await operator.http.get(f"/console{path}")).status_code == 403
