"""External tools in the console: connected with a secret shown once, watched, brought back."""

import re
from datetime import timedelta

from adapters.webhook_sender import PROBLEMS
from database.shared.webhook_tables import webhook_delivery, webhook_endpoint
from tests.api.test_console import (  # noqa: F401  # fixtures
    EVIL,
    Operator,
    console_app,
    console_parts,
    operator,
    stranger,
)
from web.console.french import FRENCH

URL = "https://tool.example/hooks?token=abc"


async def connected(operator: Operator, **given: str) -> str:  # noqa: F811
    answer = await operator.send("/webhooks", **{"url": URL, "description": "Comptabilité", **given})
    assert answer.status_code == 200, answer.text
    assert answer.text.count("whsec_") == 1
    [row] = await operator.rows(webhook_endpoint)
    return str(row.id)


async def test_a_tool_is_connected_and_its_secret_shown_once(operator: Operator) -> None:  # noqa: F811
    assert "Aucun outil" in await operator.see("/webhooks")
    id = await connected(operator, types="payment.recorded")
    page, all_pages = await operator.see(f"/webhooks/{id}"), await operator.see("/webhooks")
    assert "Comptabilité" in page
    assert "un paiement est enregistré" in page
    assert "tool.example" in all_pages
    assert "token=abc" not in all_pages
    assert "whsec_" not in page + all_pages
    [row] = [row for row in await operator.acts() if row.action == "webhook.created"]
    assert (row.who.startswith("person:"), row.after["host"]) == (True, "tool.example")


async def test_an_address_inside_is_refused_with_what_to_do(operator: Operator) -> None:  # noqa: F811
    for url in ("https://127.0.0.1/", "http://tool.example/", "https://169.254.169.254/"):
        answer = await operator.send("/webhooks", url=url, description="x")
        assert answer.status_code == 422
        assert "https://tool.example/hooks" in answer.text
    assert await operator.rows(webhook_endpoint) == []


async def test_its_log_shows_every_try_and_what_can_be_told_again(operator: Operator) -> None:  # noqa: F811
    id = await connected(operator)
    await operator.send(f"/webhooks/{id}/test")
    page = await operator.see(f"/webhooks/{id}")
    assert "webhook.test" in page
    assert "à envoyer" in page
    [event] = set(re.findall(r"evt_[0-9a-f]{32}", page))
    assert (await operator.send(f"/webhooks/{id}/deliveries/{event}/again")).status_code == 303
    assert "webhook.test" not in await operator.see(f"/webhooks/{id}?state=delivered")
    answer = await operator.http.get(f"/console/webhooks/{id}?before=yesterday~x")
    assert answer.status_code == 400


async def test_it_is_disabled_with_a_reason_and_brought_back(operator: Operator) -> None:  # noqa: F811
    id = await connected(operator)
    assert (await operator.send(f"/webhooks/{id}/disable", reason="")).status_code == 422
    await operator.send(f"/webhooks/{id}/disable", reason="L’outil déménage")
    assert "Désactivé : L’outil déménage" in (await operator.see(f"/webhooks/{id}")).replace("\xa0", " ")
    assert (await operator.send(f"/webhooks/{id}/test")).status_code == 409
    assert (await operator.send(f"/webhooks/{id}/replay", since="2031-03-01")).status_code == 409
    await operator.alerted("K-1")
    await operator.send(f"/webhooks/{id}/enable")
    assert (await operator.send(f"/webhooks/{id}/replay", since="nonsense")).status_code == 400
    answer = await operator.send(f"/webhooks/{id}/replay", since="2031-03-01")
    assert answer.headers["location"] == f"/console/webhooks/{id}?replayed=1"
    [row] = await operator.rows(webhook_delivery)
    assert row.state == "pending"


async def test_a_new_secret_and_a_new_address_ask_for_a_proof(operator: Operator) -> None:  # noqa: F811
    id = await connected(operator)
    rotated = await operator.send(f"/webhooks/{id}/rotate")
    assert rotated.text.count("whsec_") == 1
    operator.clock.forward(minutes=6)
    for path in (f"/webhooks/{id}/rotate", "/webhooks"):
        answer = await operator.send(path, url=URL, description="x")
        assert answer.headers["location"].startswith("/console/confirm")
    assert len(await operator.rows(webhook_endpoint)) == 1


async def test_a_removed_tool_is_gone(operator: Operator) -> None:  # noqa: F811
    id = await connected(operator)
    await operator.send(f"/webhooks/{id}/remove")
    assert (await operator.http.get(f"/console/webhooks/{id}")).status_code == 404
    assert "Aucun outil" in await operator.see("/webhooks")


async def test_only_who_may_sees_them(operator: Operator) -> None:  # noqa: F811
    id = await connected(operator)
    await operator.becomes("operator")
    assert "/console/webhooks" not in await operator.see("/")
    for path in ("/webhooks", f"/webhooks/{id}"):
        assert (await operator.http.get(f"/console{path}")).status_code == 403
    assert (await operator.send(f"/webhooks/{id}/test")).status_code == 403


async def test_what_people_wrote_is_shown_and_never_obeyed(operator: Operator) -> None:  # noqa: F811
    id = await connected(operator, description=EVIL)
    await operator.send(f"/webhooks/{id}/disable", reason=EVIL)
    for path in ("/webhooks", f"/webhooks/{id}"):
        page = await operator.see(path)
        assert "<script>" not in page
        assert "&lt;script&gt;" in page


def test_every_trouble_of_a_sender_has_its_words() -> None:
    for _, problem in PROBLEMS:
        assert f"webhooks.problem.{problem}" in FRENCH


async def test_trouble_is_told_in_both_languages(operator: Operator) -> None:  # noqa: F811
    id = await connected(operator)
    async with operator.database.tenant(operator.tenant) as tx:
        since = operator.clock.at - timedelta(hours=5)
        await tx.execute(webhook_endpoint.update().values(failing_since=since))
    await operator.send(f"/webhooks/{id}/test")
    async with operator.database.tenant(operator.tenant) as tx:
        await tx.execute(webhook_delivery.update().values(attempts=1, problem="no answer in time"))
    assert "pas de réponse à temps" in await operator.see(f"/webhooks/{id}")
    for path in ("/webhooks", f"/webhooks/{id}"):
        assert "en échec depuis 5" in await operator.see(path)
        assert "failing for 5" in await operator.see(f"{path}?lang=en")
        await operator.see(f"{path}?lang=fr")
