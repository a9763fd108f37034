"""What the tables of tokens, passkeys and identity providers hold of people."""

from database.shared.holding import NAME, WORDS, Act, Holding, of_person

HOLDINGS = (
    Holding("oauth_client", "sign_in",
            plain="name redirect_uris scopes created_at revoked_at", references="id"),
    Holding(
        "refresh_token", "sign_in", of_person(), Act.DELETE,
        plain="proved_at created_at expires_at used_at revoked_at", references="family person_id client_id",
        secrets="digest", term="session", dated="expires_at",
    ),
    Holding(
        "passkey", "sign_in", of_person(), Act.DELETE,
        plain="sign_count transports created_at used_at suspect_at", references="credential_id person_id",
        secrets="public_key", wiped={"name": WORDS},
    ),
    Holding("spent_challenge", "sign_in", act=Act.DELETE, plain="expires_at", secrets="digest",
            term="session", dated="expires_at"),
    Holding("identity", "sign_in", of_person(), Act.DELETE,
            plain="created_at", references="issuer person_id", wiped={"subject": NAME}),
    Holding("identity_provider", "sign_in", plain="name issuer client_id domains roles created_at",
            references="id", secrets="secret"),
)  # fmt: skip
