"""On PostgreSQL two versions, contracts or campaigns of one key cannot overlap, and what is live is never edited (§3.3, §5.1).

On SQLite the services check the same inside its one writer.
"""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

CONTENT = ("zone", "zoneplace", "lane", "surcharge", "codplan")

FORBID = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE pricing_tariffversion ADD CONSTRAINT one_live_tariff_a_day
    EXCLUDE USING gist (origin WITH =, daterange(valid_from, valid_to, '[]') WITH &&) WHERE (state = 'live');
ALTER TABLE pricing_contract ADD CONSTRAINT one_contract_a_day
    EXCLUDE USING gist (customer_id WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
    WHERE (state = 'approved' AND ended_at IS NULL);
ALTER TABLE pricing_campaign ADD CONSTRAINT one_campaign_a_day
    EXCLUDE USING gist (audience WITH =, value WITH =, product WITH =, benefit WITH =,
                        daterange(valid_from, valid_to, '[]') WITH &&)
    WHERE (ended_at IS NULL);
CREATE FUNCTION refuse_live_tariff() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE version bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.version_id ELSE NEW.version_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM pricing_tariffversion WHERE id = version AND state <> 'draft') THEN
        RAISE EXCEPTION 'an approved or live tariff is never edited' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""
GUARD = """
CREATE TRIGGER live_is_never_edited BEFORE INSERT OR UPDATE OR DELETE ON pricing_{0}
    FOR EACH ROW EXECUTE FUNCTION refuse_live_tariff();
"""
ALLOW = """
DROP FUNCTION refuse_live_tariff() CASCADE;
ALTER TABLE pricing_tariffversion DROP CONSTRAINT one_live_tariff_a_day;
ALTER TABLE pricing_contract DROP CONSTRAINT one_contract_a_day;
ALTER TABLE pricing_campaign DROP CONSTRAINT one_campaign_a_day;
"""


def forbid(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(FORBID + "\n".join(GUARD.format(table) for table in CONTENT), params=None)


def allow(apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(ALLOW, params=None)


class Migration(migrations.Migration):
    dependencies = [("pricing", "0001_initial")]
    operations = [migrations.RunPython(forbid, allow)]
