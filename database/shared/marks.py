"""Marks by which the platform knows its own words again: HMAC-SHA256 under a key that no database holds."""

import hashlib
import hmac
from dataclasses import dataclass

from database.shared.sealing import MasterKeys, Unopenable

PURPOSE = "anchor"


@dataclass(frozen=True)
class Marks:
    """Implements the port Signer. A mark names its key, so that older master keys still verify."""

    master: MasterKeys

    def sign(self, text: str) -> str:
        key = self.master.derived(PURPOSE)
        return f"{key.id}:{_mac(key.secret, text)}"

    def is_genuine(self, text: str, mark: str) -> bool:
        name, _, given = mark.rpartition(":")
        if name.rpartition(".")[0] != PURPOSE:
            return False
        try:
            key = self.master.derived_by(name)
        except Unopenable:
            return False
        return hmac.compare_digest(_mac(key.secret, text), given)


def _mac(secret: bytes, text: str) -> str:
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
