"""The acts of a filing refuse update and delete at the database (PostgreSQL), as the journal does."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REFUSE = """
CREATE TRIGGER filing_acts_are_append_only BEFORE UPDATE OR DELETE ON sla_filingact
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
ALLOW = "DROP TRIGGER filing_acts_are_append_only ON sla_filingact;"


def refuse(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(REFUSE, params=None)


def allow(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(ALLOW, params=None)


class Migration(migrations.Migration):
    dependencies = [("sla", "0006_acts_of_old_filings")]
    operations = [migrations.RunPython(refuse, allow)]
