"""The console: server-rendered pages for operations, under one address of the API's application."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Mount, Route

from database.shared.sealing import Unopenable
from domain.errors import NotFound
from domain.file import FilesDown, Withheld
from web.console import (
    account,
    alerts,
    audit,
    authorize,
    book,
    book_edit,
    book_trial,
    books,
    case,
    cases,
    codec,
    fleet_pages,
    home,
    orders,
    organisations,
    own_day,
    passkeys,
    planning_pages,
    privacy,
    sign_in,
    tenant_settings,
    webhooks,
)
from web.console.pages import STATIC, Guarded, Pages
from web.console.parts import Parts
from web.console.problems import HANDLERS, LastWord, on_http_error
from web.console.routes import form, page, speaking
from web.console.session import Forms
from web.console.visit import BASE, Desk, refused

FOREVER = {"cache-control": "public, max-age=31536000, immutable"}


def mount_console(app: Starlette, parts: Parts) -> None:
    """Put the console under ``/console`` of an application (FastAPI is one too), and send ``/`` there."""
    app.router.routes.append(Mount(BASE, console(parts)))
    app.router.routes.append(Route("/", _to_console, include_in_schema=False))


def console(parts: Parts) -> Starlette:
    """Its own application: its headers and error pages do not reach the API, nor the API's reach it."""
    app = Starlette(
        routes=_routes(),
        middleware=[Middleware(Guarded), Middleware(LastWord)],
        exception_handlers={
            **HANDLERS,
            NotFound: _not_found,
            HTTPException: _http,
            Unopenable: _unreadable,
            Withheld: _unreadable,
            FilesDown: _files_down,
        },
    )
    app.state.desk = Desk(parts, Pages(parts.api.templates), Forms(parts.secrets))
    return app


def _routes() -> list[Route]:
    one_case = "/cases/{process}/{ref}"
    return [
        Route("/static/{name}", _static),
        *_doors(),
        form("/sign-out", sign_in.leave),
        *_own(),
        page("/", home.home, "processes:read"),
        page("/alerts", alerts.alerts, "alerts:read"),
        page("/settings", tenant_settings.show, "settings:read"),
        form("/settings", tenant_settings.change, "settings:write", fresh=True),
        form("/alerts/{id:int}/take", home.take_alert, "alerts:write"),
        form("/alerts/{id:int}/close", home.close_alert, "alerts:write"),
        page("/cases", cases.cases, "processes:read"),
        page(one_case, case.case, "processes:read"),
        form(one_case + "/{order}", orders.give, "processes:operate"),
        page("/files/{id}", case.file, "files:read"),
        page("/documents/{id:int}", case.document, "files:read"),
        page("/messages", cases.messages, "processes:read"),
        page("/books", books.books, "rules:read"),
        *_books(),
        *fleet_pages.routes(),
        *planning_pages.routes(),
        page("/audit", audit.trail, "audit:read"),
        page("/privacy", privacy.overview, "privacy:read"),
        form("/privacy/{id}/export", privacy.export, "privacy:write", fresh=True),
        form("/privacy/{id}/archive", privacy.archive, "privacy:write", fresh=True),
        form("/privacy/{id}/erase", privacy.erase, "privacy:write", fresh=True),
        form("/privacy/{id}/refuse", privacy.refuse, "privacy:write"),
        *_webhooks(),
        Route("/authorize", speaking(authorize.asked_by_a_program(authorize.show)), methods=["GET"]),
        Route("/authorize", authorize.asked_by_a_program(authorize.allow), methods=["POST"]),
        Route("/codec/decode", codec.decode, methods=["POST", "OPTIONS"]),
    ]


def _books() -> list[Route]:
    one = "/books/{domain}/{book}"
    trial = one + "/trials/{id:int}"
    return [
        page(one + "/edit", book_edit.show, "rules:write"),
        form(one + "/edit", book_edit.take, "rules:write"),
        form(one + "/check", book_edit.check, "rules:write"),
        page(one + "/diff", book.compare, "rules:read"),
        form(one + "/publish", book.publish, "rules:write", fresh=True),
        form(one + "/rollback", book.roll_back, "rules:write", fresh=True),
        form(one + "/publications/{id:int}/{verdict}", book.answer, "rules:approve", fresh=True),
        form(one + "/trials", book_trial.begin, "rules:write"),
        page(trial, book_trial.show, "rules:read"),
        page(trial + "/result/{form}", book_trial.result, "rules:read"),
        form(trial + "/{turn}", book_trial.turn, "rules:write"),
        page(one, book.book, "rules:read"),
    ]


