"""Write many rows in one plain statement: the rows travel as one JSON parameter, which the database takes apart.

New rows get their keys beforehand, so that others can refer to them, and what several apps insert goes out in one round trip.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any, TypeVar

import orjson
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models import Max

from core.fsm import SafeFSMModelMixin
from core.prepared import known_here, serial

Row = TypeVar("Row", bound=models.Model)
Column = tuple[str, str, Callable[[Any], Any] | None]

BLOCK = 32  # keys fetched at a time; what a connection does not use up is lost, as a rolled-back insert's key is
READ_BY_POSTGRESQL = (
    models.CharField, models.IntegerField, models.BooleanField, models.DateTimeField, models.DateField, models.DecimalField,
    models.UUIDField, models.JSONField,
)  # fmt: skip
"""Fields whose values PostgreSQL reads from JSON as they are; any other prepares its own (personal data is sealed there)."""

AS_JSON = orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATACLASS

Statement = tuple[str, Sequence[Any]]
"""SQL and its parameters."""

_NO_KEYS: tuple[object, dict[str, list[int]]] = (None, {})
_gathered: ContextVar[list[Statement] | None] = ContextVar("rows_gathered", default=None)
_ahead: ContextVar[list[Statement] | None] = ContextVar("rows_ahead", default=None)


def new(model: type[Row], **values: Any) -> Row:
    """
    Return an unsaved row, as `model(**values)` does, in a fifth of its time: no signals, and defaults worked out once a model.

    Values are given by column attribute (`holder_id`) or, for a relation, by the object itself.
    """
    row = model.__new__(model)
    row._state = models.base.ModelState()
    plain, made = _starting(model)
    row.__dict__.update(plain)
    for name, value in values.items():
        if isinstance(value, models.Model):
            row._state.fields_cache[name] = value
            row.__dict__[f"{name}_id"] = value.pk
        else:
            row.__dict__[name] = value
    for name, make in made:
        if name not in values:
            row.__dict__[name] = make()
    if isinstance(row, SafeFSMModelMixin):
        row._update_initial_state()
    return row


@cache
def _starting(model: type[models.Model]) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]]]:
    """Return the defaults that are values and those that are made anew for each row, by attribute."""
    fields = model._meta.concrete_fields
    plain = {f.attname: f.get_default() for f in fields if not _made_anew(f)}
    return plain, [(f.attname, f.default) for f in fields if _made_anew(f)]


def _made_anew(field: Any) -> bool:
    return field.has_default() and callable(field.default)


def insert(rows: Sequence[Row]) -> list[Row]:
    """
    Store new rows of one model, with their keys or those they are given here. Within `together` they wait for the others.

    `bulk_create` prepares and quotes every value of every row by itself, which takes longer than the statement does.
    """
    if not rows:
        return []
    give_keys(rows)
    here = connections[DEFAULT_DB_ALIAS]
    columns = _columns(type(rows[0]), (), here.vendor)
    send((_insertion(type(rows[0]), here.vendor), [_packed(rows, columns)]))
    alias = here.alias
    for row in rows:
        row._state.adding, row._state.db = False, alias
        if isinstance(row, SafeFSMModelMixin):
            row._update_initial_state()
    return list(rows)


def write_back(rows: Sequence[models.Model], *names: str) -> None:
    """
    Store these columns of rows that all exist. Within `together` they wait for the others, as new rows do.

    `bulk_update` builds a CASE for every column and row, so its cost grows with the square of the rows (thirty times this at a
    thousand); an upsert sends every column and takes twice as long.
    """
    if not rows:
        return
    columns = _columns(type(rows[0]), names, connection.vendor)
    send((_update(type(rows[0]), names, connection.vendor), [_packed(rows, columns)]))


@contextmanager
def together() -> Iterator[None]:
    """Send what is written in here at its end, in the order it was written and in one round trip; inner ones join the outer."""
    if _gathered.get() is not None:
        yield
        return
    statements: list[Statement] = []
    token = _gathered.set(statements)
    try:
        yield
    finally:
        _gathered.reset(token)
    if statements:
        _send(statements)


@contextmanager
def ahead(statement: Statement) -> Iterator[None]:
    """Send a statement in front of the first that is sent in here, in its round trip and transaction; with none it is not sent."""
    token = _ahead.set([statement])
    try:
        yield
    finally:
        _ahead.reset(token)


def send(statement: Statement) -> None:
    """Send a statement; within `together` it waits for the others."""
    gathered = _gathered.get()
    if gathered is None:
        _send([statement])
    else:
        gathered.append(statement)


def _send(statements: list[Statement]) -> None:
    """PostgreSQL takes several statements at once, SQLite one after the other."""
    if first := _ahead.get():
        statements = [first.pop(), *statements]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _send_at_once(cursor, statements)
        else:
            for sql, parameters in statements:
                cursor.execute(sql, parameters)


def _send_at_once(cursor: Any, statements: list[Statement]) -> None:
    """
    Have PostgreSQL run the inserts that this connection has prepared; what it has not is prepared in the same round trip.

    Only inserts: there is one way to do them. An update's plan, made while the tables were small, would stay when they are large.
    """
    values = [value for _sql, parameters in statements for value in parameters]
    if not settings.DB_PREPARES:
        cursor.execute("; ".join([sql for sql, _parameters in statements]), values)
        return
    known = known_here()
    fresh: dict[object, str] = {}
    calls: list[str] = []
    for sql, parameters in statements:
        if sql.startswith("UPDATE"):
            calls.append(sql)
            continue
        name = known.get(sql) or fresh.get(sql)
        if name is None:
            name = fresh[sql] = f"sent_{next(serial)}"
            calls.append(f"PREPARE {name} AS {sql % tuple(f'${at}' for at in range(1, len(parameters) + 1))}")
        calls.append(f"EXECUTE {name} ({', '.join(['%s'] * len(parameters))})")
    cursor.execute("; ".join(calls), values)
    known.update(fresh)


# Keys.


def give_keys(rows: Sequence[models.Model]) -> None:
    """
    Give rows that have none the keys they will be stored with.

    PostgreSQL hands out blocks to a connection: keys are unique and grow within it, not across. SQLite, whose one writer is in
    its transaction here, counts on from the last row and from what it has handed out.
    """
    keyless = [row for row in rows if row.pk is None]
    for row, key in zip(keyless, _reserved(type(rows[0]), len(keyless)) if keyless else (), strict=True):
        row.pk = key


def _reserved(model: type[models.Model], count: int) -> list[int]:
    kept = _in_hand(model)
    if connection.vendor != "postgresql":
        last = max(int(model._default_manager.aggregate(last=Max("pk"))["last"] or 0), *kept, 0)
        kept[:] = range(last + 1, last + count + 1)
        return list(kept)
    if len(kept) < count:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [model._meta.db_table, max(BLOCK, count)],
            )
            kept += [key for (key,) in cursor.fetchall()]
    keys, kept[:count] = kept[:count], []
    return keys


def _in_hand(model: type[models.Model]) -> list[int]:
    """Return the keys this connection has in hand; a new connection, perhaps to a new database, starts with none."""
    here = connections[DEFAULT_DB_ALIAS]  # the proxy `connection` looks it up anew for every attribute
    here.ensure_connection()
    session, keys = getattr(here, "keys_in_hand", _NO_KEYS)
    if session is not here.connection:
        keys = {}
        here.keys_in_hand = here.connection, keys  # type: ignore[attr-defined]
    return keys.setdefault(model._meta.db_table, [])


# Statements: names of our own tables and columns; every value is in the parameter.


@cache
def _insertion(model: type[models.Model], vendor: str) -> str:
    fields = _fields(model, ())
    names = ", ".join(_column(field) for field in fields)
    values = ", ".join(f"fresh.{_column(field)}" for field in fields)
    return f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) SELECT {values} FROM {_fresh(fields, vendor)}"  # noqa: S608


@cache
def _update(model: type[models.Model], names: tuple[str, ...], vendor: str) -> str:
    fields = _fields(model, names)
    setters = ", ".join(f"{_column(field)} = fresh.{_column(field)}" for field in fields[1:])
    table, key = _quoted(model._meta.db_table), _column(model._meta.pk)
    return f"UPDATE {table} SET {setters} FROM {_fresh(fields, vendor)} WHERE {table}.{key} = fresh.{key}"  # noqa: S608


def _fields(model: type[models.Model], names: tuple[str, ...]) -> list[Any]:
    """Return the key and the fields named; without names all fields."""
    meta = model._meta
    return [meta.pk, *(meta.get_field(name) for name in names)] if names else list(meta.concrete_fields)


@cache
def _columns(model: type[models.Model], names: tuple[str, ...], vendor: str) -> list[Column]:
    """Return column, attribute and, where the value needs it, what prepares it."""
    return [(field.column, field.attname, _preparing(field, vendor)) for field in _fields(model, names)]


def _preparing(field: Any, vendor: str) -> Callable[[Any], Any] | None:
    kept = field.target_field if isinstance(field, models.ForeignKey) else field
    if vendor == "postgresql" and isinstance(kept, READ_BY_POSTGRESQL):
        return None
    return lambda value: field.get_db_prep_save(value, connection)


def _packed(rows: Sequence[models.Model], columns: list[Column]) -> str:
    """Return the rows as JSON. PostgreSQL reads the types itself; SQLite has none, so Django writes its values for it."""
    packed = [
        {
            column: prepare(value) if prepare else value
            for column, name, prepare in columns
            if (value := row.__dict__[name]) is not None
        }
        for row in rows
    ]
    return orjson.dumps(packed, default=str, option=AS_JSON).decode()


def _fresh(fields: Sequence[Any], vendor: str) -> str:
    """Name the parameter's rows `fresh`, with the columns of these fields."""
    if vendor == "postgresql":
        return f"json_to_recordset(%s::json) AS fresh ({', '.join(f'{_column(field)} {_type(field)}' for field in fields)})"
    taken = ", ".join(f"json_extract(value, '$.{field.column}') AS {_column(field)}" for field in fields)
    return f"(SELECT {taken} FROM json_each(%s)) AS fresh"  # noqa: S608


def _type(field: Any) -> Any:
    return field.rel_db_type(connection) if field.primary_key else field.db_type(connection)


def _column(field: Any) -> str:
    return _quoted(field.column)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
