"""The tables of privacy, as queries see them."""

from sqlalchemy import Column, Date, Text

from database.base import Json, tenant_table
from database.shared.tables import AT

# Personal: contact_ref and person_id (opaque), note and answer (free text).
privacy_request = tenant_table(
    "privacy_request", Column("id", Text, primary_key=True), Column("kind", Text),
    Column("contact_ref", Text), Column("person_id", Text), Column("received_on", Date),
    Column("due_on", Date), Column("state", Text), Column("note", Text), Column("answer", Text),
    Column("recorded_by", Text), Column("recorded_at", AT), Column("answered_by", Text),
    Column("answered_at", AT), Column("file_id", Text), Column("result", Json),
)  # fmt: skip

# Personal: contact_ref and person_id (opaque), reason (free text).
legal_hold = tenant_table(
    "legal_hold", Column("id", Text, primary_key=True), Column("contact_ref", Text),
    Column("person_id", Text), Column("reason", Text), Column("set_by", Text), Column("set_at", AT),
    Column("lifted_by", Text), Column("lifted_at", AT),
)  # fmt: skip
