"""What says it is only ever added to is guarded by the database, and what the database guards says so; the operation that does it."""

from datetime import date

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, migrations, transaction
from django.db.migrations.state import ProjectState

from core.appendonly import AppendOnly
from penalties.models import Ladder, TierRow
from penalties.services import write_ladder
from rulebook.tiers import TIERS
from tests.factories import Company, sh

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]
UPDATE, DELETE, BEFORE, EACH_ROW = 16, 8, 2, 1  # bits of pg_trigger.tgtype
GUARDS = """
    SELECT c.relname, bit_or(t.tgtype::int) FROM pg_trigger t
    JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE p.proname = 'refuse_change' AND t.tgenabled <> 'D' AND t.tgqual IS NULL AND t.tgattr = ''::int2vector GROUP BY c.relname
"""


def guarded() -> dict[str, int]:
    """Return the tables on which every row's change is refused, with the events that are."""
    with connection.cursor() as cursor:
        cursor.execute(GUARDS)
        return dict(cursor.fetchall())


def test_what_is_append_only_refuses_update_and_delete_at_the_database():
    declared = {model._meta.db_table for model in apps.get_models() if getattr(model, "append_only", False)}
    found = guarded()
    assert declared - found.keys() == set(), "declared append_only, but not guarded: see core.appendonly"
    assert found.keys() - declared == set(), "guarded, but not declared append_only on the model"
    assert {bits & (UPDATE | DELETE | BEFORE | EACH_ROW) for bits in found.values()} == {UPDATE | DELETE | BEFORE | EACH_ROW}
    assert len(declared) > 20


@pytest.mark.parametrize("sql", ["UPDATE {} SET id = id", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["penalties_ladder", "penalties_tierrow"])
def test_versions_of_the_tiers_are_never_changed(table, sql):
    company = Company()
    write_ladder(rows=TIERS, valid_from=date(2026, 11, 5), note="", clerk=company.officer, now=sh("04 09:00:00"))
    assert (Ladder.objects.count(), TierRow.objects.count()) == (1, len(TIERS))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(table))


def test_the_operation_guards_a_table_and_lets_go_of_it():
    """On a table that is not guarded: the organisation's units."""
    state, operation = ProjectState.from_apps(apps), AppendOnly("Unit")
    migration = type("Migration", (migrations.Migration,), {"operations": [operation]})("0001_guard", "network")
    Company()
    connection.check_constraints()  # a table with checks that wait cannot be changed
    with connection.schema_editor() as editor:
        migration.apply(state, editor)
    with pytest.raises(DatabaseError, match="network_unit is append-only"), transaction.atomic():
        apps.get_model("network", "Unit").objects.update(name="x")
    with connection.schema_editor() as editor:
        migration.unapply(state, editor)
    assert apps.get_model("network", "Unit").objects.update(name="x") > 0
    assert "network_unit" not in guarded()
