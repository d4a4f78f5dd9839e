"""What proves a hand-over refuses update and delete at the database (PostgreSQL), as the journal does."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

REFUSE = """
CREATE TRIGGER proofs_are_append_only BEFORE UPDATE OR DELETE ON delivery_proof
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
ALLOW = "DROP TRIGGER proofs_are_append_only ON delivery_proof;"


def refuse(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(REFUSE, params=None)


def allow(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(ALLOW, params=None)


class Migration(migrations.Migration):
    dependencies = [("delivery", "0014_proofs_and_corrections")]
    operations = [migrations.RunPython(refuse, allow)]
