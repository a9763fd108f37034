"""What holds for every route of the API."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from api.parts import Parts
from serving import assemble
from tests.api.conftest import Caller, is_problem
from tests.ground import PUBLIC

PUBLIC_ROUTES = {
    "/health/live", "/health/ready", "/metrics", "/.well-known/jwks.json",
    "/.well-known/oauth-authorization-server",
}  # fmt: skip
OAUTH_ROUTES = {"/oauth/token", "/oauth/revoke"}
"""They prove themselves by what they bring."""
SIGNED_ROUTES = {
    "/webhooks/sendgrid/events", "/webhooks/twilio/status", "/webhooks/twilio/inbound",
    "/webhooks/mobile-money/{tenant}", "/webhooks/swaps/{tenant}/{station}",
}  # fmt: skip

OPEN_TO_ALL_KNOWN = {"/v1/me"}


@pytest.fixture(scope="session")
def described(app: FastAPI) -> dict[str, Any]:
    return app.openapi()


def operations(described: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def filled(path: str) -> str:
    return re.sub(r"\{\w+\}", "1", path)


async def test_every_route_refuses_who_is_not_known(
    http: httpx.AsyncClient, described: dict[str, Any]
) -> None:
    for method, path, _ in operations(described):
        if path in PUBLIC_ROUTES:
            assert (await http.request(method, path)).status_code == 200
        elif path in OAUTH_ROUTES:
            assert (await http.request(method, path)).status_code in (200, 400)
        elif path in SIGNED_ROUTES:
            is_problem(await http.request(method, filled(path)), 401, "bad-signature")
        else:
            is_problem(await http.request(method, filled(path)), 401, "unauthorized")


async def test_every_route_needs_a_scope(caller: Caller, described: dict[str, Any]) -> None:
    none = await caller.with_scopes("no:scope")
    for method, path, _ in operations(described):
        if path not in PUBLIC_ROUTES | SIGNED_ROUTES | OAUTH_ROUTES | OPEN_TO_ALL_KNOWN:
            is_problem(await none.call(method, filled(path)), 403, "forbidden")


async def test_every_command_takes_an_idempotency_key(described: dict[str, Any]) -> None:
    for method, path, operation in operations(described):
        names = [one["name"] for one in operation.get("parameters", [])]
        assert ("Idempotency-Key" in names) == (method != "GET" and path.startswith("/v1/")), path


async def test_nonsense_gets_a_problem_everywhere(caller: Caller, described: dict[str, Any]) -> None:
    for method, path, _ in operations(described):
        if path in PUBLIC_ROUTES | SIGNED_ROUTES | OAUTH_ROUTES:
            continue
        answer = await caller.call(method, filled(path), json={"nonsense": True}, params={"limit": "-1"})
        if not answer.is_success:
            assert answer.status_code < 500, (path, answer.text)
            assert answer.headers["content-type"] == "application/problem+json"


def test_every_body_has_an_example(described: dict[str, Any]) -> None:
    schemas = described["components"]["schemas"]
    for _, path, operation in operations(described):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is None or path in SIGNED_ROUTES:
            continue
        name = content["schema"]["$ref"].rpartition("/")[2]
        schema = schemas[name]
        told = schema.get("examples") or [one.get("examples") for one in schema["properties"].values()]
        assert all(told), name


def test_every_list_has_pages(described: dict[str, Any]) -> None:
    for _, path, operation in operations(described):
        schema = operation["responses"].get("200", {}).get("content", {}).get("application/json", {})
        if "/Page_" in str(schema.get("schema")):
            assert {"limit", "cursor"} <= {one["name"] for one in operation["parameters"]}, path


async def test_health_shows_what_does_not_answer(http: httpx.AsyncClient, parts: Parts) -> None:
    assert (await http.get("/health/live")).json() == {"alive": True}
    ready = (await http.get("/health/ready")).json()
    # Backup, store of files and virus scan have tests of their own.
    others = {"backup", "files", "virus scan"}
    assert {part["name"]: part["ready"] for part in ready["parts"] if part["name"] not in others} == {
        "database": True, "temporal": True, "rule books": True,
    }  # fmt: skip

    async def silent() -> None:
        raise ConnectionError

    broken = assemble(replace(parts, ping_temporal=silent, book_problems=lambda: ["dunning.yaml:3:1 …"]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=broken), base_url=PUBLIC) as client:
        answer = await client.get("/health/ready")
    assert answer.status_code == 503
    broken_parts = [part["name"] for part in answer.json()["parts"] if not part["ready"]]
    assert [name for name in broken_parts if name not in others] == ["temporal", "rule books"]


async def test_measures_name_routes_and_no_tenant(caller: Caller) -> None:
    await caller.contact()
    text = (await caller.http.get("/metrics")).text
    assert 'echeance_requests_total{method="PUT",route="/v1/contacts/{ref}",status="201"}' in text
    assert "echeance_outbox_lag_seconds" in text
    assert caller.tenant not in text


async def test_the_reference_names_every_route_and_loads_nothing(
    http: httpx.AsyncClient, described: dict[str, Any]
) -> None:
    page = await http.get("/docs")
    assert page.status_code == 200
    for _, path, operation in operations(described):
        assert f"<code>{path}</code>" in page.text
        assert operation["summary"] in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'; style-src 'sha256-")
    for outside in ("<script", "src=", "@import", "url("):
        assert outside not in page.text
