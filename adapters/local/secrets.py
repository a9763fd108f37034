"""Secrets of a local platform, made once and kept."""

import secrets

from adapters.local.folder import DataFolder


def secrets_of(folder: DataFolder) -> dict[str, str]:
    """Names are those of the environment. Ones that an older run did not know are added."""
    known = folder.secrets()
    made = make()
    if made.keys() - known.keys():
        known = {**made, **known}
        folder.keep_secrets(known)
    return {name: known[name] for name in made}


def make() -> dict[str, str]:
    return {
        "ECHEANCE_LINK_SECRETS": secrets.token_urlsafe(32),
        "ECHEANCE_MASTER_KEYS": secrets.token_urlsafe(32),
        "ECHEANCE_BACKUP_KEYS": secrets.token_urlsafe(32),
        "ECHEANCE_MOBILE_MONEY_SECRET": secrets.token_urlsafe(32),
        "ECHEANCE_SENDGRID_API_KEY": f"SG.{secrets.token_urlsafe(32)}",
        "ECHEANCE_TWILIO_ACCOUNT_SID": f"AC{secrets.token_hex(16)}",
        "ECHEANCE_TWILIO_AUTH_TOKEN": secrets.token_hex(16),
    }
