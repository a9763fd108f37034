"""The ceremonies of passkeys (W3C Web Authentication): what a browser is asked, and whether its answer holds.

A challenge is signed into the page that asks it, for one purpose, one session and five minutes; whoever
answers spends it, so that an answer that was overheard opens nothing.
"""

import hmac
import json
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, parse_registration_credential_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from database.shared.passkeys import Passkey
from database.shared.people import Person
from database.shared.sealing import MasterKeys

LASTS = timedelta(minutes=5)
LARGEST = 20_000
SIGN_IN = "sign-in"
ID = re.compile(r"[A-Za-z0-9_-]{1,1400}")
HANDLE = re.compile(r"(?P<tenant>[a-z0-9][a-z0-9-]{0,39})\.(?P<person>[a-z0-9]{1,20})")


class NotProved(Exception):
    """An answer that does not hold, whatever is wrong with it."""


@dataclass(frozen=True)
class Asked:
    """``options`` goes to the browser's authenticator, ``token`` comes back beside its answer."""

    options: str
    token: str


@dataclass(frozen=True)
class Challenge:
    value: bytes
    until: datetime


@dataclass(frozen=True)
class Answer:
    """Of somebody who says that they are ``person`` of ``tenant``, or says nothing."""

    text: str
    id: str
    tenant: str
    person: str


class Ceremonies:
    """``address`` is where people open the platform. A passkey belongs to a name: of an address on this
    machine the name is ``localhost``, and at other bare addresses there are none.
    """

    def __init__(self, address: str, master: MasterKeys) -> None:
        split = urlsplit(address)
        host = split.hostname or ""
        self.name = _named(host)
        port = f":{split.port}" if split.port else ""
        self.origin = f"{split.scheme}://{self.name}{port}" if self.name else ""
        self._secret = master.derived("passkey").secret

    @property
    def possible(self) -> bool:
        return bool(self.name)

    def to_create(
        self, tenant: str, person: Person, known: Sequence[Passkey], bound: str, now: datetime
    ) -> Asked:
        challenge, token = self._challenge(bound, now)
        options = webauthn.generate_registration_options(
            rp_id=self.name, rp_name="Échéance", user_id=f"{tenant}.{person.id}".encode(),
            user_name=person.email, user_display_name=person.full_name, challenge=challenge,
            timeout=_milliseconds(LASTS), exclude_credentials=_described(known),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )  # fmt: skip
        return Asked(webauthn.options_to_json(options), token)

    def to_show(self, known: Sequence[Passkey], bound: str, now: datetime) -> Asked:
        """Without ``known`` the browser offers whichever passkeys it has for us."""
        challenge, token = self._challenge(bound, now)
        options = webauthn.generate_authentication_options(
            rp_id=self.name, challenge=challenge, timeout=_milliseconds(LASTS),
            allow_credentials=_described(known), user_verification=UserVerificationRequirement.REQUIRED,
        )  # fmt: skip
        return Asked(webauthn.options_to_json(options), token)

    def challenge(self, token: str, bound: str, now: datetime) -> Challenge:
        """The one that we asked for this purpose, lately. Raises NotProved."""
        said, _, signature = token.rpartition(".")
        value, _, until = said.partition(".")
        if not token.isascii() or not hmac.compare_digest(signature, self._signature(said, bound)):
            raise NotProved
        challenge = Challenge(urlsafe_b64decode(value), datetime.fromtimestamp(int(until), UTC))
        if now >= challenge.until:
            raise NotProved
        return challenge

    def created(self, text: str, challenge: Challenge, person: str, name: str, now: datetime) -> Passkey:
        """Raises NotProved."""
        try:
            made = webauthn.verify_registration_response(
                credential=_small(text), expected_challenge=challenge.value, expected_rp_id=self.name,
                expected_origin=self.origin, require_user_verification=True,
            )  # fmt: skip
            given = parse_registration_credential_json(text).response.transports or ()
            transports = tuple(sorted({str(one.value) for one in given}))
        except Exception as wrong:  # whatever a stranger's bytes do to the readers of CBOR, keys and JSON
            raise NotProved from wrong
        id = urlsafe_b64encode(made.credential_id).rstrip(b"=").decode()
        return Passkey(id, person, made.credential_public_key, made.sign_count, transports, name, now)

    def answer(self, text: str) -> Answer:
        """Whose it says to be: nothing is proved yet. Raises NotProved.

        Some authenticators say nothing of it when they were asked for a certain passkey.
        """
        try:
            read = json.loads(_small(text))
            given = read["response"].get("userHandle") or ""
            handle = HANDLE.fullmatch(base64url_to_bytes(given).decode("ascii"))
            id = ID.fullmatch(read["id"])
        except Exception as wrong:
            raise NotProved from wrong
        if id is None or (given and handle is None):
            raise NotProved
        return Answer(text, id[0], handle["tenant"] if handle else "", handle["person"] if handle else "")

    def shown(self, answer: Answer, key: Passkey, challenge: Challenge) -> int:
        """The authenticator's count. Raises NotProved. How it compares is looked at afterwards, for only
        after a good signature does it say something.
        """
        try:
            proved = webauthn.verify_authentication_response(
                credential=answer.text, expected_challenge=challenge.value, expected_rp_id=self.name,
                expected_origin=self.origin, credential_public_key=key.public_key,
                credential_current_sign_count=0, require_user_verification=True,
            )  # fmt: skip
        except Exception as wrong:
            raise NotProved from wrong
        return proved.new_sign_count

    def _challenge(self, bound: str, now: datetime) -> tuple[bytes, str]:
        challenge = secrets.token_bytes(32)
        said = f"{urlsafe_b64encode(challenge).decode()}.{int((now + LASTS).timestamp())}"
        return challenge, f"{said}.{self._signature(said, bound)}"

    def _signature(self, said: str, bound: str) -> str:
        return hmac.new(self._secret, f"{bound}\n{said}".encode(), sha256).hexdigest()


def _named(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError:
        return host
    return "localhost" if address.is_loopback else ""


def _small(text: str) -> str:
    if len(text) > LARGEST:
        raise ValueError("too large")
    return text


def _described(known: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(key.id)) for key in known]


def _milliseconds(span: timedelta) -> int:
    return int(span.total_seconds() * 1000)
