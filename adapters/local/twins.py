"""The local twin of SendGrid and Twilio: ``python -m adapters.local.twins --port 8025 --data .data/twin``."""

import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import click
import uvicorn
from starlette.applications import Starlette

from adapters.local.desk import Desk
from adapters.local.outbox_page import OutboxPage
from adapters.local.twin import open_twin
from adapters.local.twin_sendgrid import SendGridTwin
from adapters.local.twin_settings import TwinSettings
from adapters.local.twin_twilio import TwilioTwin
from adapters.local.wire import DroppableProtocol

DEFAULT = TwinSettings(Path())


def twin_app(settings: TwinSettings) -> Starlette:
    """Serve it with ``twin_server``, or with DroppableProtocol: dropped connections need that."""
    twin = open_twin(settings)

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        twin.start()
        try:
            yield
        finally:
            await twin.stop()

    sides = (SendGridTwin(twin), TwilioTwin(twin), Desk(twin), OutboxPage(twin))
    return Starlette(routes=[route for side in sides for route in side.routes], lifespan=lifespan)


def twin_server(settings: TwinSettings, host: str, port: int) -> uvicorn.Server:
    """Port 0 takes a free one."""
    return uvicorn.Server(
        uvicorn.Config(
            twin_app(settings),
            host=host,
            port=port,
            http=DroppableProtocol,
            ws="none",
            access_log=False,
            log_level="warning",
            timeout_graceful_shutdown=3,
        )
    )


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), required=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), required=True)
@click.option("--webhooks", default=DEFAULT.webhooks, show_default=True, help="The platform's address.")
@click.option("--api-key", envvar="ECHEANCE_SENDGRID_API_KEY", default=DEFAULT.api_key)
@click.option("--account-sid", envvar="ECHEANCE_TWILIO_ACCOUNT_SID", default=DEFAULT.account_sid)
@click.option("--auth-token", envvar="ECHEANCE_TWILIO_AUTH_TOKEN", default=DEFAULT.auth_token)
@click.option("--sms-number", envvar="ECHEANCE_TWILIO_SENDER", default=DEFAULT.sms_number)
@click.option("--delay", type=click.FloatRange(0), default=DEFAULT.delay, help="Seconds between states.")
@click.option("--disorder", type=click.FloatRange(0, 1), default=DEFAULT.disorder)
@click.option("--patience", type=click.FloatRange(0), default=DEFAULT.patience)
def main(port: int, host: str, **options: object) -> None:
    """Run the local twin of the message providers."""
    # uvicorn stops first, then raises the signal again for us: a stop that was asked for is no failure.
    for asked in (signal.SIGINT, signal.SIGTERM):
        signal.signal(asked, lambda *_: sys.exit(0))
    twin_server(TwinSettings(**options), host, port).run()  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
