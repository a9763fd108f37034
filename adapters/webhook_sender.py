"""Posts webhooks to where tenants want them. Whatever goes wrong is a receipt."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from adapters.guarded_http import NotAllowed
from adapters.outcomes import seconds
from domain.platform.webhook import Receipt

PROBLEMS: tuple[tuple[type[Exception], str], ...] = (
    (NotAllowed, "the address may not be called, or its answer is too long or packed"),
    (httpx.ConnectTimeout, "no connection in time"),
    (httpx.TimeoutException, "no answer in time"),
    (httpx.ConnectError, "no connection: name, port or certificate"),
    (httpx.TransportError, "the connection broke, or the answer was no HTTP"),
    (httpx.InvalidURL, "the address cannot be read"),
)


@dataclass(frozen=True)
class WebhookSender:
    """``http`` is a guarded client. Redirects are not followed: they are failures."""

    http: httpx.AsyncClient

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Receipt:
        began = time.monotonic()
        try:
            answer = await self.http.post(url, headers=dict(headers), content=body)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            problem = next(said for kind, said in PROBLEMS if isinstance(error, kind))
            return Receipt(None, problem, _ms(began))
        return Receipt(
            answer.status_code,
            "" if answer.is_success else f"answered {answer.status_code}",
            _ms(began),
            seconds(answer.headers.get("retry-after")),
        )


def _ms(began: float) -> int:
    return round((time.monotonic() - began) * 1000)
