"""Lists taken away as files: asked for from a list, followed on a page that reloads itself, fetched."""

from starlette.responses import Response

from api.downloads import download
from database.listings import LISTINGS
from database.shared import audit, exports
from database.shared.audit_search import names_of
from database.shared.exports import FORMATS, Export, Wish
from database.shared.files import known_file
from domain.errors import BadInput, Conflict, Mistake, NotFound
from web.console import lists
from web.console.visit import Visit, goes_to, refused, text_of

FEW = 50


async def start(visit: Visit) -> Response:
    """Begins the export of a list as it is shown."""
    of, form = lists.listing_of(visit), await visit.request.form()
    kind = text_of(form, "format")
    if kind not in FORMATS:
        raise BadInput(Mistake("format", "no such format", f"choose among {', '.join(FORMATS)}"))
    asked = lists.query_of(of, lists.query_in(form))
    wish = Wish(of.name, asked.values, asked.order, kind, visit.words.locale)
    async with visit.database.tenant(visit.tenant.id) as tx:
        try:
            made = await exports.begin(tx, visit.tenant.id, visit.actor, wish, visit.moments.now)
        except Conflict:
            return refused(visit.request, 409, "refused.exports_full")
    return goes_to(f"/exports/{made.id}")


async def listed(visit: Visit) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        rows = await exports.exports_of(tx, visit.tenant.id, limit=FEW)
        names = await names_of(tx, visit.tenant.id, [one.asked_by for one in rows])
    return visit.page("exports.html.j2", rows=rows, listings=LISTINGS, names=names, moving=_moves(rows))


async def one(visit: Visit) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        found = await exports.export_of(tx, visit.tenant.id, visit.path("id"))
    return visit.page(
        "export.html.j2", export=found, listing=LISTINGS.get(found.wish.listing), moving=found.is_open
    )


async def stop(visit: Visit) -> Response:
    async with visit.database.tenant(visit.tenant.id) as tx:
        try:
            await exports.stop(tx, visit.tenant.id, visit.actor, visit.path("id"))
        except Conflict:
            return refused(visit.request, 409, "refused.order")
    return goes_to(f"/exports/{visit.path('id')}")


async def content(visit: Visit) -> Response:
    """Each download is a line of the trail, and asks for what the list itself asks for."""
    async with visit.database.tenant(visit.tenant.id) as tx:
        found = await exports.export_of(tx, visit.tenant.id, visit.path("id"))
        of = LISTINGS.get(found.wish.listing)
        if of is None or not visit.may(of.permission) or not found.file:
            raise NotFound("export", found.id)
        known = await known_file(tx, visit.tenant.id, found.file)
        body = await visit.desk.parts.api.files.read(tx, visit.tenant.id, found.file)
        await audit.write(tx, visit.tenant.id, visit.actor, "file.downloaded", f"file:{found.file}")
    return download(known.name, known.media_type, body)


def _moves(rows: list[Export]) -> bool:
    return any(one.is_open for one in rows)
