"""Words, rulings, redress and evidence refuse update and delete at the database (PostgreSQL), as the journal does."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ("saying", "ruling", "redress", "evidence")


def refuse(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for table in TABLES:
            editor.execute(
                f"CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON complaints_{table}"
                " FOR EACH ROW EXECUTE FUNCTION refuse_change();",
                params=None,
            )


def allow(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for table in TABLES:
            editor.execute(f"DROP TRIGGER {table}_is_append_only ON complaints_{table};", params=None)


class Migration(migrations.Migration):
    dependencies = [("complaints", "0001_complaints"), ("core", "0003_journal_by_recording")]
    operations = [migrations.RunPython(refuse, allow)]
