"""Endpoints of external tools, what happened, and what of it was brought to whom."""

from sqlalchemy import Column, DateTime, Integer, LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY

from database.base import Json, tenant_table

AT = DateTime(timezone=True)

webhook_endpoint = tenant_table(
    "webhook_endpoint", Column("id", Text, primary_key=True), Column("url", Text),
    Column("description", Text), Column("types", ARRAY(Text)), Column("state", Text), Column("reason", Text),
    Column("secret", LargeBinary), Column("old_secret", LargeBinary), Column("old_until", AT),
    Column("failing_since", AT), Column("probe_at", AT), Column("created_at", AT), Column("created_by", Text),
)  # fmt: skip

webhook_event = tenant_table(
    "webhook_event", Column("id", Text, primary_key=True), Column("type", Text), Column("at", AT),
    Column("data", Json),
)  # fmt: skip

webhook_delivery = tenant_table(
    "webhook_delivery", Column("endpoint_id", Text, primary_key=True),
    Column("event_id", Text, primary_key=True), Column("state", Text), Column("attempts", Integer),
    Column("due_at", AT), Column("tried_at", AT), Column("status", Integer), Column("problem", Text),
    Column("took_ms", Integer),
)  # fmt: skip
