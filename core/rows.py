"""Write many rows in one plain statement: the rows travel as one JSON parameter, which the database takes apart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)


def insert(rows: Sequence[Row]) -> list[Row]:
    """
    Store new rows and give them their keys, in this order.

    `bulk_create` prepares and quotes every value of every row by itself, which takes longer than the statement does.
    """
    if not rows:
        return []
    meta = rows[0]._meta
    fields = [field for field in meta.concrete_fields if not isinstance(field, models.AutoField)]
    names = ", ".join(_column(field) for field in fields)
    values = ", ".join(f"fresh.{_column(field)}" for field in fields)
    statement = (  # names of our own tables and columns; every value is in the parameter
        f"INSERT INTO {_quoted(meta.db_table)} ({names}) SELECT {values} FROM {_fresh(fields)} "  # noqa: S608
        f"ORDER BY fresh.place RETURNING {_column(meta.pk)}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [_packed(rows, fields)])
        keys = [meta.pk.to_python(key) for (key,) in cursor.fetchall()]
    for row, key in zip(rows, keys, strict=True):
        row.pk, row._state.adding, row._state.db = key, False, connection.alias
    return list(rows)


def write_back(rows: Sequence[models.Model], *columns: str) -> None:
    """
    Store these columns of rows that all exist.

    `bulk_update` builds a CASE for every column and row, so its cost grows with the square of the rows (thirty times this at a
    thousand); an upsert sends every column and takes twice as long.
    """
    if not rows:
        return
    meta = rows[0]._meta
    changed: list[Any] = [meta.get_field(name) for name in columns]
    setters = ", ".join(f"{_column(field)} = fresh.{_column(field)}" for field in changed)
    table, key = _quoted(meta.db_table), _column(meta.pk)
    fields = [meta.pk, *changed]
    statement = f"UPDATE {table} SET {setters} FROM {_fresh(fields)} WHERE {table}.{key} = fresh.{key}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, [_packed(rows, fields)])


def _packed(rows: Sequence[models.Model], fields: Sequence[Any]) -> str:
    """Return the rows as JSON. PostgreSQL reads the types itself; SQLite has none, so Django writes its values for it."""
    if connection.vendor != "postgresql":
        return json.dumps([[field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields] for row in rows])
    names = [(field.column, field.attname) for field in fields]
    packed = [{column: value for column, name in names if (value := row.__dict__[name]) is not None} for row in rows]
    for place, row in enumerate(packed):
        row["place"] = place
    return json.dumps(packed, default=str, ensure_ascii=False)


def _fresh(fields: Sequence[Any]) -> str:
    """Name the parameter's rows `fresh`, with the columns of these fields and the place each row had."""
    if connection.vendor == "postgresql":
        typed = ", ".join(f"{_column(field)} {_type(field)}" for field in fields)
        return f"json_to_recordset(%s::json) AS fresh (place int, {typed})"
    taken = ", ".join(f"json_extract(value, '$[{place}]') AS {_column(field)}" for place, field in enumerate(fields))
    return f"(SELECT key AS place, {taken} FROM json_each(%s)) AS fresh"  # noqa: S608


def _type(field: Any) -> Any:
    return field.rel_db_type(connection) if field.primary_key else field.db_type(connection)


def _column(field: Any) -> str:
    return _quoted(field.column)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
