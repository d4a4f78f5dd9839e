"""Charges added to waybills refuse update and delete at the database (PostgreSQL), like the journal."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REFUSE = """
CREATE TRIGGER added_charges_are_append_only BEFORE UPDATE OR DELETE ON orders_addedcharge
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
ALLOW = "DROP TRIGGER added_charges_are_append_only ON orders_addedcharge;"


def refuse(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(REFUSE, params=None)


def allow(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(ALLOW, params=None)


class Migration(migrations.Migration):
    dependencies = [("orders", "0007_added_charges"), ("core", "0002_append_only_journal")]
    operations = [migrations.RunPython(refuse, allow)]
