"""Points, performance points and versions of the tiers refuse update and delete at the database (PostgreSQL), as the journal does."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLES = ("penalties_pointentry", "penalties_performancepoint", "penalties_ladder", "penalties_tierrow")
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
    dependencies = [("penalties", "0003_points_and_tiers"), ("core", "0002_append_only_journal")]
    operations = [migrations.RunPython(refuse, allow)]
