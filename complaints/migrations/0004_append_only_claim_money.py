"""Proposals and payments of claims refuse update and delete at the database (PostgreSQL), like all money."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ("complaints_proposal", "complaints_claimpayment")
REFUSE = """
CREATE TRIGGER {table}_is_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
ALLOW = "DROP TRIGGER {table}_is_append_only ON {table};"


def refuse(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for table in TABLES:
            editor.execute(REFUSE.format(table=table), params=None)


def allow(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for table in TABLES:
            editor.execute(ALLOW.format(table=table), params=None)


class Migration(migrations.Migration):
    dependencies = [("complaints", "0003_claims"), ("core", "0002_append_only_journal")]
    operations = [migrations.RunPython(refuse, allow)]
