"""Files as they are sent: saved, never shown within our pages, whatever they contain."""

from urllib.parse import quote

from fastapi import Response

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


def download(name: str, media_type: str, content: bytes) -> Response:
    disposition = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    headers = {**HEADERS, "Content-Disposition": disposition}
    return Response(content, media_type=media_type, headers=headers)
