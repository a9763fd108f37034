"""Whatever goes wrong in a route is answered as a problem document."""

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from starlette.exceptions import HTTPException

from api.mistakes import mistakes_of
from api.problems import BY_STATUS, KINDS, Refused, problem
from domain.errors import BadInput, DomainError
from rules.errors import BrokenBook

DETAILS = {
    404: "No resource has this address; the addresses are listed in /openapi.json.",
    405: "See the Allow header for what this address knows.",
}


def answer_problems(app: FastAPI) -> None:
    app.add_exception_handler(DomainError, on_domain_error)
    app.add_exception_handler(Refused, on_refusal)
    app.add_exception_handler(RequestValidationError, on_wrong_shape)
    app.add_exception_handler(HTTPException, on_http_error)
    app.add_exception_handler(DataError, on_unstorable)
    for lost in (OperationalError, InterfaceError):
        app.add_exception_handler(lost, on_lost_database)


async def on_domain_error(request: Request, error: Exception) -> Response:
    slug = getattr(error, "slug", "bad-request")
    mistakes = error.mistakes if isinstance(error, BadInput) else ()
    if isinstance(error, BrokenBook):
        detail = f"Mistakes: {len(error.errors)}. The first: {error.errors[0].to('en')}"
        return problem(request, slug, detail, error.errors)
    return problem(request, slug if slug in KINDS else "bad-request", _sentence(str(error)), mistakes)


async def on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return problem(request, error.slug, error.detail, headers=error.headers, more=error.more)


async def on_wrong_shape(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        at = found[0]["loc"][-1]
        return problem(
            request, "bad-json", f"The JSON breaks off at character {at}: {found[0]['ctx']['error']}."
        )
    mistakes = mistakes_of(found)
    return problem(request, "bad-input", _sentence("; ".join(str(one) for one in mistakes)), mistakes)


async def on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    slug = BY_STATUS.get(error.status_code, "bad-request")
    detail = DETAILS.get(error.status_code) or _sentence(str(error.detail))
    return problem(request, slug, detail, headers=error.headers, status=error.status_code)


async def on_lost_database(request: Request, _: Exception) -> Response:
    detail = "The database does not answer; nothing was written. Send the same request again."
    return problem(request, "too-busy", detail, headers={"Retry-After": "2"})


async def on_unstorable(request: Request, _: Exception) -> Response:
    """What the schemas let through and no column holds: a NUL in a path, a line number of forty digits."""
    detail = "A value is too large or has an unprintable character; nothing was written. Correct it."
    return problem(request, "bad-input", detail)


def _sentence(text: str) -> str:
    """A field's name at the beginning keeps its letter."""
    first = text.partition(" ")[0]
    begin = text[:1] if first.endswith(":") else text[:1].upper()
    return f"{begin}{text[1:].rstrip('.')}."
