"""Forms that carry a file. Parts stay in memory: what people hand in is not written to a disk in clear."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from api.problems import Refused
from domain.upload import LARGEST, MEGABYTE

MEDIA_TYPE = "multipart/form-data"
LARGEST_FORM = LARGEST + MEGABYTE
MOST_FIELDS = 20


@dataclass(frozen=True)
class Form:
    """``name`` and ``content`` are those of the part ``file``; empty when there is none."""

    fields: dict[str, str]
    name: str = ""
    content: bytes = field(default=b"", repr=False)


class _InMemory(MultiPartParser):
    spool_max_size = LARGEST_FORM


async def form_of(headers: Headers, body: bytes) -> Form:
    """Raises Refused for what is no form."""

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    try:
        parser = _InMemory(headers, stream(), max_files=1, max_fields=MOST_FIELDS)
        given = await parser.parse()
    except (MultiPartException, KeyError, ValueError):
        detail = "The form cannot be read: send it as multipart/form-data with one part named file."
        raise Refused("bad-request", detail) from None
    try:
        fields = {name: value for name, value in given.items() if isinstance(value, str)}
        sent = given.get("file")
        if not isinstance(sent, UploadFile):
            return Form(fields)
        return Form(fields, sent.filename or "", await sent.read())
    finally:
        await given.close()
