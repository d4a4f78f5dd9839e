"""The money's ledger refuses update and delete at the database (PostgreSQL), as the journal does."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REFUSE = """
CREATE TRIGGER cash_ledger_is_append_only BEFORE UPDATE OR DELETE ON delivery_cashmovement
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
ALLOW = "DROP TRIGGER cash_ledger_is_append_only ON delivery_cashmovement;"


def refuse(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(REFUSE, params=None)


def allow(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(ALLOW, params=None)


class Migration(migrations.Migration):
    dependencies = [("delivery", "0001_initial"), ("core", "0002_append_only_journal")]
    operations = [migrations.RunPython(refuse, allow)]
