"""The API's reference as a page, made from its OpenAPI description. It runs no script and loads nothing."""

import base64
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse


@dataclass(frozen=True)
class Operation:
    """One route, as a reader needs it. ``example`` is JSON, or empty."""

    method: str
    path: str
    summary: str
    about: str
    scope: str
    parameters: tuple[dict[str, Any], ...]
    example: str


def reference_page(templates: Path) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    folder = templates / "web" / "reference"
    style = (folder / "reference.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    jinja = Environment(loader=FileSystemLoader(folder), autoescape=True, undefined=StrictUndefined)
    jinja.filters["coded"] = coded
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; frame-ancestors 'none'"

    @router.get("/docs")
    async def reference(request: Request) -> HTMLResponse:
        app: FastAPI = request.app
        described = app.openapi()
        text = jinja.get_template("reference.html.j2").render(
            style=style, info=described["info"], groups=groups_of(described)
        )
        return HTMLResponse(text, headers={"Content-Security-Policy": policy})

    return router


def coded(text: str) -> Markup:
    """Backticks as code."""
    parts = [Markup("<code>{}</code>").format(part) if number % 2 else escape(part)
             for number, part in enumerate(text.split("`"))]  # fmt: skip
    return Markup("").join(parts)


def groups_of(described: dict[str, Any]) -> dict[str, list[Operation]]:
    """The operations by their tag, in the order of the application."""
    groups: dict[str, list[Operation]] = {}
    for tag, operation in _operations(described):
        groups.setdefault(tag, []).append(operation)
    return groups


def _operations(described: dict[str, Any]) -> Iterator[tuple[str, Operation]]:
    for path, methods in described["paths"].items():
        for method, one in methods.items():
            scopes = [scope for entry in one.get("security", []) for scope in next(iter(entry.values()))]
            yield (
                one["tags"][0],
                Operation(
                    method.upper(), path, one["summary"], one.get("description", ""), "".join(scopes),
                    tuple(one.get("parameters", [])), _example(described, one),
                ),
            )  # fmt: skip


def _example(described: dict[str, Any], operation: dict[str, Any]) -> str:
    for media in operation.get("requestBody", {}).get("content", {}).values():
        schema = media.get("schema", {})
        name = schema.get("$ref", "").rpartition("/")[2]
        known = described["components"]["schemas"].get(name, schema)
        given = media.get("example") or next(iter(known.get("examples", [])), None)
        if given:
            return json.dumps(given, indent=2, ensure_ascii=False)
    return ""
