import django.db.models.deletion
import django_fsm
from django.conf import settings
from django.db import migrations, models

import core.personal
import customers.models.chats
from core.appendonly import AppendOnly


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("customers", "0001_initial"),
        ("customers", "0002_key_customers"),
        ("customers", "0003_append_only_requirements"),
        ("customers", "0004_customer_service"),
        ("customers", "0005_day_needs"),
        ("customers", "0006_customer_accounts"),
        ("customers", "0007_phone_proofs"),
        ("customers", "0008_address_book"),
        ("customers", "0009_chats"),
        ("customers", "0010_append_only_chat_lines"),
        ("customers", "0011_consents"),
        ("customers", "0012_erasures"),
    ]

    dependencies = [
        ('core', '0001_tables'),
        ('network', '0001_tables'),
        ('network', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='ChatLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('side', models.CharField(choices=[('customer', '客户'), ('staff', '客服'), ('automatic', '自动消息')], max_length=10)),
                ('role', models.CharField(blank=True, max_length=30)),
                ('text', models.CharField(blank=True, max_length=1000, verbose_name='内容')),
                ('picture', models.CharField(blank=True, max_length=32)),
                ('width', models.PositiveIntegerField(null=True)),
                ('height', models.PositiveIntegerField(null=True)),
                ('at', models.DateTimeField()),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
            ],
            options={
                'ordering': ('number',),
            },
        ),
        migrations.CreateModel(
            name='Conversation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(default=customers.models.chats.new_key, max_length=32, unique=True)),
                ('state', django_fsm.FSMField(choices=[('open', '进行中'), ('closed', '已结束')], default='open', max_length=8, protected=True, verbose_name='状态')),
                ('name', models.CharField(blank=True, max_length=40, verbose_name='称呼')),
                ('phone', core.personal.EncryptedTextField(blank=True, verbose_name='电话')),
                ('order_number', models.CharField(blank=True, max_length=20, verbose_name='订单号')),
                ('proven', models.BooleanField(default=False, verbose_name='身份已验证')),
                ('count', models.PositiveIntegerField(default=0)),
                ('customer_seen', models.PositiveIntegerField(default=0)),
                ('staff_seen', models.PositiveIntegerField(default=0)),
                ('waiting_since', models.DateTimeField(null=True)),
                ('opened_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('last_actor', models.CharField(blank=True, max_length=60)),
                ('last_at', models.DateTimeField()),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit', verbose_name='接待单位')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('waiting_since__isnull', False)), fields=['unit', 'waiting_since'], name='chat_waiting_by_unit'), models.Index(fields=['unit', '-last_at'], name='chat_by_unit'), models.Index(fields=['-last_at', '-id'], name='chat_by_last_line'), models.Index(condition=models.Q(('account__isnull', False)), fields=['account'], name='chat_by_account'), models.Index(condition=models.Q(('order_number', ''), _negated=True), fields=['order_number'], name='chat_by_order')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state', 'open'), ('waiting_since', None), _connector='OR'), name='closed_chat_waits_for_nothing')],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
        migrations.CreateModel(
            name='ChatTurn',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(choices=[('waiting', '待回复'), ('answered', '已回复')], default='waiting', max_length=8, protected=True, verbose_name='状态')),
                ('opened_at', models.DateTimeField()),
                ('answered_at', models.DateTimeField(null=True)),
                ('answer_line', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='customers.chatline')),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('question', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='turn', to='customers.chatline')),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='turns', to='customers.conversation')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('conversation',), name='one_waiting_turn_per_chat'), models.CheckConstraint(condition=models.Q(models.Q(('answer_line', None), ('answered_at', None), ('answered_by', None), ('state', 'waiting')), models.Q(('answer_line__isnull', False), ('answered_at__gte', models.F('opened_at')), ('answered_by__isnull', False), ('state', 'answered')), _connector='OR'), name='chat_turn_is_answered_by_a_line_after_it')],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
        migrations.AddField(
            model_name='chatline',
            name='conversation',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='customers.conversation'),
        ),
        migrations.CreateModel(
            name='Customer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='客户名称')),
                ('phone', core.personal.EncryptedTextField(verbose_name='电话')),
                ('phone_index', models.CharField(max_length=32, unique=True)),
                ('group', models.CharField(blank=True, choices=[('alibaba_member', '阿里巴巴会员'), ('alibaba', '阿里巴巴非会员'), ('taobao', '淘宝客户'), ('kingdee', '金蝶客户'), ('ewt', 'E网通客户'), ('key', '项目客户')], max_length=20, verbose_name='客户类别')),
                ('bound_at', models.DateTimeField(blank=True, null=True, verbose_name='绑定时间')),
                ('added_at', models.DateTimeField()),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='customers', to='network.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['name'], name='customer_by_name')],
            },
        ),
        migrations.CreateModel(
            name='CustomerAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('bound_at', models.DateTimeField(blank=True, null=True, verbose_name='绑定时间')),
                ('opened_at', models.DateTimeField(verbose_name='注册时间')),
                ('notice_hash', models.CharField(blank=True, max_length=64)),
                ('tells', models.JSONField(default=dict)),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='customer_account', to=settings.AUTH_USER_MODEL)),
                ('customer', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='customers.customer')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('customer__isnull', False)), fields=('customer',), name='one_account_per_customer'), models.CheckConstraint(condition=models.Q(models.Q(('bound_at', None), ('customer', None)), models.Q(('bound_at__isnull', False), ('customer__isnull', False)), _connector='OR'), name='binding_has_its_time')],
            },
        ),
        migrations.CreateModel(
            name='Consent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order_number', models.CharField(blank=True, max_length=20)),
                ('version', models.CharField(max_length=20)),
                ('text_hash', models.CharField(max_length=64)),
                ('at', models.DateTimeField()),
                ('account', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='customers.customeraccount')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('account', None), models.Q(('order_number', ''), _negated=True)), models.Q(('account__isnull', False), ('order_number', '')), _connector='OR'), name='consent_is_somebodys'), models.UniqueConstraint(condition=models.Q(('order_number', ''), _negated=True), fields=('order_number',), name='one_notice_per_order')],
            },
        ),
        migrations.CreateModel(
            name='Address',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=60, verbose_name='姓名或单位')),
                ('phone', core.personal.EncryptedTextField(verbose_name='电话')),
                ('phone_index', models.CharField(max_length=32)),
                ('tail_index', models.CharField(max_length=32)),
                ('place', models.CharField(max_length=6, verbose_name='地区')),
                ('address', models.CharField(max_length=200, verbose_name='详细地址')),
                ('group', models.CharField(blank=True, max_length=20, verbose_name='分组')),
                ('default', models.BooleanField(default=False, verbose_name='默认发货地址')),
                ('added_at', models.DateTimeField()),
                ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to='customers.customeraccount')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('account', 'name', 'phone_index', 'place', 'address'), name='one_entry_per_address'), models.UniqueConstraint(condition=models.Q(('default', True)), fields=('account',), name='one_default_address')],
            },
        ),
        migrations.CreateModel(
            name='CustomerCall',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('result', models.CharField(choices=[('reached', '已接通'), ('not_reached', '未接通')], max_length=12, verbose_name='结果')),
                ('text', models.CharField(max_length=500, verbose_name='回访内容')),
                ('satisfaction', models.PositiveSmallIntegerField(null=True, verbose_name='满意度')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='calls', to='customers.customer')),
            ],
            options={
                'indexes': [models.Index(fields=['customer', 'at'], name='customer_call_by_customer')],
                'constraints': [models.CheckConstraint(condition=models.Q(('satisfaction', None), models.Q(('satisfaction__gte', 1), ('satisfaction__lte', 5)), _connector='OR'), name='call_satisfaction_in_range')],
            },
        ),
        migrations.CreateModel(
            name='Enquiry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(choices=[('open', '待处理'), ('collated', '已整理'), ('analysed', '已分析'), ('solved', '已解决'), ('answered', '已答复'), ('closed', '已关闭')], default='open', max_length=50, protected=True, verbose_name='状态')),
                ('text', models.CharField(max_length=500, verbose_name='内容')),
                ('name', models.CharField(blank=True, max_length=40, verbose_name='姓名')),
                ('phone', core.personal.EncryptedTextField(blank=True, verbose_name='电话')),
                ('order_number', models.CharField(blank=True, max_length=20, verbose_name='订单号')),
                ('opened_at', models.DateTimeField()),
                ('last_actor', models.CharField(blank=True, max_length=60)),
                ('last_at', models.DateTimeField()),
                ('means', models.CharField(choices=[('phone', '电话'), ('mail', '邮件')], max_length=8, verbose_name='渠道')),
                ('promised_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name='答复')),
                ('answered_at', models.DateTimeField(null=True)),
                ('call_back_at', models.DateTimeField(null=True, verbose_name='承诺回电时间')),
                ('called_back_at', models.DateTimeField(null=True)),
                ('taken_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit', verbose_name='处理部门')),
            ],
            options={
                'ordering': ('-opened_at', '-pk'),
                'abstract': False,
                'indexes': [models.Index(fields=['means', 'opened_at'], name='enquiry_by_means'), models.Index(condition=models.Q(('call_back_at__isnull', False), ('called_back_at', None)), fields=['call_back_at'], name='enquiry_to_call_back')],
                'constraints': [models.CheckConstraint(condition=models.Q(('called_back_at', None), ('call_back_at__isnull', False), _connector='OR'), name='called_back_as_promised'), models.CheckConstraint(condition=models.Q(('answered_at', None), ('answered_at__gte', models.F('opened_at')), _connector='OR'), name='enquiry_answered_after_it_came')],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
        migrations.CreateModel(
            name='ErasureRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('open', '待办理'), ('done', '已删除'), ('refused', '未予删除'), ('withdrawn', '已撤回')], default='open', max_length=10, verbose_name='状态')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='原因')),
                ('asked_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('words', models.CharField(blank=True, max_length=300, verbose_name='答复')),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='erasures', to='customers.customeraccount')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('account',), name='one_open_erasure')],
            },
        ),
        migrations.CreateModel(
            name='KeyCustomer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contract_no', models.CharField(max_length=40, unique=True, verbose_name='合同编号')),
                ('valid_from', models.DateField(verbose_name='生效日期')),
                ('valid_to', models.DateField(verbose_name='截止日期')),
                ('redelivery_fee', models.BooleanField(default=False, verbose_name='合同约定收取再送费')),
                ('order_times', models.JSONField(default=list, verbose_name='固定下单时间')),
                ('mail_times', models.JSONField(default=list, verbose_name='邮件答复时间')),
                ('requirements', models.TextField(blank=True, max_length=2000, verbose_name='特殊要求')),
                ('version', models.PositiveIntegerField(default=0)),
                ('signed_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='key_account', to='customers.customer')),
                ('signed_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('tracker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='key_customers', to='network.person')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__gte', models.F('valid_from'))), name='key_contract_ends_after_start')],
            },
        ),
        migrations.CreateModel(
            name='DayNeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='日期')),
                ('pieces', models.PositiveIntegerField(verbose_name='件数')),
                ('volume_m3', models.DecimalField(decimal_places=3, max_digits=8, verbose_name='体积（立方米）')),
                ('vehicles', models.CharField(blank=True, max_length=60, verbose_name='车辆需求')),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('key_customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='day_needs', to='customers.keycustomer')),
            ],
            options={
                'indexes': [models.Index(fields=['key_customer', 'on'], name='day_need_by_day')],
                'constraints': [models.CheckConstraint(condition=models.Q(('volume_m3__gte', 0), ('volume_m3__lt', 10000)), name='day_need_is_sane')],
            },
        ),
        migrations.CreateModel(
            name='PhoneDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('on', models.DateField(verbose_name='日期')),
                ('offered', models.PositiveIntegerField(verbose_name='来电')),
                ('answered', models.PositiveIntegerField(verbose_name='接听')),
                ('in_two_rings', models.PositiveIntegerField(verbose_name='两声内接听')),
                ('waited_well', models.PositiveIntegerField(verbose_name='10 秒内接听或已提示等待')),
                ('recorded_at', models.DateTimeField()),
                ('recorded_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('unit', 'on'), name='one_phone_day_per_unit'), models.CheckConstraint(condition=models.Q(('answered__lte', models.F('offered')), ('in_two_rings__lte', models.F('answered')), ('waited_well__lte', models.F('answered'))), name='phone_day_adds_up')],
            },
        ),
        migrations.CreateModel(
            name='PhoneProof',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phone', core.personal.EncryptedTextField()),
                ('phone_index', models.CharField(max_length=32)),
                ('code_hash', models.CharField(max_length=32)),
                ('asked_at', models.DateTimeField()),
                ('tries', models.PositiveSmallIntegerField(default=0)),
                ('ended_at', models.DateTimeField(null=True)),
                ('account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proofs', to='customers.customeraccount')),
            ],
            options={
                'indexes': [models.Index(fields=['phone_index', 'asked_at'], name='proof_by_phone')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('account',), name='one_code_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Phrase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=300, verbose_name='常用语')),
                ('written_at', models.DateTimeField()),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('written_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('unit', 'text'), name='one_phrase_per_unit_and_text'), models.UniqueConstraint(condition=models.Q(('unit', None)), fields=('text',), name='one_phrase_of_the_company_per_text')],
            },
        ),
        migrations.CreateModel(
            name='Requirement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField()),
                ('text', models.TextField(max_length=2000)),
                ('at', models.DateTimeField()),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('key_customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='written', to='customers.keycustomer')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('key_customer', 'version'), name='one_text_per_requirement_version')],
            },
        ),
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(choices=[('open', '待处理'), ('collated', '已整理'), ('analysed', '已分析'), ('solved', '已解决'), ('answered', '已答复'), ('closed', '已关闭')], default='open', max_length=50, protected=True, verbose_name='状态')),
                ('text', models.CharField(max_length=500, verbose_name='内容')),
                ('name', models.CharField(blank=True, max_length=40, verbose_name='姓名')),
                ('phone', core.personal.EncryptedTextField(blank=True, verbose_name='电话')),
                ('order_number', models.CharField(blank=True, max_length=20, verbose_name='订单号')),
                ('opened_at', models.DateTimeField()),
                ('last_actor', models.CharField(blank=True, max_length=60)),
                ('last_at', models.DateTimeField()),
                ('kind', models.CharField(choices=[('suggestion', '建议'), ('opinion', '意见'), ('tone', '语气态度意见')], max_length=12, verbose_name='类别')),
                ('analysis', models.CharField(blank=True, max_length=500, verbose_name='分析')),
                ('analysed_at', models.DateTimeField(null=True)),
                ('answer', models.CharField(blank=True, max_length=500, verbose_name='答复')),
                ('answered_at', models.DateTimeField(null=True)),
                ('taken_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit', verbose_name='处理部门')),
            ],
            options={
                'ordering': ('-opened_at', '-pk'),
                'abstract': False,
                'indexes': [models.Index(fields=['state', 'opened_at'], name='suggestion_by_state')],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
        migrations.CreateModel(
            name='SurveyAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('order_number', models.CharField(max_length=20, unique=True, verbose_name='订单号')),
                ('scores', models.JSONField()),
                ('text', models.CharField(blank=True, max_length=500, verbose_name='意见')),
                ('at', models.DateTimeField()),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['branch', 'at'], name='survey_by_branch')],
            },
        ),
        migrations.CreateModel(
            name='Ticket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', django_fsm.FSMField(choices=[('open', '待处理'), ('collated', '已整理'), ('analysed', '已分析'), ('solved', '已解决'), ('answered', '已答复'), ('closed', '已关闭')], default='open', max_length=50, protected=True, verbose_name='状态')),
                ('text', models.CharField(max_length=500, verbose_name='内容')),
                ('name', models.CharField(blank=True, max_length=40, verbose_name='姓名')),
                ('phone', core.personal.EncryptedTextField(blank=True, verbose_name='电话')),
                ('order_number', models.CharField(blank=True, max_length=20, verbose_name='订单号')),
                ('opened_at', models.DateTimeField()),
                ('last_actor', models.CharField(blank=True, max_length=60)),
                ('last_at', models.DateTimeField()),
                ('page', models.CharField(blank=True, max_length=200, verbose_name='出问题的页面')),
                ('collation', models.CharField(blank=True, max_length=500, verbose_name='整理结果')),
                ('collated_at', models.DateTimeField(null=True)),
                ('solution', models.CharField(blank=True, max_length=500, verbose_name='处理结果')),
                ('solved_at', models.DateTimeField(null=True)),
                ('reopened', models.PositiveSmallIntegerField(default=0)),
                ('taken_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit', verbose_name='处理部门')),
            ],
            options={
                'ordering': ('-opened_at', '-pk'),
                'abstract': False,
                'indexes': [models.Index(fields=['state', 'opened_at'], name='ticket_by_state')],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
        migrations.AddConstraint(
            model_name='chatline',
            constraint=models.UniqueConstraint(fields=('conversation', 'number'), name='one_chat_line_per_number'),
        ),
        migrations.AddConstraint(
            model_name='chatline',
            constraint=models.UniqueConstraint(condition=models.Q(('picture', ''), _negated=True), fields=('picture',), name='one_chat_line_per_picture'),
        ),
        migrations.AddConstraint(
            model_name='chatline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('text', ''), _negated=True), models.Q(('picture', ''), _negated=True), _connector='OR'), name='chat_line_says_something'),
        ),
        migrations.AddConstraint(
            model_name='chatline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', False), ('side', 'staff')), models.Q(models.Q(('side', 'staff'), _negated=True), ('person', None)), _connector='OR'), name='staff_sign_their_chat_lines'),
        ),
        AppendOnly("ChatLine"),
        AppendOnly("Requirement"),
    ]
