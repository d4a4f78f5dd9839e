"""A migration's operation that has the database refuse to change or delete what is only ever added to."""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

REFUSE = """
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
ALLOW = "DROP TRIGGER {table}_is_append_only ON {table};"


class AppendOnly(Operation):
    """Have PostgreSQL refuse UPDATE and DELETE on a model's table; `refuse_change` is of `core/0002_append_only_journal`."""

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
