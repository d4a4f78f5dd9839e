"""A migration's operation that has the database refuse to change or delete what is only ever added to."""

from __future__ import annotations

from collections.abc import Callable

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""
"""TRUNCATE stays for the owner of a test database."""

REFUSE = """
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
ALLOW = "DROP TRIGGER {table}_is_append_only ON {table};"


class AppendOnly(Operation):
    """Have PostgreSQL refuse UPDATE and DELETE on a model's table; `refuse_change` is of core's first migration."""

    reversible = True

    def __init__(self, name: str) -> None:
        self.name = name

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """The models stay as they are."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self._execute(REFUSE, app_label, schema_editor, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        self._execute(ALLOW, app_label, schema_editor, to_state)

    def _execute(self, statement: str, app_label: str, editor: BaseDatabaseSchemaEditor, state: ProjectState) -> None:
        if editor.connection.vendor == "postgresql":
            table = state.apps.get_model(app_label, self.name)._meta.db_table
            editor.execute(statement.format(table=table), params=None)

    def describe(self) -> str:
        return f"Refuse changes of {self.name} at the database"


def on_postgresql(statement: str) -> Callable[[object, BaseDatabaseSchemaEditor], None]:
    """Return what runs a statement that SQLite has no words for."""

    def run(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        if editor.connection.vendor == "postgresql":
            editor.execute(statement, params=None)

    return run
