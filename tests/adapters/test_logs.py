"""No log line has a secret, a token or somebody's address, whoever wrote it and however."""

import io
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from adapters.logs import HIDDEN, LONGEST, Redacting, Redaction
from tests.ground import ROOT

KEY = "ech_motos-douala_5e0c2a91_q8Zk3vT1xY7pL0aBcDeFgHiJ"
JWT = "eyJhbGciOiJFUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJwXzEyIn0.c2lnbmF0dXJlLW9mLWl0"
LEAKS = (
    (f"refused {KEY}", "q8Zk3v"),
    (f"Authorization: Bearer {JWT}", "c2lnbmF0"),
    (f"token is {JWT}.", "eyJzdWIi"),
    ("authorization=Basic dXNlcjpodXNoLWh1c2g=", "dXNlcj"),
    ("secret whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2La", "MfKQ9"),
    ("key SG.abcdefgh12345678.ZYXWVUTSRQPO", "ZYXWV"),
    ("postgresql+psycopg://echeance:hush@db:5432/x", "hush"),
    ("GET /a/InNlY3JldC10b2tlbiI.c2lnbmVkLXNpZ25lZA HTTP/1.1", "InNlY3"),
    ("GET /f/abcdefghijklmnopqrstuvwxyz0123", "ghijkl"),
    ("GET /console/enter/moto.InNlY3JldC10b2tlbiI_c2lnbmVk", "InNlY3"),
    ("set {'password': 'hush-hush'}", "hush"),
    ("POST /oauth/token?code=abc123def&state=x9y8z7", "abc123"),
    ("code_secret=s3cr3t-value&x=1", "s3cr3t"),
    ("Cookie: __Host-echeance=moto.AbCdEf123; other=1", "AbCdEf"),
    ('"api_key": "k-123456"', "k-123456"),
    ("-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n-----END PRIVATE KEY-----", "MC4CAQ"),
    ("no contact for aicha.ngo@example.org here", "aicha"),
    ("SMS to +237679284212 failed", "679284212"),
    ("SMS to +33 6 12 34 56 78 failed", "12 34"),
    ("X-Twilio-Signature: abcdefg=", "abcdefg"),
    ("Key (email)=(jean@example.org) already exists", "jean"),
    ("the known one: correct-horse", "correct-horse"),
)
FINE = (
    "working on fleet, training",
    "rule book fleet/dunning: new revision 5e0c2a91b7d4",
    "2031-03-03 09:00:00 request 5e0c2a91 broke",
    "GET /v1/contacts/CL-1 200",
    "12 500 FCFA, -12,50 €, +3",
    "the audit trail of moto: row 12 (seal 3) was deleted",
    'Bearer error="insufficient_user_authentication"',
    "relay: 12 rung, 0 lost",
    "127.0.0.1:7233",
    "/a/short",
    "fleet.dunning:motos-douala:CT-004",
)


@pytest.fixture
def redaction() -> Redaction:
    return Redaction(["correct-horse", "abc"])


@pytest.fixture
def log(redaction: Redaction) -> Iterator[tuple[logging.Logger, io.StringIO]]:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Redacting(logging.Formatter("%(levelname)s %(message)s"), redaction))
    logger = logging.Logger("tried")
    logger.addHandler(handler)
    yield logger, written
    handler.close()


@pytest.mark.parametrize(("line", "leak"), LEAKS)
def test_no_secret_passes_as_text_as_argument_or_in_a_traceback(
    log: tuple[logging.Logger, io.StringIO], line: str, leak: str
) -> None:
    logger, written = log
    logger.info(line.replace("%", "%%"))
    logger.warning("told: %s", line)
    try:
        raise ValueError(line)
    except ValueError:
        logger.exception("it broke")
    said = written.getvalue()
    assert said.count(HIDDEN) >= 3
    assert leak not in said


@pytest.mark.parametrize("line", FINE)
def test_what_is_no_secret_stays_readable(redaction: Redaction, line: str) -> None:
    assert redaction(line) == line


def test_the_part_of_a_key_that_names_it_stays(redaction: Redaction) -> None:
    assert redaction(f"refused {KEY}") == f"refused ech_motos-douala_5e0c2a91_{HIDDEN}"


def test_nobody_writes_a_line_of_their_own_into_our_log(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = log
    logger.info("name: %s", "Anne\n2031-03-03 ERROR forged\x1b[31m\u2028x\r")
    assert written.getvalue().splitlines() == [
        "INFO name: Anne\\n2031-03-03 ERROR forged\\x1b[31m\\u2028x\\r"
    ]


def test_a_line_says_when_it_was_in_utc_wherever_the_machine_is() -> None:
    """In another zone's process, with a handler that a server brought along."""
    program = (
        "import logging; from adapters.logs import guard_logs\n"
        "logging.basicConfig(format='%(asctime)s %(message)s'); guard_logs()\n"
        "told = {'msg': 'noon', 'levelno': 30, 'created': 1_920_000_000.25, 'msecs': 250.0}\n"
        "logging.root.handle(logging.makeLogRecord(told))"
    )
    command = [sys.executable, "-c", program]
    zone = {**os.environ, "TZ": "Asia/Kolkata"}
    done = subprocess.run(command, cwd=ROOT, env=zone, capture_output=True, text=True, check=True)
    assert done.stderr == "2030-11-04T05:20:00.250Z noon\n"


def test_a_wrong_placeholder_costs_no_line(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, written = log
    logger.info("%d apples", "many")
    assert written.getvalue() == "INFO '%d apples' (its values do not fit)\n"


@pytest.mark.parametrize(
    "piece", ["a-", "eyJ-", "://a", "+1 ", "x@", "token", "-----BEGIN PRIVATE KEY-----", "&t=", "a."]
)
def test_a_line_that_is_made_to_be_slow_is_not(redaction: Redaction, piece: str) -> None:
    began = time.process_time()
    said = redaction(piece * 500_000)
    assert time.process_time() - began < 2
    assert len(said) <= LONGEST * 5


def test_the_last_words_of_a_process_have_none_either() -> None:
    program = (
        "import logging; from adapters.logs import guard_logs\n"
        "logging.basicConfig(); guard_logs(['hush-hush'])\n"
        "logging.getLogger('uvicorn.error').error('url %s', 'postgresql://a:hush-hush@b')\n"
        "raise RuntimeError('hush-hush of aicha@example.org')"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "RuntimeError" in done.stderr
    assert "ERROR:uvicorn.error:url postgresql://a:[hidden]@b" in done.stderr
    assert "hush" not in done.stderr.replace("raise RuntimeError('hush-hush of aicha@example.org')", "")
