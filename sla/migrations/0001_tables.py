import uuid

import django.db.models.deletion
import django_fsm
from django.db import migrations, models

from core.appendonly import AppendOnly


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("sla", "0001_initial"),
        ("sla", "0002_outside_waybill_filings"),
        ("sla", "0003_fewer_indexes"),
        ("sla", "0004_special_circumstance_filings"),
        ("sla", "0005_excuses"),
        ("sla", "0006_acts_of_old_filings"),
        ("sla", "0007_append_only_acts"),
        ("sla", "0008_outages"),
        ("sla", "0009_evidence_of_filings"),
    ]

    dependencies = [
        ('core', '0001_tables'),
        ('network', '0001_tables'),
        ('orders', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Heartbeat',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=20, unique=True)),
                ('at', models.DateTimeField()),
                ('handled', models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name='Deadline',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('clause', models.CharField(max_length=16)),
                ('rulebook', models.CharField(max_length=16)),
                ('subject', models.CharField(max_length=40)),
                ('started_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('facts', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('open', '进行中'), ('met', '按时'), ('breached', '超时'), ('replaced', '已替换'), ('excused', '已免责'), ('void', '作废')], default='open', max_length=10)),
                ('stopped_at', models.DateTimeField(null=True)),
                ('corrected_at', models.DateTimeField(null=True)),
                ('holder', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deadlines', to='network.unit')),
                ('order', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='deadlines', to='orders.order')),
                ('replaces', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_with', to='sla.deadline')),
                ('responsible', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('start_entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.entry')),
                ('stop_entry', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.entry')),
            ],
            options={
                'indexes': [models.Index(fields=['subject'], name='deadline_by_subject'), models.Index(fields=['order'], name='deadline_by_order'), models.Index(condition=models.Q(('stopped_at', None)), fields=['holder', 'due_at'], name='deadline_running_by_holder'), models.Index(condition=models.Q(('stop_entry__isnull', False)), fields=['stop_entry'], name='deadline_by_stop')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('stopped_at', None)), fields=('clause', 'subject'), name='one_running_clock_per_limit_and_subject')],
            },
        ),
        migrations.CreateModel(
            name='Filing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('off_hours', '非工作时间（§1.4.2）'), ('special_circumstance', '时限前已注明的特殊情况（§1.3.3.1）'), ('system_fault', '系统故障，未收到通知（§3.6.1）'), ('power_or_network', '停电或断网（§3.6.1）'), ('pc_fault', '电脑故障（§3.6.1）'), ('outside_waybill', '系统外开单（§1.4.3）')], max_length=20, verbose_name='原因类别')),
                ('text', models.CharField(max_length=500, verbose_name='说明')),
                ('state', django_fsm.FSMField(choices=[('filed', '已备案'), ('verified', '已核实'), ('granted', '已认可'), ('refused', '未认可'), ('reopened', '重新处理')], default='filed', max_length=10, protected=True, verbose_name='状态')),
                ('filed_at', models.DateTimeField()),
                ('confirmed', models.BooleanField(null=True)),
                ('verified_at', models.DateTimeField(null=True)),
                ('verification', models.CharField(blank=True, max_length=300, verbose_name='核实情况')),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision', models.CharField(blank=True, max_length=300, verbose_name='处理意见')),
                ('deadline', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='filings', to='sla.deadline')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('filed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('order', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='filings', to='orders.order')),
                ('verified_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
            ],
            bases=(django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
        migrations.CreateModel(
            name='FilingAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(choices=[('file', '提交备案'), ('confirm', '核实属实'), ('deny', '核实不属实'), ('grant', '认可'), ('refuse', '不认可'), ('reopen', '重新处理'), ('attach', '添加证据')], max_length=10)),
                ('at', models.DateTimeField()),
                ('words', models.CharField(blank=True, max_length=500)),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('filing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='sla.filing')),
            ],
        ),
        migrations.CreateModel(
            name='Outage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.CharField(choices=[('off_hours', '非工作时间（§1.4.2）'), ('special_circumstance', '时限前已注明的特殊情况（§1.3.3.1）'), ('system_fault', '系统故障，未收到通知（§3.6.1）'), ('power_or_network', '停电或断网（§3.6.1）'), ('pc_fault', '电脑故障（§3.6.1）'), ('outside_waybill', '系统外开单（§1.4.3）')], max_length=20, verbose_name='原因类别')),
                ('text', models.CharField(max_length=500, verbose_name='说明')),
                ('since', models.DateTimeField(verbose_name='开始')),
                ('until', models.DateTimeField(verbose_name='结束')),
                ('opened_at', models.DateTimeField()),
                ('opened_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('units', models.ManyToManyField(related_name='outages', to='network.unit')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('until__gte', models.F('since'))), name='outage_ends_after_it_began')],
            },
        ),
        migrations.CreateModel(
            name='OutageAct',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verb', models.CharField(choices=[('file', '提交备案'), ('confirm', '核实属实'), ('deny', '核实不属实'), ('grant', '认可'), ('refuse', '不认可'), ('reopen', '重新处理'), ('attach', '添加证据')], max_length=10)),
                ('at', models.DateTimeField()),
                ('words', models.CharField(blank=True, max_length=500)),
                ('state', models.CharField(choices=[('running', '处理中'), ('done', '已完成')], default='running', max_length=10)),
                ('total', models.PositiveIntegerField()),
                ('handled', models.PositiveIntegerField(default=0)),
                ('failed', models.PositiveIntegerField(default=0)),
                ('last_row', models.BigIntegerField(default=0)),
                ('touched_at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('outage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='acts', to='sla.outage')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('outage',), name='one_running_act_per_outage'), models.CheckConstraint(condition=models.Q(('failed__lte', models.F('handled')), ('handled__lte', models.F('total'))), name='act_counts_are_sane')],
            },
        ),
        migrations.CreateModel(
            name='OutageRow',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('said', models.CharField(blank=True, max_length=300)),
                ('deadline', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sla.deadline')),
                ('filing', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='outage_row', to='sla.filing')),
                ('outage', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='sla.outage')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('outage', 'deadline'), name='one_row_per_outage_and_clock')],
            },
        ),
        migrations.CreateModel(
            name='Step',
            fields=[
                ('id', models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ('kind', models.CharField(choices=[('warn', '提醒'), ('due', '到期'), ('second', '二次到期')], max_length=8)),
                ('clause', models.CharField(max_length=16)),
                ('at', models.DateTimeField()),
                ('state', models.CharField(choices=[('open', '进行中'), ('met', '按时'), ('breached', '超时'), ('replaced', '已替换'), ('excused', '已免责'), ('void', '作废')], default='open', max_length=10)),
                ('announced_at', models.DateTimeField(null=True)),
                ('late', models.BooleanField(default=False)),
                ('corrected_at', models.DateTimeField(null=True)),
                ('attempts', models.PositiveIntegerField(default=0)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('deadline', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='sla.deadline')),
                ('responsible_person', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('responsible_unit', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('attempts', 0), ('state', 'open')), fields=['at'], name='step_open'), models.Index(condition=models.Q(('attempts__gt', 0), ('state', 'open')), fields=['at'], name='step_open_failing'), models.Index(condition=models.Q(('kind', 'warn'), _negated=True), fields=['clause', 'at'], name='step_by_clause')],
                'constraints': [models.UniqueConstraint(fields=('deadline', 'kind', 'at'), name='one_step_per_instant')],
            },
        ),
        migrations.AddField(
            model_name='filing',
            name='steps',
            field=models.ManyToManyField(related_name='excuses', to='sla.step'),
        ),
        migrations.AddIndex(
            model_name='filing',
            index=models.Index(fields=['state', '-filed_at'], name='filing_by_state'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('deadline__isnull', False), ('order', None)), models.Q(('deadline', None), ('order__isnull', False)), _connector='OR'), name='filing_is_about_a_clock_or_an_order'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.UniqueConstraint(condition=models.Q(('order__isnull', False)), fields=('order', 'reason'), name='one_filing_per_order_and_reason'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['filed', 'verified', 'reopened'])), fields=('deadline',), name='one_open_filing_per_clock'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(('decided_at', None), ('decided_at__gte', models.F('filed_at')), _connector='OR'), name='filing_decided_after_filed'),
        ),
        migrations.AddConstraint(
            model_name='filing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'granted'), _negated=True), models.Q(('reason__in', ('system_fault', 'power_or_network', 'pc_fault')), _negated=True), ('confirmed', True), _connector='OR'), name='granted_only_if_verified'),
        ),
        AppendOnly("FilingAct"),
    ]
