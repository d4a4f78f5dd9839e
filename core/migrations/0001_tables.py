from django.db import migrations, models

from core.appendonly import REFUSE_CHANGE, AppendOnly, on_postgresql


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("core", "0001_initial"),
        ("core", "0002_append_only_journal"),
        ("core", "0003_journal_by_recording"),
    ]

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40)),
                ('subject', models.CharField(max_length=40)),
                ('also', models.JSONField(default=list)),
                ('order_number', models.CharField(blank=True, max_length=20)),
                ('seq', models.PositiveIntegerField(null=True)),
                ('occurred_at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('actor_kind', models.CharField(max_length=10)),
                ('actor_id', models.CharField(blank=True, max_length=40)),
                ('actor_role', models.CharField(blank=True, max_length=30)),
                ('request_id', models.CharField(blank=True, max_length=40)),
                ('data', models.JSONField(default=dict)),
            ],
            options={
                'indexes': [models.Index(fields=['order_number', 'occurred_at'], name='entry_by_order'), models.Index(fields=['subject', 'name'], name='entry_by_subject'), models.Index(fields=['name', 'occurred_at'], name='entry_by_name'), models.Index(fields=['recorded_at'], name='entry_by_recording')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('seq__isnull', False)), fields=('order_number', 'seq'), name='one_seq_per_order')],
            },
        ),
        migrations.RunPython(on_postgresql(REFUSE_CHANGE), migrations.RunPython.noop),
        AppendOnly("Entry"),
    ]
