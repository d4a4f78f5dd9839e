"""Bring the database to the present: migrations, the cache table, and once, in demo mode, the demo company.

Leaves the role logins in a file of the state folder, where the supervisor finds them.
"""

import os
import sys
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.urls import reverse
from django.utils.module_loading import import_string


def migrate() -> None:
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("· database", flush=True)
        call_command("migrate", interactive=False, verbosity=0)
    if "DatabaseCache" in settings.CACHES["default"]["BACKEND"]:
        call_command("createcachetable", verbosity=0)


def build_demo() -> None:
    """Build the demo company unless there is somebody in the database already."""
    if settings.DEMO and "demo" in get_commands() and not get_user_model().objects.exists():
        print("· demo company", flush=True)
        call_command("demo")


def write_logins() -> None:
    """Name the roles a visitor can take with one click on the role page; outside the demonstration there are none."""
    file = settings.STATE_DIR / "logins.txt"
    file.unlink(missing_ok=True)
    if settings.DEMO:
        doors = import_string("desk.demo.access.DOORS")
        rows = "".join(f"    {door.login:<18} {door.name}\n" for door in doors if door.login)
        file.write_text(f"  一键选择角色 / choose a role with one click: {reverse('roles')}\n{rows}")


def main() -> None:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecomlogistics.settings.local")
    django.setup()
    apps.check_models_ready()
    migrate()
    build_demo()
    write_logins()


if __name__ == "__main__":
    main()