def _doors() -> list[Route]:
    """The ways in: open to everybody."""
    return [
        Route("/sign-in", speaking(sign_in.show)),
        Route("/sign-in", speaking(sign_in.enter), methods=["POST"]),
        Route("/sign-in/code", speaking(sign_in.show_code)),
        Route("/sign-in/code", sign_in.enter_code, methods=["POST"]),
        Route("/sign-in/passkey", passkeys.enter, methods=["POST"]),
        Route("/sign-in/passkey/second", speaking(passkeys.show_second)),
        Route("/sign-in/passkey/second", passkeys.enter_second, methods=["POST"]),
        Route("/sign-in/organisation", organisations.begin, methods=["POST"]),
        Route(organisations.BACK, organisations.arrive),
        Route("/sign-in/link", sign_in.ask_link, methods=["POST"]),
        Route("/enter/{token}", speaking(sign_in.arrive)),
        Route("/enter/{token}", sign_in.take_link, methods=["POST"]),
    ]


def _webhooks() -> list[Route]:
    one = "/webhooks/{id}"
    return [
        page("/webhooks", webhooks.listed, "webhooks:read"),
        form("/webhooks", webhooks.create, "webhooks:write", fresh=True),
        page(one, webhooks.one, "webhooks:read"),
        form(one + "/rotate", webhooks.rotate, "webhooks:write", fresh=True),
        form(one + "/enable", webhooks.enable, "webhooks:write"),
        form(one + "/disable", webhooks.disable, "webhooks:write"),
        form(one + "/remove", webhooks.remove, "webhooks:write"),
        form(one + "/test", webhooks.test, "webhooks:write"),
        form(one + "/replay", webhooks.replay, "webhooks:write"),
        form(one + "/deliveries/{event}/again", webhooks.again, "webhooks:write"),
    ]


def _own() -> list[Route]:
    """Pages about oneself: whoever is signed in has them."""
    return [
        page("/account", account.account),
        page("/account/day", own_day.page),
        form("/account/day/{ref}/{what}", own_day.note),
        form("/account/password", account.change_password, fresh=True),
        form("/account/totp/begin", account.begin_totp, fresh=True),
        form("/account/totp/confirm", account.confirm_totp, fresh=True),
        form("/account/totp/remove", account.remove_totp, fresh=True),
        form("/account/codes", account.new_codes, fresh=True),
        form("/account/passkeys/begin", passkeys.begin, fresh=True),
        form("/account/passkeys", passkeys.add, fresh=True),
        form("/account/passkeys/{id}/remove", passkeys.remove, fresh=True),
        form("/account/programs/{family}/end", account.end_program),
        form("/account/sessions/{digest}/end", account.end_session),
        form("/account/sessions/end-others", account.end_others),
        page("/confirm", account.show_confirm),
        form("/confirm", account.confirm),
        page("/confirm/passkey", passkeys.show_proof),
        form("/confirm/passkey", passkeys.prove),
    ]


async def _static(request: Request) -> Response:
    """The address carries the content's version, so that a browser never asks twice."""
    desk: Desk = request.app.state.desk
    name = request.path_params["name"]
    if name not in STATIC:
        raise NotFound("file", name)
    return Response(desk.pages.static[name], media_type=STATIC[name], headers=FOREVER)


async def _to_console(_request: Request) -> Response:
    return RedirectResponse(f"{BASE}/", 307)


async def _not_found(request: Request, _error: Exception) -> Response:
    return refused(request, 404, "refused.absent")


async def _unreadable(request: Request, _error: Exception) -> Response:
    return refused(request, 410, "refused.unreadable")


async def _files_down(request: Request, _error: Exception) -> Response:
    return refused(request, 503, "refused.files_down")


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 413:
        return refused(request, 413, "refused.too_large")
    return await (_not_found if error.status_code == 404 else on_http_error)(request, error)
