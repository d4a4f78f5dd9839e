"""Lines of chats refuse update and delete at the database (PostgreSQL), as the journal does."""

from django.db import migrations

from core.appendonly import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("customers", "0009_chats"), ("core", "0002_append_only_journal")]
    operations = [AppendOnly("ChatLine")]
