"""Alerts taken and closed from their own list; settings that an administrator changes."""

import re
from datetime import date

from database.shared import effects
from domain.case import Case
from domain.decision import Bilingual, Step
from tests.api.callers import person
from tests.api.conftest import Caller
from tests.api.test_console import Operator, console_app, console_parts, decided, letter, operator, stranger
from web.console.alert_places import PAGES

__all__ = ["console_app", "console_parts", "operator", "stranger"]

SETTINGS = {
    "name": "Duret Ascenseurs", "locale": "fr", "quiet_from": "21:00", "quiet_until": "07:30",
    "sms_a_day": "2", "sms_a_week": "5", "email_a_day": "3", "email_a_week": "9",
    "second_factor": "off", "audit_days": "400",
}  # fmt: skip


async def test_an_alert_is_found_taken_and_closed_and_the_list_stays_as_it_was(operator: Operator) -> None:
    number = await operator.alerted("K-1")
    await operator.alerted("K-2", "Rappeler")
    listed = await operator.see("/alerts?ref=K-1")
    assert "Appeler le client" in listed
    assert "Rappeler" not in listed
    back = "/alerts?state=open&ref=K-1"
    taken = await operator.send(f"/alerts/{number}/take", back=back)
    assert taken.headers["location"] == f"/console{back}"
    assert "Appeler le client" not in await operator.see("/alerts?state=untaken")
    closed = await operator.send(f"/alerts/{number}/close", note="Il paiera lundi.", back="//elsewhere")
    assert closed.headers["location"] == "/console/"
    assert "Appeler le client" not in await operator.see("/alerts")
    assert "Il paiera lundi." in await operator.see("/alerts?state=closed")
    assert (await operator.http.get("/console/alerts?after=x")).status_code == 400


async def test_a_long_list_of_alerts_has_pages(operator: Operator) -> None:
    for count in range(32):
        await operator.alerted(f"K-{count}", f"Alerte {count}.")
    first = await operator.see("/alerts")
    [after] = {part.partition('"')[0] for part in first.split("after=")[1:]}
    second = await operator.see(f"/alerts?after={after}")
    assert all((f"Alerte {count}." in first) != (f"Alerte {count}." in second) for count in range(32))


async def test_every_alert_leads_to_something_that_is_there(operator: Operator) -> None:
    """Also those of processes that have no case: a page of what they are about, or no link at all."""
    await operator.reviewed("K-1", decided())
    await operator.alerted("K-1")
    await operator.alerted("K-2")
    orphans = {name for name in PAGES if name != "platform.webhook"} | {"platform.backup"}
    async with operator.database.tenant(operator.tenant) as tx:
        for number, process in enumerate(sorted(orphans)):
            case = Case(operator.tenant, process, f"Z-{number}", operator.zone)
            title = Bilingual(process, process)
            step = Step("x", "alert", f"{process}:x", date(2031, 3, 4), to="operations", title=title)
            await effects.raise_alert(tx, case, step, operator.clock.at)
    for path in ("/", "/alerts"):
        page = await operator.see(path)
        assert page.count('<span class="ref">') == 2, "a case that is not there, and a backup"
        links = set(re.findall(r'<a class="ref" href="/console([^"]+)"', page))
        assert len(links) == len(orphans), "with that of the case, and without that of the backup"
        for link in links:
            await operator.see(link.replace("&amp;", "&"))


async def test_what_goes_on_in_a_business_is_for_who_reads_it(operator: Operator) -> None:
    case, number = await operator.reviewed("K-1", decided()), await operator.alerted("K-1")
    name = f"{case.process}:{case.ref}"
    asking = Caller(operator.http, operator.database, operator.tenant, "", operator.clock)
    pages = ("/", "/alerts", "/cases?state=all", "/search?text=K-1")
    for role, sees in (("internship_officer", False), ("planner", True)):
        await operator.becomes(role)
        assert [("/K-1" in await operator.see(path)) for path in pages] == [sees] * len(pages)
        one = await operator.http.get(f"/console/cases/{case.process}/{case.ref}")
        taken = await operator.send(f"/alerts/{number}/take")
        assert (one.status_code, taken.status_code) == ((200, 303) if sees else (404, 404))
        program = await person(asking, role)
        listed = [(await program.get(path)).json()["items"] for path in ("/v1/processes", "/v1/alerts")]
        assert [bool(items) for items in listed] == [sees, sees]
        for path in (
            f"processes/{name}",
            f"processes/{name}/timeline",
            f"cases/{name}/why",
            f"alerts/{number}",
        ):
            assert (await program.get(f"/v1/{path}")).status_code == (200 if sees else 404), path


async def test_settings_are_changed_and_the_trail_tells_which(operator: Operator) -> None:
    saved = await operator.send("/settings", **SETTINGS)
    assert "Les réglages sont enregistrés." in saved.text
    assert 'value="21:00"' in await operator.see("/settings")
    [act] = await operator.acts()
    assert act.action == "settings.changed"
    assert act.after["quiet_from"] == "21:00"


async def test_wrong_settings_are_marked_and_nothing_is_saved(operator: Operator) -> None:
    wrong = {**SETTINGS, "quiet_from": "25:00", "sms_a_day": "beaucoup", "audit_days": "12"}
    answer = await operator.send("/settings", **wrong)
    assert answer.status_code == 422
    assert 'id="quiet_from-wrong"' in answer.text
    assert 'value="beaucoup"' in answer.text
    assert await operator.acts() == []
    less = await operator.send("/settings", **{**SETTINGS, "sms_a_week": "1"})
    assert 'id="sms_a_week-wrong"' in less.text
    await operator.becomes("operator")
    assert "Seul un administrateur" in await operator.see("/settings")
    assert (await operator.send("/settings", **SETTINGS)).status_code == 403


async def test_messages_are_found_by_their_reader_their_case_and_their_words(operator: Operator) -> None:
    await letter(operator, "K-1", "Bonjour Claire")
    await letter(operator, "K-2", "Bonjour Paul")
    assert "Bonjour Claire" in await operator.see("/messages?case=K-1")
    assert "Bonjour Paul" not in await operator.see("/messages?case=K-1")
    assert "Aucun message" in await operator.see("/messages?contact=nobody")
    assert "Bonjour Paul" not in await operator.see("/messages?template=fleet/dunning/firm")
