import django.db.models.deletion
import django_fsm
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("pickup", "0001_initial"),
        ("pickup", "0002_fewer_indexes"),
        ("pickup", "0003_agreement"),
        ("pickup", "0004_wrong_taps"),
    ]

    dependencies = [
        ('network', '0001_tables'),
        ('orders', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='PickupTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(choices=[('requested', '待接货'), ('appointed', '已预约'), ('dispatched', '已派车'), ('collected', '已接货'), ('failed', '接货失败'), ('cancelled', '已取消')], default='requested', max_length=50, protected=True, verbose_name='状态')),
                ('requested_at', models.DateTimeField()),
                ('appointment', models.DateTimeField(null=True, verbose_name='预约时间')),
                ('agreed_at', models.DateTimeField(null=True)),
                ('agreed_by', models.CharField(blank=True, choices=[('order_call', '受理电话中约定'), ('customer', '客户要求'), ('branch', '营业部无法按时，与客户另约')], max_length=12)),
                ('vehicle', models.CharField(blank=True, max_length=12, verbose_name='车牌号')),
                ('dispatched_at', models.DateTimeField(null=True)),
                ('collected_at', models.DateTimeField(null=True)),
                ('pieces', models.PositiveIntegerField(null=True, verbose_name='实接件数')),
                ('packing_ok', models.BooleanField(default=True, verbose_name='包装合格')),
                ('early', models.BooleanField(default=False)),
                ('failed_at', models.DateTimeField(null=True)),
                ('fail_reason', models.CharField(blank=True, max_length=40, verbose_name='失败原因')),
                ('remark', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                ('change_reason', models.CharField(blank=True, max_length=20, verbose_name='改约原因')),
                ('agreement', models.CharField(blank=True, max_length=300, verbose_name='客户同意记录')),
                ('notice_at', models.DateTimeField(null=True)),
                ('handed_back_at', models.DateTimeField(null=True)),
                ('tap', models.JSONField(default=dict)),
                ('last_actor', models.CharField(blank=True, max_length=60)),
                ('last_at', models.DateTimeField(null=True)),
                ('driver', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pickups', to='network.person')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pickups', to='orders.order')),
            ],
            options={
                'indexes': [models.Index(fields=['driver', 'state'], name='pickup_by_driver')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'cancelled'), _negated=True), fields=('order',), name='one_live_pickup_per_order')],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
    ]
