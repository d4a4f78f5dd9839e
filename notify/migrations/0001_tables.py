import django.db.models.deletion
from django.db import migrations, models

import core.personal


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("notify", "0001_initial"),
        ("notify", "0002_bill_messages"),
        ("notify", "0003_demand_messages"),
        ("notify", "0004_arrival_messages"),
        ("notify", "0005_books_messages"),
        ("notify", "0006_split_messages"),
        ("notify", "0007_anomaly_messages"),
        ("notify", "0008_claim_messages"),
        ("notify", "0009_complaint_messages"),
        ("notify", "0010_penalty_messages"),
        ("notify", "0011_notices"),
        ("notify", "0012_chat_messages"),
        ("notify", "0013_customer_events"),
        ("notify", "0014_filing_messages"),
    ]

    dependencies = [
        ('complaints', '0001_tables'),
        ('core', '0001_tables'),
        ('customers', '0001_tables'),
        ('network', '0001_tables'),
        ('sla', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('new_order', '新订单'), ('to_assign', '待分配订单'), ('reminder', '时限提醒'), ('alarm', '超时告警'), ('cancelled', '订单取消'), ('disputed', '开单异议'), ('books', '对账异常'), ('amendment', '更改单待审批'), ('split', '拆分装车待同意'), ('arrival', '到货检查异常'), ('demand', '现场要求待答复'), ('anomaly', '货物异常'), ('escalated', '异常升级'), ('claim', '理赔待办理'), ('claim_pay', '理赔待付款'), ('claim_news', '理赔进展'), ('complaint', '新投诉'), ('ruled', '投诉进展'), ('unhappy', '客户不认可'), ('visited', '拜访报告'), ('filing_check', '备案已核实'), ('filing_ok', '备案已认可'), ('filing_no', '备案未认可'), ('filing_again', '备案重新处理'), ('chat', '在线咨询'), ('penalty', '处罚'), ('decided', '处罚处理结果'), ('fine_books', '罚款账异常')], max_length=12)),
                ('order_number', models.CharField(blank=True, max_length=20)),
                ('clause', models.CharField(blank=True, max_length=16)),
                ('late', models.BooleanField(default=False)),
                ('stored_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(null=True)),
                ('delivered_at', models.DateTimeField(null=True)),
                ('seen_at', models.DateTimeField(null=True)),
                ('chat', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.conversation')),
                ('complaint', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='complaints.complaint')),
                ('entry', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.entry')),
                ('filing', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sla.filing')),
                ('seen_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('unit', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='network.unit')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('seen_at', None)), fields=['unit', '-id'], name='message_unseen_by_unit'), models.Index(condition=models.Q(('sent_at', None)), fields=['stored_at'], name='message_unsent'), models.Index(fields=['order_number'], name='message_by_order')],
                'constraints': [models.UniqueConstraint(fields=('entry', 'unit', 'kind'), name='one_message_per_fact_and_unit')],
            },
        ),
        migrations.CreateModel(
            name='Notice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order_number', models.CharField(blank=True, max_length=20)),
                ('kind', models.CharField(choices=[('account', '账号邮件'), ('code', '验证码'), ('accepted', '已受理'), ('quoted', '已报价'), ('cancelled', '已取消'), ('billed', '已开单'), ('on_the_way', '派送中'), ('to_collect', '可自提'), ('signed', '已签收'), ('remitted', '代收货款已汇出'), ('proposed', '理赔方案'), ('answered', '投诉结果')], max_length=12)),
                ('medium', models.CharField(choices=[('sms', '短信'), ('mail', '邮件')], max_length=8)),
                ('address', core.personal.EncryptedTextField()),
                ('address_index', models.CharField(max_length=32)),
                ('subject', models.CharField(blank=True, max_length=120)),
                ('text', core.personal.EncryptedTextField()),
                ('state', models.CharField(choices=[('waiting', '待发送'), ('sent', '已发送'), ('failed', '发送失败')], default='waiting', max_length=8)),
                ('stored_at', models.DateTimeField()),
                ('due_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('trouble', models.CharField(blank=True, max_length=200)),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='customers.customeraccount')),
                ('entry', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.entry')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at'], name='notice_due'), models.Index(fields=['address_index'], name='notice_by_address'), models.Index(condition=models.Q(('order_number', ''), _negated=True), fields=['order_number'], name='notice_by_order')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('entry__isnull', False)), fields=('entry', 'kind', 'medium', 'address_index'), name='one_notice_per_fact'), models.CheckConstraint(condition=models.Q(models.Q(('due_at__isnull', False), ('state', 'waiting')), ('due_at', None), _connector='OR'), name='waiting_notice_is_due')],
            },
        ),
    ]
