"""Write many changed rows back in one plain statement."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection, models


def write_back(rows: Sequence[models.Model], *columns: str) -> None:
    """
    Store these columns of rows that all exist, in one statement.

    `bulk_update` builds a CASE for every column and row, so its cost grows with the square of the rows (thirty times this at a
    thousand); an upsert sends every column and takes twice as long.
    """
    if not rows:
        return
    meta = rows[0]._meta
    fields: list[Any] = [meta.pk, *(meta.get_field(name) for name in columns)]
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(_statement(meta.db_table, fields, len(rows)), values)


def _statement(table: str, fields: list[Any], count: int) -> str:
    quoted = connection.ops.quote_name
    names = [quoted(field.column) for field in fields]
    fresh = [_fresh(field, name) for field, name in zip(fields, names, strict=True)]
    setters = ", ".join(f"{name} = {value}" for name, value in zip(names[1:], fresh[1:], strict=True))
    rows = ", ".join([f"({', '.join(['%s'] * len(fields))})"] * count)
    return (  # names of our own tables and columns; every value is a parameter
        f"WITH fresh ({', '.join(names)}) AS (VALUES {rows}) "  # noqa: S608
        f"UPDATE {quoted(table)} SET {setters} FROM fresh WHERE {quoted(table)}.{names[0]} = {fresh[0]}"
    )


def _fresh(field: Any, name: str) -> str:
    """Name the fresh value; PostgreSQL wants its type, since a column of nothing but NULL would be text."""
    if connection.vendor != "postgresql":
        return f"fresh.{name}"
    return f"fresh.{name}::{field.rel_db_type(connection) if field.primary_key else field.db_type(connection)}"
