import django.contrib.auth.models
import django.contrib.auth.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from core.appendonly import on_postgresql

# Unit paths are compared byte by byte ('0' follows '/'), whatever language the cluster sorts by.
BY_BYTES = 'ALTER TABLE network_unit ALTER COLUMN path TYPE varchar(120) COLLATE "C"'


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("network", "0001_initial"),
        ("network", "0002_path_collation"),
    ]

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
    ]

    operations = [
        migrations.CreateModel(
            name='CalendarDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(unique=True, verbose_name='日期')),
                ('is_workday', models.BooleanField(verbose_name='工作日')),
                ('confirmed', models.BooleanField(verbose_name='已确认')),
                ('source', models.CharField(max_length=60, verbose_name='来源')),
            ],
            options={
                'ordering': ('date',),
            },
        ),
        migrations.CreateModel(
            name='Account',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('username', models.CharField(error_messages={'unique': 'A user with that username already exists.'}, help_text='Required. 150 characters or fewer. Letters, digits and @/./+/-/_ only.', max_length=150, unique=True, validators=[django.contrib.auth.validators.UnicodeUsernameValidator()], verbose_name='username')),
                ('first_name', models.CharField(blank=True, max_length=150, verbose_name='first name')),
                ('last_name', models.CharField(blank=True, max_length=150, verbose_name='last name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='email address')),
                ('is_staff', models.BooleanField(default=False, help_text='Designates whether the user can log into this admin site.', verbose_name='staff status')),
                ('is_active', models.BooleanField(default=True, help_text='Designates whether this user should be treated as active. Unselect this instead of deleting accounts.', verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='date joined')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'abstract': False,
            },
            managers=[
                ('objects', django.contrib.auth.models.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Person',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='工号')),
                ('name', models.CharField(max_length=40, verbose_name='姓名')),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='电话')),
                ('account', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='person', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='Unit',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(editable=False, max_length=20, unique=True, verbose_name='编号')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('kind', models.CharField(choices=[('company', '公司'), ('division', '事业部'), ('area', '大区'), ('region', '区域'), ('branch', '营业部'), ('department', '总部部门')], max_length=12, verbose_name='类别')),
                ('path', models.CharField(editable=False, max_length=120, unique=True)),
                ('phone', models.CharField(blank=True, max_length=30, verbose_name='电话')),
                ('place', models.CharField(blank=True, max_length=6, verbose_name='行政区划代码')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='地址')),
                ('lat', models.FloatField(blank=True, null=True)),
                ('lng', models.FloatField(blank=True, null=True)),
                ('opens', models.TimeField(blank=True, null=True, verbose_name='营业开始')),
                ('closes', models.TimeField(blank=True, null=True, verbose_name='营业结束')),
                ('serves', models.JSONField(blank=True, default=list, help_text='行政区划代码前缀', verbose_name='服务范围')),
                ('services', models.JSONField(blank=True, default=list, verbose_name='服务项目')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='撤销时间')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='network.unit')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('kind', 'branch'), _negated=True), models.Q(('lat__isnull', False), ('lng__isnull', False)), _connector='OR'), name='branch_has_a_site')],
            },
        ),
        migrations.CreateModel(
            name='Post',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('branch_clerk', '营业部受理员'), ('branch_manager', '营业部经理'), ('courier', '接送货员'), ('transit_clerk', '中转员'), ('slip_clerk', '签收单管理员'), ('call_centre', '呼叫中心坐席'), ('call_centre_manager', '呼叫中心主管'), ('department', '电子商务管理部'), ('regional_manager', '区域经理'), ('area_director', '大区总监'), ('division_gm', '事业部总经理'), ('finance', '财务'), ('price_management', '价格管理'), ('marketing', '营销推广部'), ('operations_centre', '运作中心'), ('fleet', '车队'), ('claims', '理赔部'), ('quality', '品管中心'), ('it', '信息管理中心'), ('key_accounts', '大客户运作保障部'), ('administrator', '系统管理员')], max_length=30, verbose_name='岗位')),
                ('since', models.DateTimeField(verbose_name='任职自')),
                ('until', models.DateTimeField(blank=True, null=True, verbose_name='任职至')),
                ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='network.person')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='posts', to='network.unit')),
            ],
            options={
                'indexes': [models.Index(fields=['unit', 'role'], name='post_by_unit')],
                'constraints': [models.CheckConstraint(condition=models.Q(('until', None), ('until__gt', models.F('since')), _connector='OR'), name='post_ends_after_start'), models.UniqueConstraint(condition=models.Q(('until', None)), fields=('person', 'unit', 'role'), name='one_current_post_of_a_kind')],
            },
        ),
        migrations.CreateModel(
            name='Placement',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField()),
                ('until', models.DateTimeField(null=True)),
                ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.unit')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='placements', to='network.unit')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('until', None)), fields=('unit',), name='one_current_placement'), models.CheckConstraint(condition=models.Q(('until', None), ('until__gt', models.F('since')), _connector='OR'), name='placement_ends_after_start')],
            },
        ),
        migrations.RunPython(on_postgresql(BY_BYTES), migrations.RunPython.noop),
    ]
