"""The platform's tables, as queries see them. The migrations are what creates them."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    FetchedValue,
    Identity,
    Integer,
    LargeBinary,
    Table,
    Text,
    Time,
)
from sqlalchemy.dialects.postgresql import ARRAY

from database.base import Json, metadata, tenant_table

AT = DateTime(timezone=True)


def _id() -> Column[int]:
    return Column("id", BigInteger, Identity(always=True), primary_key=True)


tenant = Table(
    "tenant", metadata, Column("id", Text, primary_key=True), Column("name", Text),
    Column("country", Text), Column("zone", Text), Column("currency", Text), Column("locale", Text),
    Column("quiet_from", Time), Column("quiet_until", Time), Column("sms_a_day", Integer),
    Column("email_a_day", Integer), Column("sms_a_week", Integer), Column("email_a_week", Integer),
    Column("rules_need_approval", Boolean), Column("second_factor", Text), Column("audit_days", Integer),
    Column("shadow_of", Text),
)  # fmt: skip

api_key = tenant_table(
    "api_key", Column("id", Text, primary_key=True), Column("name", Text), Column("secret_sha256", Text),
    Column("scopes", ARRAY(Text)), Column("created_at", AT), Column("expires_at", AT), Column("revoked_at",
    AT), Column("owner", Text),
)  # fmt: skip

data_key = tenant_table(
    "data_key", Column("id", Text, primary_key=True), Column("owner", Text), Column("wrapped", LargeBinary),
    Column("master", Text), Column("created_at", AT), Column("destroyed_at", AT),
    Column("destroyed_for", Text),
)  # fmt: skip

person = tenant_table(
    "person", Column("id", Text, primary_key=True), Column("email", Text), Column("full_name", Text),
    Column("locale", Text), Column("roles", ARRAY(Text)), Column("contact_ref", Text), Column("state", Text),
    Column("created_at", AT), Column("created_by", Text), Column("last_seen_at", AT),
)  # fmt: skip

contact = tenant_table(
    "contact", Column("ref", Text, primary_key=True), Column("full_name", Text), Column("email", Text),
    Column("phone", Text), Column("locale", Text), Column("channels", ARRAY(Text)), Column("erased_at", AT),
    Column("sorting_name", Text, FetchedValue()),
)  # fmt: skip

opt_out = tenant_table(
    "opt_out", Column("channel", Text, primary_key=True), Column("address", Text, primary_key=True),
    Column("reason", Text), Column("at", AT),
)  # fmt: skip

process_case = tenant_table(
    "process_case", Column("process", Text, primary_key=True), Column("ref", Text, primary_key=True),
    Column("stage", Text), Column("waiting", Json), Column("review_at", AT), Column("due_on", Date),
    Column("opened_at", AT), Column("closed_at", AT), Column("outcome", Text), Column("book", Text),
)  # fmt: skip

standing_order = tenant_table(
    "standing_order", Column("process", Text, primary_key=True), Column("ref", Text, primary_key=True),
    Column("state", Text), Column("reason", Text), Column("ordered_by", Text), Column("at", AT),
)  # fmt: skip

decision = tenant_table(
    "decision", _id(), Column("key", Text), Column("process", Text), Column("ref", Text),
    Column("decided_at", AT), Column("book", Text), Column("revision", Text), Column("stage", Text),
    Column("closes", Text), Column("facts", Json), Column("reasons", Json), Column("near", Json),
    Column("steps", Json), Column("waiting", Json), Column("review_at", AT), Column("recorded_at", AT),
)  # fmt: skip

message = tenant_table(
    "message", Column("id", Text, primary_key=True), Column("key", Text), Column("step_key", Text),
    Column("process", Text), Column("ref", Text), Column("contact_ref", Text), Column("channel", Text),
    Column("address", Text), Column("template", Text), Column("locale", Text), Column("subject", Text),
    Column("text", Text), Column("html", Text), Column("state", Text), Column("reason", Text),
    Column("provider_id", Text), Column("attempts", Integer), Column("wrote_at", AT),
    Column("first_tried_at", AT), Column("claimed_at", AT), Column("settled_at", AT), Column("created_at",
    AT), Column("deferred_at", AT), Column("deferred_until", AT), Column("deferred_for", Text),
)  # fmt: skip

message_event = tenant_table(
    "message_event", Column("event_id", Text, primary_key=True), Column("message_id", Text),
    Column("state", Text), Column("reason", Text), Column("received_at", AT),
)  # fmt: skip

alert = tenant_table(
    "alert", _id(), Column("key", Text), Column("process", Text), Column("ref", Text), Column("team", Text),
    Column("title", Json), Column("due_on", Date), Column("raised_at", AT), Column("taken_by", Text),
    Column("taken_at", AT), Column("closed_by", Text), Column("closed_at", AT), Column("note", Text),
)  # fmt: skip

document = tenant_table(
    "document", _id(), Column("key", Text), Column("process", Text), Column("ref", Text),
    Column("template", Text), Column("locale", Text), Column("name", Text), Column("media_type", Text),
    Column("sha256", Text), Column("file_id", Text), Column("issued_at", AT),
)  # fmt: skip

outbox = tenant_table(
    "outbox", _id(), Column("key", Text), Column("kind", Text), Column("process", Text), Column("ref", Text),
    Column("fact", Text), Column("at", AT), Column("created_at", AT), Column("delivered_at", AT),
    Column("attempts", Integer), Column("note", Text),
)  # fmt: skip

audit = tenant_table(
    "audit", _id(), Column("at", AT), Column("who", Text), Column("action", Text), Column("object", Text),
    Column("before", Json), Column("after", Json), Column("ip", Text), Column("agent", Text),
    Column("request_id", Text), Column("origin", LargeBinary),
)  # fmt: skip

audit_seal = tenant_table(
    "audit_seal", Column("seq", BigInteger, primary_key=True), Column("audit_id", BigInteger),
    Column("digest", LargeBinary), Column("hash", LargeBinary),
)  # fmt: skip

idempotency = tenant_table(
    "idempotency", Column("key", Text, primary_key=True), Column("fingerprint", Text),
    Column("status", Integer), Column("body", Json), Column("created_at", AT),
)  # fmt: skip

event_received = tenant_table(
    "event_received", Column("source", Text, primary_key=True), Column("id", Text, primary_key=True),
    Column("type", Text), Column("subject", Text), Column("fingerprint", Text), Column("received_at", AT),
)  # fmt: skip

rule_revision = tenant_table(
    "rule_revision", Column("book", Text, primary_key=True), Column("revision", Text, primary_key=True),
    Column("content", Text), Column("sha256", Text), Column("version", Text), Column("author", Text),
    Column("note", Text), Column("created_at", AT),
)  # fmt: skip

rule_publication = tenant_table(
    "rule_publication", _id(), Column("book", Text), Column("revision", Text), Column("effective_on", Date),
    Column("state", Text), Column("note", Text), Column("proposed_by", Text), Column("proposed_at", AT),
    Column("decided_by", Text), Column("decided_at", AT), Column("answer", Text),
    Column("undoes", BigInteger), Column("rung_at", AT),
)  # fmt: skip

shipped_rule = Table(
    "shipped_rule", metadata, Column("book", Text, primary_key=True),
    Column("revision", Text, primary_key=True), Column("content", Text), Column("first_seen_at", AT),
)  # fmt: skip

rule_trial = tenant_table(
    "rule_trial", _id(), Column("kind", Text), Column("book", Text), Column("old_revision", Text),
    Column("new_revision", Text), Column("old_content", Text), Column("new_content", Text), Column("at", AT),
    Column("begins_on", Date), Column("ends_on", Date), Column("state", Text), Column("checkpoint", Json),
    Column("done", BigInteger), Column("total", BigInteger), Column("result", Json), Column("problem", Text),
    Column("asked_by", Text), Column("created_at", AT), Column("updated_at", AT),
)  # fmt: skip

ledger_transaction = tenant_table(
    "ledger_transaction", _id(), Column("key", Text), Column("posted_on", Date), Column("description", Text),
    Column("reverses_id", BigInteger), Column("recorded_at", AT),
)  # fmt: skip

ledger_month = tenant_table(
    "ledger_month", Column("account", Text, primary_key=True), Column("subject", Text, primary_key=True),
    Column("month_on", Date, primary_key=True), Column("currency", Text, primary_key=True),
    Column("debit_minor", BigInteger), Column("credit_minor", BigInteger),
)  # fmt: skip

ledger_entry = tenant_table(
    "ledger_entry", Column("transaction_id", BigInteger, primary_key=True),
    Column("line", Integer, primary_key=True), Column("account", Text), Column("subject", Text),
    Column("amount_minor", BigInteger), Column("currency", Text),
)  # fmt: skip
