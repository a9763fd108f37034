"""Files that come in: looked at and scanned before the transaction of their command begins."""

from typing import Any

from fastapi import Depends, Request

from api.auth import Rule
from api.commands import entered, parts_of
from api.multipart import MEDIA_TYPE, form_of
from api.problems import Refused
from database.shared.uploads import Found
from domain.upload import Given


def looks(permission: str) -> Any:
    """A dependency, to be named before the command: the part ``file`` of a form, for whoever may send it."""

    async def looked_at(request: Request) -> Found:
        async with entered(request, Rule(permission)):
            pass  # let in, and the connection given back
        if not request.headers.get("content-type", "").lower().startswith(MEDIA_TYPE):
            raise Refused("unsupported-media-type", f"Send it as {MEDIA_TYPE}.")
        form = await form_of(request.headers, await request.body())
        return await parts_of(request).uploads.look(Given(form.name, form.content))

    return Depends(looked_at)
