"""Unit paths are compared byte by byte ('0' follows '/'), whatever language the PostgreSQL cluster sorts by."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def by_bytes(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute('ALTER TABLE network_unit ALTER COLUMN path TYPE varchar(120) COLLATE "C"')


class Migration(migrations.Migration):
    dependencies = [("network", "0001_initial")]
    operations = [migrations.RunPython(by_bytes, migrations.RunPython.noop)]
