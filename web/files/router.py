"""Links to files: one person, one file, until a day."""

from fastapi import APIRouter, Request, Response

from api.commands import actor_of, parts_of
from api.downloads import download
from api.parts import Parts
from database.shared import audit
from database.shared.file_links import fetch
from database.shared.sealing import Unopenable
from domain.errors import NotFound
from domain.file import FilesDown, Withheld
from web.answers.pages import AnswerPages
from web.answers.router import spoken


def file_pages(parts: Parts) -> APIRouter:
    router = APIRouter(prefix="/f", include_in_schema=False)
    pages = AnswerPages(parts.templates)

    @router.get("/{token}")
    async def get(token: str, request: Request) -> Response:
        try:
            return await _fetched(request, token)
        except (NotFound, Unopenable):
            return pages.unknown(spoken(request))
        except Expired:
            return pages.told("expired", spoken(request), 410)
        except Withheld:
            return pages.told("withheld", spoken(request), 409)
        except FilesDown:
            return pages.told("files_down", spoken(request), 503)

    return router


class Expired(Exception):
    """A genuine link whose time is over."""


async def _fetched(request: Request, token: str) -> Response:
    """Raises NotFound, Expired, and what `fetch` raises."""
    parts = parts_of(request)
    target = parts.file_links.read(token)
    if parts.clock() >= target.until:
        raise Expired
    async with parts.database.tenant(target.tenant) as tx:
        found = await fetch(tx, parts.files, target)
        actor = actor_of(request, f"link:{target.audience}", target.audience)
        await audit.write(tx, target.tenant, actor, "file.downloaded", f"file:{target.file}")
    return download(found.name, found.media_type, found.content)
