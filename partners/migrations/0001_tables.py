import django.db.models.deletion
from django.db import migrations, models

import core.personal


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("partners", "0001_initial"),
        ("partners", "0002_customers_of_partners"),
        ("partners", "0003_pushes"),
        ("partners", "0004_calls"),
        ("partners", "0005_dialects"),
        ("partners", "0006_sandbox_orders"),
        ("partners", "0007_subscription_dialects"),
    ]

    dependencies = [
        ('core', '0001_tables'),
        ('customers', '0001_tables'),
        ('network', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Partner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, unique=True, verbose_name='编号')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('channel', models.CharField(choices=[('alibaba', '阿里巴巴'), ('taobao', '淘宝'), ('kingdee', '金蝶'), ('ewt', 'E网通'), ('hall', '网上营业厅'), ('phone', '电话'), ('partner', '合作平台')], default='partner', max_length=12, verbose_name='渠道')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='停用时间')),
                ('dialect', models.CharField(default='native', max_length=20, verbose_name='推送格式')),
                ('callback_url', models.CharField(blank=True, max_length=300, verbose_name='回调地址')),
                ('callback_hosts', models.JSONField(blank=True, default=list, verbose_name='允许的回调主机')),
                ('per_minute', models.PositiveIntegerField(blank=True, null=True, verbose_name='每分钟请求上限')),
                ('sandbox', models.BooleanField(default=False, verbose_name='沙箱')),
                ('customers', models.ManyToManyField(blank=True, help_text='为这些客户发货的订单按其合同价计费（§3.3、§3.4.1）', related_name='partners', to='customers.customer', verbose_name='代发客户')),
            ],
        ),
        migrations.CreateModel(
            name='PartnerKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=32, unique=True, verbose_name='密钥编号')),
                ('secret', core.personal.EncryptedTextField()),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='keys', to='partners.partner')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('expires_at', None), ('expires_at__gt', models.F('created_at')), _connector='OR'), name='key_expires_after_creation')],
            },
        ),
        migrations.CreateModel(
            name='Nonce',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('value', models.CharField(max_length=64)),
                ('expires_at', models.DateTimeField(db_index=True)),
                ('key', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='partners.partnerkey')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('key', 'value'), name='one_use_of_a_nonce')],
            },
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order_number', models.CharField(max_length=20)),
                ('dialect', models.CharField(default='native', max_length=20)),
                ('url', models.CharField(max_length=300)),
                ('secret', core.personal.EncryptedTextField(blank=True)),
                ('data', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('partner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='subscriptions', to='partners.partner')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('ended_at', None)), fields=['order_number'], name='subscription_live')],
                'constraints': [models.UniqueConstraint(fields=('partner', 'order_number', 'url'), name='one_subscription_of_an_order_and_address')],
            },
        ),
        migrations.CreateModel(
            name='Trial',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True)),
                ('external_no', models.CharField(max_length=64)),
                ('content', core.personal.EncryptedTextField()),
                ('first_content', core.personal.EncryptedTextField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('facts', models.JSONField(default=list)),
                ('placed_at', models.DateTimeField()),
                ('branch', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('partner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='trials', to='partners.partner')),
            ],
            options={
                'indexes': [models.Index(fields=['partner', '-placed_at'], name='trial_by_partner')],
                'constraints': [models.UniqueConstraint(fields=('partner', 'external_no'), name='one_trial_of_a_number')],
            },
        ),
        migrations.CreateModel(
            name='Push',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order_number', models.CharField(max_length=20)),
                ('stream', models.CharField(max_length=60)),
                ('seq', models.PositiveIntegerField()),
                ('name', models.CharField(max_length=40)),
                ('state', models.CharField(choices=[('waiting', '待推送'), ('done', '已送达'), ('dead', '推送失败'), ('dropped', '无需推送')], default='waiting', max_length=8)),
                ('stored_at', models.DateTimeField()),
                ('due_at', models.DateTimeField()),
                ('leased_until', models.DateTimeField(null=True)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('tried_at', models.DateTimeField(null=True)),
                ('settled_at', models.DateTimeField(null=True)),
                ('status', models.PositiveSmallIntegerField(null=True)),
                ('answer', models.CharField(blank=True, max_length=300)),
                ('entry', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='core.entry')),
                ('partner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='pushes', to='partners.partner')),
                ('subscription', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pushes', to='partners.subscription')),
                ('trial', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='pushes', to='partners.trial')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'waiting')), fields=['partner', 'due_at'], name='push_due'), models.Index(condition=models.Q(('state', 'waiting')), fields=['stream', 'seq'], name='push_waiting_of_stream'), models.Index(fields=['partner', '-id'], name='push_by_partner'), models.Index(fields=['state', '-id'], name='push_by_state'), models.Index(fields=['order_number'], name='push_by_order')],
                'constraints': [models.UniqueConstraint(fields=('stream', 'seq'), name='one_push_of_a_fact')],
            },
        ),
        migrations.CreateModel(
            name='InboxMessage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(max_length=64)),
                ('dialect', models.CharField(choices=[('kuaidi100', '快递100'), ('kdniao', '快递鸟'), ('deppon', '德邦')], max_length=10, verbose_name='接口方言')),
                ('verb', models.CharField(choices=[('place', '下单'), ('edit', '修改'), ('cancel', '取消')], max_length=10, verbose_name='动作')),
                ('external_no', models.CharField(max_length=64, verbose_name='渠道单号')),
                ('sent_at', models.DateTimeField(null=True)),
                ('received_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('done', '已生效'), ('parked', '等待订单'), ('superseded', '已有更新的修改'), ('refused', '未生效'), ('expired', '已过期')], max_length=10, verbose_name='状态')),
                ('words', models.CharField(blank=True, max_length=300, verbose_name='说明')),
                ('fields', models.JSONField(default=list)),
                ('content', core.personal.EncryptedTextField(blank=True)),
                ('partner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.partner')),
            ],
            options={
                'indexes': [models.Index(fields=['partner', 'external_no'], name='inbox_by_order'), models.Index(condition=models.Q(('state', 'parked')), fields=['received_at'], name='inbox_parked')],
                'constraints': [models.UniqueConstraint(fields=('partner', 'event'), name='one_effect_of_a_message')],
            },
        ),
        migrations.CreateModel(
            name='DialectKey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('dialect', models.CharField(choices=[('kuaidi100', '快递100'), ('kdniao', '快递鸟'), ('deppon', '德邦')], max_length=10, verbose_name='接口方言')),
                ('account', models.CharField(max_length=40, verbose_name='账号')),
                ('key', core.personal.EncryptedTextField()),
                ('key_index', models.CharField(max_length=32)),
                ('secret', core.personal.EncryptedTextField(blank=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(blank=True, null=True)),
                ('revoked_at', models.DateTimeField(blank=True, null=True)),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dialect_keys', to='partners.partner')),
            ],
            options={
                'indexes': [models.Index(fields=['dialect', 'account'], name='dialect_key_by_account')],
                'constraints': [models.UniqueConstraint(fields=('dialect', 'key_index'), name='one_owner_of_a_dialect_key'), models.CheckConstraint(condition=models.Q(('expires_at', None), ('expires_at__gt', models.F('created_at')), _connector='OR'), name='dialect_key_expires_after_creation')],
            },
        ),
        migrations.CreateModel(
            name='Call',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=32)),
                ('at', models.DateTimeField(db_index=True)),
                ('method', models.CharField(max_length=8)),
                ('path', models.CharField(max_length=200)),
                ('status', models.PositiveSmallIntegerField()),
                ('code', models.CharField(blank=True, max_length=40)),
                ('request_id', models.CharField(blank=True, max_length=40)),
                ('milliseconds', models.PositiveIntegerField()),
                ('partner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='partners.partner')),
            ],
            options={
                'indexes': [models.Index(fields=['partner', '-id'], name='call_by_partner')],
            },
        ),
    ]
