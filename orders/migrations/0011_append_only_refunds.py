"""Freight refunds refuse update and delete at the database (PostgreSQL), like the price lines they repeat."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REFUSE = """
CREATE TRIGGER freight_refunds_are_append_only BEFORE UPDATE OR DELETE ON orders_freightrefund
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
ALLOW = "DROP TRIGGER freight_refunds_are_append_only ON orders_freightrefund;"


def refuse(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(REFUSE, params=None)


def allow(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(ALLOW, params=None)


class Migration(migrations.Migration):
    dependencies = [("orders", "0010_promise_and_refund")]
    operations = [migrations.RunPython(refuse, allow)]
