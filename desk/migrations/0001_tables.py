import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("desk", "0001_saved_views"),
        ("desk", "0002_phone_acts"),
    ]

    dependencies = [
        ('network', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='PhoneAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=40, unique=True)),
                ('verb', models.CharField(max_length=24)),
                ('number', models.CharField(max_length=20)),
                ('at', models.DateTimeField()),
                ('recorded_at', models.DateTimeField()),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
            ],
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=20, verbose_name='视图名称')),
                ('query', models.CharField(max_length=400)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_views', to='network.person')),
                ('shared_in', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='network.unit')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('owner', 'name'), name='one_view_per_name_and_owner')],
            },
        ),
    ]
