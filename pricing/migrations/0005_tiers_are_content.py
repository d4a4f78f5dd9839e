"""The tiers of a surcharge are content of their version: approved or live they are never edited (PostgreSQL), as the rest is."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

FORBID = """
CREATE FUNCTION refuse_live_tier() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE charge bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.surcharge_id ELSE NEW.surcharge_id END;
BEGIN
    IF EXISTS (
        SELECT 1 FROM pricing_surcharge row JOIN pricing_tariffversion version ON version.id = row.version_id
        WHERE row.id = charge AND version.state <> 'draft'
    ) THEN
        RAISE EXCEPTION 'an approved or live tariff is never edited' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER live_is_never_edited BEFORE INSERT OR UPDATE OR DELETE ON pricing_surchargetier
    FOR EACH ROW EXECUTE FUNCTION refuse_live_tier();
"""
ALLOW = "DROP FUNCTION refuse_live_tier() CASCADE;"


def forbid(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(FORBID, params=None)


def allow(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(ALLOW, params=None)


class Migration(migrations.Migration):
    dependencies = [("pricing", "0004_lanes_by_zones")]
    operations = [migrations.RunPython(forbid, allow)]
