"""Logs that let no secret through: what is known to be secret, what looks like one, and whose it would be.

It stands around the formatter of every handler, so that it sees the whole line, tracebacks included.
"""

import logging
import re
import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from copy import copy
from types import TracebackType

HIDDEN = "[hidden]"
LONGEST = 20_000
"""Letters of a line: who makes us log more does not make us search more."""
SHORTEST = 6
"""Of a secret's letters: shorter ones would be found in every other word."""

TOKEN = r"[A-Za-z0-9_~+/.=-]"
LOOKS = (
    (re.compile(r"(\bech_[a-z0-9-]+_[A-Za-z0-9]+_)[A-Za-z0-9_-]+"), r"\1"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)*"), ""),
    (re.compile(rf"(?i)(\b(?:bearer|basic|digest)\s+)(?!error=|realm=){TOKEN}{{6,}}"), r"\1"),
    (re.compile(r"\b(?:whsec_|SG\.|sk_|AKIA|ghp_)[A-Za-z0-9+/=._-]{8,}"), ""),
    (re.compile(r"(://[^\s/:@]*:)[^\s/@]+(?=@)"), r"\1"),
    (re.compile(rf"(/(?:a|f|m|r|enter)/){TOKEN}{{16,}}"), r"\1"),
    (
        re.compile(
            r"(?i)((?:secret|password|passwd|token|api[_-]?key|signature|cookie|authorization|_otp|credential)"
            r"[\w-]{0,40}[\"']?\s{0,3}[=:]\s{0,3}[\"']?)[^\s\"'&,;}]+"
        ),
        r"\1",
    ),
    (re.compile(r"(?i)([?&](?:code|state|key|sig|t)=)[^\s&\"']+"), r"\1"),
    (re.compile(r"(__Host-[\w-]+=)[^\s;]+"), r"\1"),
    (re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*-----|\Z)", re.DOTALL), ""),
    (re.compile(r"[\w.%+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), ""),
    (re.compile(r"(?<![\w.])\+\d[\d .()-]{6,18}\d"), ""),
)
"""With what to keep in front. The last two are e-mail addresses and telephone numbers: somebody's."""
CONTROLS = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\x85\u2028\u2029]")
"""In a message they would begin a line, or a colour, of somebody else's."""


class Redaction:
    """Takes secrets out of texts."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: tuple[str, ...] = ()
        self.know(secrets)

    def know(self, secrets: Iterable[str]) -> None:
        """From now on these, too."""
        known = {*self._secrets, *(one for one in secrets if len(one) >= SHORTEST)}
        self._secrets = tuple(sorted(known, key=len, reverse=True))

    def __call__(self, text: str) -> str:
        text = text if len(text) <= LONGEST else f"{text[:LONGEST]}… (cut)"
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        for pattern, kept in LOOKS:
            text = pattern.sub(f"{kept}{HIDDEN}", text)
        return text


class Redacting(logging.Formatter):
    """Another formatter's lines without secrets, in UTC, each message on a line of its own."""

    def __init__(self, inner: logging.Formatter, redaction: Redaction) -> None:
        super().__init__()
        self._inner = inner
        inner.converter = time.gmtime
        inner.default_time_format, inner.default_msec_format = "%Y-%m-%dT%H:%M:%S", "%s.%03dZ"
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        plain = copy(record)  # other handlers see the record as it was
        plain.msg, plain.args = CONTROLS.sub(_escaped, _message(record)), None
        return self._redaction(self._inner.format(plain))


REDACTION = Redaction()
"""One for the process."""


def guard_logs(secrets: Iterable[str] = ()) -> None:
    """Every handler that there is, and the last words of a process that dies. Call it after `basicConfig`."""
    REDACTION.know(secrets)
    for handler in _handlers():
        if not isinstance(handler.formatter, Redacting):
            handler.setFormatter(Redacting(handler.formatter or logging.Formatter(), REDACTION))
    sys.excepthook = _last_words


def _handlers() -> Iterator[logging.Handler]:
    """Servers bring handlers of their own."""
    loggers = [logging.root, *logging.root.manager.loggerDict.values()]
    for logger in loggers:
        if isinstance(logger, logging.Logger):
            yield from logger.handlers
    if logging.lastResort:
        yield logging.lastResort


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # a wrong placeholder must not cost the line
        return f"{record.msg!r} (its values do not fit)"


def _escaped(found: re.Match[str]) -> str:
    return found.group().encode("unicode_escape").decode()


def _last_words(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    sys.stderr.write(REDACTION("".join(traceback.format_exception(kind, error, trace))))
