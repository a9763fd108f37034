"""What the tables of sign-in, keys, files and webhooks hold of people."""

from database.shared.holding import (
    ADDRESS,
    NAME,
    NO_OBJECT,
    WORDS,
    Act,
    Data,
    Holding,
    Wiped,
    of_contact,
    of_person,
)

SIGN_IN = (
    Holding(
        "person", "sign_in", of_person("id"), Act.WIPE,
        plain="locale state created_at created_by", references="id contact_ref",
        wiped={"email": ADDRESS, "full_name": NAME, "roles": Wiped(Data.IDENTITY, "'{}'"),
               "last_seen_at": Wiped(Data.ONLINE, "null")},
    ),
    Holding(
        "api_key", "sign_in", of_person("owner"), Act.WIPE,
        plain="scopes created_at expires_at revoked_at", references="id owner", secrets="secret_sha256",
        wiped={"name": WORDS},
    ),
    Holding("person_password", "sign_in", of_person(), Act.DELETE,
            plain="set_at ends_at", references="person_id", secrets="hash"),
    Holding("person_totp", "sign_in", of_person(), Act.DELETE,
            plain="begun_at confirmed_at last_step", references="person_id", secrets="secret"),
    Holding("recovery_code", "sign_in", of_person(), Act.DELETE,
            plain="used_at", references="person_id", secrets="digest"),
    Holding(
        "web_session", "sign_in", of_person(), Act.DELETE,
        plain="proof opened_at seen_at ends_at proved_at revoked_at", references="person_id",
        secrets="digest origin", term="session", dated="ends_at",
    ),
    Holding(
        "sign_in_ticket", "sign_in", of_person(), Act.DELETE,
        plain="kind created_at expires_at used_at", references="person_id", secrets="digest",
        wiped={"data": NO_OBJECT}, term="session", dated="expires_at",
    ),
    Holding("trusted_device", "sign_in", of_person(), Act.DELETE,
            plain="created_at expires_at", references="person_id", secrets="digest",
            term="session", dated="expires_at"),
    Holding("sign_in_failure", "sign_in", act=Act.DELETE,
            plain="id at", secrets="bucket", term="sign_in", dated="at"),
    Holding(
        "letter", "sign_in", of_person(), Act.WIPE,
        plain="kind state attempts created_at settled_at", references="id person_id",
        wiped={"data": NO_OBJECT, "reason": WORDS}, term="letter", dated="created_at", over="state <> 'owed'",
    ),
)  # fmt: skip

FILES = (
    Holding(
        "file", "documents", f"({of_contact()} or {of_person('contact_ref')})",
        plain="process retention media_type size shown_size state finding kept_at scanned_at removed_at "
        "removed_for swept_at name",
        references="id contact_ref ref kept_by", secrets="secret sha256",
    ),
)  # fmt: skip

WEBHOOKS = (
    Holding(
        "webhook_endpoint", "webhooks", plain="url description types state reason old_until failing_since "
        "probe_at created_at", references="id created_by", secrets="secret old_secret",
    ),
    Holding("webhook_event", "webhooks", act=Act.DELETE, plain="type at", references="id data",
            term="webhook", dated="at"),
    Holding("webhook_delivery", "webhooks", plain="state attempts due_at tried_at status problem took_ms",
            references="endpoint_id event_id"),
)  # fmt: skip

HOLDINGS = (*SIGN_IN, *FILES, *WEBHOOKS)
