"""The tables of tokens, passkeys and identity providers, as queries see them."""

from sqlalchemy import BigInteger, Column, LargeBinary, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY

from database.base import Json, metadata, tenant_table
from database.shared.tables import AT

signing_key = Table(
    "signing_key", metadata, Column("kid", Text, primary_key=True), Column("public", Json),
    Column("private", LargeBinary), Column("master", Text), Column("created_at", AT), Column("signs_at", AT),
    Column("retires_at", AT),
)  # fmt: skip

oauth_client = tenant_table(
    "oauth_client", Column("id", Text, primary_key=True), Column("name", Text),
    Column("redirect_uris", ARRAY(Text)), Column("scopes", ARRAY(Text)), Column("created_at", AT),
    Column("revoked_at", AT),
)  # fmt: skip

refresh_token = tenant_table(
    "refresh_token", Column("digest", Text, primary_key=True), Column("family", Text),
    Column("person_id", Text), Column("client_id", Text), Column("proved_at", AT), Column("created_at", AT),
    Column("expires_at", AT), Column("used_at", AT), Column("revoked_at", AT),
)  # fmt: skip

passkey = tenant_table(
    "passkey", Column("credential_id", Text, primary_key=True), Column("person_id", Text),
    Column("public_key", LargeBinary), Column("sign_count", BigInteger), Column("transports", ARRAY(Text)),
    Column("name", Text), Column("created_at", AT), Column("used_at", AT), Column("suspect_at", AT),
)  # fmt: skip

spent_challenge = tenant_table(
    "spent_challenge", Column("digest", Text, primary_key=True), Column("expires_at", AT)
)

identity = tenant_table(
    "identity", Column("issuer", Text, primary_key=True), Column("subject", Text, primary_key=True),
    Column("person_id", Text), Column("created_at", AT),
)  # fmt: skip

identity_provider = tenant_table(
    "identity_provider", Column("id", Text, primary_key=True), Column("name", Text), Column("issuer", Text),
    Column("client_id", Text), Column("secret", LargeBinary), Column("domains", ARRAY(Text)),
    Column("roles", ARRAY(Text)), Column("created_at", AT),
)  # fmt: skip
