"""Renders the console's pages, and what every answer of the console carries."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
FOLLOWED = (
    "import.html.j2", "export.html.j2", "exports.html.j2", "foresight.html.j2", "foresights.html.j2",
    "plan.html.j2", "report.html.j2", "book_trial.html.j2",
)  # fmt: skip
"""Work under way, of which a page tells how far it is."""
RUNS_A_SCRIPT = {
    "sign_in.html.j2": "script-src 'self'",
    "code_passkey.html.j2": "script-src 'self'",
    "confirm_passkey.html.j2": "script-src 'self'",
    "passkey.html.j2": "script-src 'self'",
    "book_edit.html.j2": "script-src 'self'; connect-src 'self'",
    "planning.html.j2": "script-src 'self'; connect-src 'self'",
    **dict.fromkeys(FOLLOWED, "script-src 'self'; connect-src 'self'"),
}
"""Only those that speak with an authenticator, the editor of rule books, the board, and those that tell how
far something is; the scripts are ours."""

STATIC = {
    "console.css": "text/css; charset=utf-8",
    "books.css": "text/css; charset=utf-8",
    "planning.css": "text/css; charset=utf-8",
    "own-day.css": "text/css; charset=utf-8",
    "settings.css": "text/css; charset=utf-8",
    "icon.svg": "image/svg+xml",
    "passkey.js": "text/javascript; charset=utf-8",
    "editor.js": "text/javascript; charset=utf-8",
    "follow.js": "text/javascript; charset=utf-8",
    "planning.js": "text/javascript; charset=utf-8",
}


class Guarded:
    """Puts the security headers on every answer; nothing is kept by a cache unless it says so itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message["headers"]}
                wanted = {**HEADERS, "cache-control": "no-store"}
                message["headers"] = [
                    *message["headers"],
                    *((n.encode(), v.encode()) for n, v in wanted.items() if n.encode() not in present),
                ]
            await send(message)

        await self.app(scope, receive, guarded)


class Pages:
    """The templates of ``templates/web``. Every value is escaped."""

    def __init__(self, templates_folder: Path) -> None:
        folder = templates_folder / "web"
        self._environment = Environment(
            loader=FileSystemLoader(folder / "console"), undefined=StrictUndefined, autoescape=True,
            trim_blocks=True, lstrip_blocks=True,
        )  # fmt: skip
        self.static = {name: (folder / "static" / name).read_bytes() for name in STATIC}
        self.version = sha256(b"".join(self.static.values())).hexdigest()[:12]

    def render(self, name: str, status: int = 200, **values: Any) -> HTMLResponse:
        template = self._environment.get_template(name)
        answer = HTMLResponse(template.render(version=self.version, **values), status)
        if name in RUNS_A_SCRIPT:
            policy = f"{HEADERS['content-security-policy']}; {RUNS_A_SCRIPT[name]}"
            answer.headers["content-security-policy"] = policy
        return answer
