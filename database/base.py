"""Columns and tables that every part of the schema shares."""

from sqlalchemy import Column, ForeignKey, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.schema import SchemaItem

metadata = MetaData()

Json = JSONB(none_as_null=True)


def tenant_table(name: str, *items: SchemaItem) -> Table:
    """A table whose rows belong to one tenant; the migration puts forced row-level security on it."""
    return Table(name, metadata, Column("tenant_id", Text, ForeignKey("tenant.id"), primary_key=True), *items)
