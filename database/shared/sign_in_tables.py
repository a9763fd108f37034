"""The tables of signing in, as queries see them."""

from sqlalchemy import BigInteger, Column, Identity, Integer, LargeBinary, Text

from database.base import Json, tenant_table
from database.shared.tables import AT

PERSON = "person_id"

person_password = tenant_table(
    "person_password", Column(PERSON, Text, primary_key=True), Column("hash", Text), Column("set_at", AT),
    Column("ends_at", AT),
)  # fmt: skip

person_totp = tenant_table(
    "person_totp", Column(PERSON, Text, primary_key=True), Column("secret", LargeBinary),
    Column("begun_at", AT), Column("confirmed_at", AT), Column("last_step", BigInteger),
)  # fmt: skip

recovery_code = tenant_table(
    "recovery_code", Column(PERSON, Text, primary_key=True), Column("digest", Text, primary_key=True),
    Column("used_at", AT),
)  # fmt: skip

web_session = tenant_table(
    "web_session", Column("digest", Text, primary_key=True), Column(PERSON, Text), Column("proof", Text),
    Column("opened_at", AT), Column("seen_at", AT), Column("ends_at", AT), Column("proved_at", AT),
    Column("origin", LargeBinary), Column("revoked_at", AT),
)  # fmt: skip

sign_in_ticket = tenant_table(
    "sign_in_ticket", Column("digest", Text, primary_key=True), Column(PERSON, Text), Column("kind", Text),
    Column("data", Json), Column("created_at", AT), Column("expires_at", AT), Column("used_at", AT),
)  # fmt: skip

trusted_device = tenant_table(
    "trusted_device", Column("digest", Text, primary_key=True), Column(PERSON, Text),
    Column("created_at", AT), Column("expires_at", AT),
)  # fmt: skip

sign_in_failure = tenant_table(
    "sign_in_failure", Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("bucket", Text), Column("at", AT),
)  # fmt: skip

letter = tenant_table(
    "letter", Column("id", Text, primary_key=True), Column(PERSON, Text), Column("kind", Text),
    Column("data", Json), Column("state", Text), Column("attempts", Integer), Column("created_at", AT),
    Column("settled_at", AT), Column("reason", Text),
)  # fmt: skip
