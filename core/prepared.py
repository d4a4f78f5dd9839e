"""Queries compiled once: what every act asks is written as a queryset, turned into SQL the first time, asked with new values after.

Django builds and compiles a queryset anew each time. For a wide row that takes longer than the database needs to answer, and
PostgreSQL in turn takes longer to plan it than to run it: there each connection prepares a query once. What the query fixes
itself (a state, say) stays a literal in it, so that partial indexes serve it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import connection, models
from django.db.models.query import get_related_populators
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row", bound=models.Model)
Value = str | int | UUID
Asked = Value | Sequence[Value]

serial = count()
"""Numbers names of what is prepared: another each time, as one whose first call failed is there already."""

SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)
"""Lengths of lists that are compiled; a list is filled up to the next one by repeating its last value, which changes no answer."""


class Prepared(Generic[Row]):
    """
    A query of whole rows whose values come later: texts, whole numbers, UUIDs, or lists of them that are looked up with `in`.

    The queryset may not depend on anything but these values: what it was built from the first time holds for good.
    """

    def __init__(self, build: Callable[..., models.QuerySet[Row]]) -> None:
        self._build = build
        self._compiled: dict[tuple[object, ...], _Compiled] = {}

    def ask(self, *values: Asked) -> list[Row]:
        """Return the rows for these values."""
        filled = [_filled(value) if isinstance(value, list | tuple) else value for value in values]
        if None in filled:
            return list(self._build(*values))  # a list too long, or empty
        shape = (connection.vendor, *(len(value) if isinstance(value, list) else type(value) for value in filled))
        compiled = self._compiled.get(shape)
        if compiled is None:
            compiled = self._compiled[shape] = _Compiled(self._build, filled)
        return compiled.ask(filled)

    def one(self, *values: Asked) -> Row | None:
        """Return the row for these values, None if there is none."""
        rows = self.ask(*values)
        return rows[0] if rows else None


class _Compiled:
    """The SQL of a query for one kind of database and one shape of values, and how its rows become objects."""

    def __init__(self, build: Callable[..., models.QuerySet[Any]], filled: Sequence[Any]) -> None:
        numbers = count()
        marks = [[_mark(v, next(numbers)) for v in value] if isinstance(value, list) else _mark(value, next(numbers)) for value in filled]
        query = build(*marks).query
        compiler = query.get_compiler(using=connection.alias)
        self.sql, params = compiler.as_sql()
        place = {_param(mark): at for at, mark in enumerate(_flat(marks))}
        self.params: list[tuple[int | None, Any]] = [(place.get(param) if isinstance(param, str | int | UUID) else None, param) for param in params]
        if {at for at, _param in self.params} - {None} != set(place.values()):
            raise ValueError(f"a value of the prepared query is not found in its SQL: {self.sql}")
        self.locks = query.select_for_update
        self._shape(compiler)

    def _shape(self, compiler: Any) -> None:
        """As `ModelIterable` does for every query."""
        select, info = compiler.select, compiler.klass_info
        self.model, first, last = info["model"], info["select_fields"][0], info["select_fields"][-1] + 1
        self.columns = slice(first, last)
        self.names = [column[0].target.attname for column in select[self.columns]]
        self.populators = get_related_populators(info, select, connection.alias)  # type: ignore[call-arg]  # of a later Django
        self.annotations = list((compiler.annotation_col_map or {}).items())
        self.converters = list(compiler.get_converters([column[0] for column in select[: compiler.col_count]]).items())

    def ask(self, filled: Sequence[Any]) -> list[Any]:
        if self.locks and not connection.in_atomic_block:
            raise TransactionManagementError("rows are locked inside a transaction only")
        values = [_param(value) for value in _flat(filled)]
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql" and settings.DB_PREPARES:
                self._execute(cursor, values)
            else:
                cursor.execute(self.sql, [param if at is None else values[at] for at, param in self.params])
            return [self._object(list(row)) for row in cursor.fetchall()]

    def _execute(self, cursor: Any, values: Sequence[Value]) -> None:
        """Have PostgreSQL run what this connection has prepared; the first time preparing it goes along in the same round trip."""
        given = f" ({', '.join(['%s'] * len(values))})" if values else ""
        known = known_here()
        if self in known:
            cursor.execute(f"EXECUTE {known[self]}{given}", values)
            return
        name = f"asked_{next(serial)}"
        literals = [f"${at + 1}" if at is not None else cursor.mogrify("%s", [param]).decode() for at, param in self.params]
        text = self.sql % tuple(literals)
        cursor.execute(f"PREPARE {name} AS {text.replace('%', '%%')}; EXECUTE {name}{given}", values)
        known[self] = name

    def _object(self, row: list[Any]) -> models.Model:
        for at, (converters, expression) in self.converters:
            for convert in converters:
                row[at] = convert(row[at], expression, connection)
        found: models.Model = self.model.from_db(connection.alias, self.names, row[self.columns])
        for populator in self.populators:
            populator.populate(row, found)
        for name, at in self.annotations:
            setattr(found, name, row[at])
        return found


def known_here() -> dict[object, str]:
    """Return what this connection has prepared, and under which name; a new connection has nothing."""
    connection.ensure_connection()
    session, names = getattr(connection, "prepared_here", (None, {}))
    if session is not connection.connection:
        names = {}
        connection.prepared_here = connection.connection, names  # type: ignore[attr-defined]
    return names


def _filled(values: Sequence[Value]) -> list[Value] | None:
    size = next((size for size in SIZES if size >= len(values)), None)
    return [*values, *[values[-1]] * (size - len(values))] if values and size else None


def _flat(values: Sequence[Any]) -> list[Any]:
    return [each for value in values for each in (value if isinstance(value, list) else [value])]


def _mark(value: Value, serial: int) -> Value:
    """Return a value of the same kind that no query has of its own."""
    if isinstance(value, UUID):
        return UUID(int=(0x5052455041524544 << 64) + serial)
    return f"\x01prepared {serial}" if isinstance(value, str) else 7_305_804_402_515_246_000 + serial


def _param(value: Value) -> Value:
    """Return a value as the driver takes it; SQLite keeps UUIDs as text."""
    return value.hex if isinstance(value, UUID) and not connection.features.has_native_uuid_field else value
