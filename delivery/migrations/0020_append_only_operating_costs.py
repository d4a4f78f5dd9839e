"""Operating costs refuse update and delete at the database (PostgreSQL), as scans do."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REFUSE = """
CREATE TRIGGER delivery_operatingcost_is_append_only BEFORE UPDATE OR DELETE ON delivery_operatingcost
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
ALLOW = "DROP TRIGGER delivery_operatingcost_is_append_only ON delivery_operatingcost;"


def refuse(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(REFUSE, params=None)


def allow(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(ALLOW, params=None)


class Migration(migrations.Migration):
    dependencies = [("delivery", "0019_costs_become_operating_costs")]
    operations = [migrations.RunPython(refuse, allow)]
