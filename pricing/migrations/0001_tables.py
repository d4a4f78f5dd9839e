import uuid
from decimal import Decimal

import django.db.models.deletion
import django_fsm
from django.db import migrations, models

from core.appendonly import on_postgresql

# Two versions, contracts or campaigns of one key cannot overlap (§3.3, §5.1); on SQLite the services check inside its one writer.
NO_OVERLAPS = """
CREATE EXTENSION IF NOT EXISTS btree_gist;
ALTER TABLE pricing_tariffversion ADD CONSTRAINT one_live_tariff_a_day
    EXCLUDE USING gist (origin WITH =, daterange(valid_from, valid_to, '[]') WITH &&) WHERE (state = 'live');
ALTER TABLE pricing_contract ADD CONSTRAINT one_contract_a_day
    EXCLUDE USING gist (customer_id WITH =, daterange(valid_from, valid_to, '[]') WITH &&)
    WHERE (state = 'approved' AND ended_at IS NULL);
ALTER TABLE pricing_campaign ADD CONSTRAINT one_campaign_a_day
    EXCLUDE USING gist (audience WITH =, value WITH =, product WITH =, benefit WITH =,
                        daterange(valid_from, valid_to, '[]') WITH &&)
    WHERE (ended_at IS NULL);
"""

# What is approved or live is never edited.
NEVER_EDITED = """
CREATE FUNCTION refuse_live_tariff() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE version bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.version_id ELSE NEW.version_id END;
BEGIN
    IF EXISTS (SELECT 1 FROM pricing_tariffversion WHERE id = version AND state <> 'draft') THEN
        RAISE EXCEPTION 'an approved or live tariff is never edited' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER live_is_never_edited BEFORE INSERT OR UPDATE OR DELETE ON pricing_zone
    FOR EACH ROW EXECUTE FUNCTION refuse_live_tariff();
CREATE TRIGGER live_is_never_edited BEFORE INSERT OR UPDATE OR DELETE ON pricing_zoneplace
    FOR EACH ROW EXECUTE FUNCTION refuse_live_tariff();
CREATE TRIGGER live_is_never_edited BEFORE INSERT OR UPDATE OR DELETE ON pricing_lane
    FOR EACH ROW EXECUTE FUNCTION refuse_live_tariff();
CREATE TRIGGER live_is_never_edited BEFORE INSERT OR UPDATE OR DELETE ON pricing_surcharge
    FOR EACH ROW EXECUTE FUNCTION refuse_live_tariff();
CREATE TRIGGER live_is_never_edited BEFORE INSERT OR UPDATE OR DELETE ON pricing_codplan
    FOR EACH ROW EXECUTE FUNCTION refuse_live_tariff();
CREATE FUNCTION refuse_live_tier() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE charge bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.surcharge_id ELSE NEW.surcharge_id END;
BEGIN
    IF EXISTS (
        SELECT 1 FROM pricing_surcharge row JOIN pricing_tariffversion version ON version.id = row.version_id
        WHERE row.id = charge AND version.state <> 'draft'
    ) THEN
        RAISE EXCEPTION 'an approved or live tariff is never edited' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER live_is_never_edited BEFORE INSERT OR UPDATE OR DELETE ON pricing_surchargetier
    FOR EACH ROW EXECUTE FUNCTION refuse_live_tier();
"""


class Migration(migrations.Migration):

    initial = True

    replaces = [
        ("pricing", "0001_initial"),
        ("pricing", "0002_no_overlaps"),
        ("pricing", "0003_campaign_key"),
        ("pricing", "0004_lanes_by_zones"),
        ("pricing", "0005_tiers_are_content"),
        ("pricing", "0006_fuel_withdrawn"),
        ("pricing", "0007_lane_brackets"),
    ]

    dependencies = [
        ('customers', '0001_tables'),
        ('network', '0001_tables'),
    ]

    operations = [
        migrations.CreateModel(
            name='Lane',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('product', models.CharField(choices=[('timed_air', '空运定时达'), ('air', '普通空运'), ('express_road', '汽运快线'), ('road_lane', '汽运专线'), ('intercity', '城际配送'), ('agent_lane', '偏线')], max_length=20, verbose_name='产品')),
                ('heavy_rate', models.DecimalField(decimal_places=3, max_digits=9, verbose_name='重货单价（元/千克）')),
                ('light_rate', models.DecimalField(decimal_places=2, max_digits=9, verbose_name='轻货单价（元/立方米）')),
                ('minimum', models.DecimalField(decimal_places=2, max_digits=9, verbose_name='最低收费（元）')),
                ('days', models.PositiveSmallIntegerField(verbose_name='时效（天）')),
                ('arrives', models.TimeField(verbose_name='到达时刻')),
                ('cut_off', models.TimeField(verbose_name='截单时刻')),
            ],
        ),
        migrations.CreateModel(
            name='Surcharge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('serial', models.PositiveSmallIntegerField()),
                ('code', models.CharField(max_length=20, verbose_name='代码')),
                ('zh', models.CharField(max_length=40, verbose_name='名称')),
                ('en', models.CharField(max_length=40)),
                ('when', models.CharField(choices=[('always', '每单'), ('pickup', '上门接货'), ('door', '送货上门'), ('upstairs', '送货上楼'), ('insured', '保价'), ('cod', '代收货款'), ('slip', '签收单返回'), ('redelivery', '再次送货')], max_length=12, verbose_name='适用')),
                ('detail', models.CharField(blank=True, max_length=20)),
                ('product', models.CharField(blank=True, max_length=20, verbose_name='产品')),
                ('basis', models.CharField(choices=[('flat', '每票'), ('per_kg', '每千克'), ('per_m3', '每立方米'), ('per_piece', '每件'), ('pct_freight', '运费比例'), ('pct_declared', '声明价值比例'), ('pct_cod', '代收货款比例')], max_length=14, verbose_name='计费基础')),
                ('rate', models.DecimalField(decimal_places=6, default=0, max_digits=12, verbose_name='费率')),
                ('minimum', models.DecimalField(decimal_places=2, default=0, max_digits=9, verbose_name='最低')),
                ('cap', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, verbose_name='最高')),
                ('rounding', models.CharField(choices=[('fen', '四舍五入到分'), ('jiao', '四舍五入到角'), ('up_yuan', '进位到元')], default='fen', max_length=8, verbose_name='取整')),
            ],
            options={
                'ordering': ('serial',),
            },
        ),
        migrations.CreateModel(
            name='Contract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='合同编号')),
                ('state', django_fsm.FSMField(choices=[('applied', '待审批'), ('approved', '已批准'), ('refused', '已驳回')], default='applied', max_length=50, protected=True, verbose_name='状态')),
                ('valid_from', models.DateField(verbose_name='生效日期')),
                ('valid_to', models.DateField(verbose_name='截止日期')),
                ('share', models.DecimalField(decimal_places=3, default=1, max_digits=4, verbose_name='公布价比例')),
                ('minimum', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, verbose_name='最低收费（元）')),
                ('redelivery_fee', models.BooleanField(default=False, verbose_name='收取再送费')),
                ('reason', models.CharField(max_length=300, verbose_name='申请理由')),
                ('applied_at', models.DateTimeField()),
                ('decided_at', models.DateTimeField(null=True)),
                ('decision', models.CharField(blank=True, max_length=300, verbose_name='审批意见')),
                ('ended_at', models.DateTimeField(null=True)),
                ('applied_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='network.unit')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contracts', to='customers.customer')),
                ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__gte', models.F('valid_from'))), name='contract_ends_after_start'), models.CheckConstraint(condition=models.Q(('share__gt', 0), ('share__lte', 1)), name='contract_share_is_sane'), models.CheckConstraint(condition=models.Q(('minimum', None), models.Q(('minimum__gte', 0), ('minimum__lt', Decimal('1000000'))), _connector='OR'), name='contract_minimum_is_sane')],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
        migrations.CreateModel(
            name='ContractRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('product', models.CharField(choices=[('timed_air', '空运定时达'), ('air', '普通空运'), ('express_road', '汽运快线'), ('road_lane', '汽运专线'), ('intercity', '城际配送'), ('agent_lane', '偏线')], max_length=20, verbose_name='产品')),
                ('from_prefix', models.CharField(blank=True, max_length=9)),
                ('to_prefix', models.CharField(blank=True, max_length=9)),
                ('heavy_rate', models.DecimalField(decimal_places=3, max_digits=9, verbose_name='重货单价（元/千克）')),
                ('light_rate', models.DecimalField(decimal_places=2, max_digits=9, verbose_name='轻货单价（元/立方米）')),
                ('minimum', models.DecimalField(decimal_places=2, max_digits=9, verbose_name='最低收费（元）')),
                ('contract', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='rates', to='pricing.contract')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('contract', 'product', 'from_prefix', 'to_prefix'), name='one_contract_rate_per_lane'), models.CheckConstraint(condition=models.Q(models.Q(('heavy_rate__gte', 0), ('heavy_rate__lt', Decimal('1000000'))), models.Q(('light_rate__gte', 0), ('light_rate__lt', Decimal('1000000'))), models.Q(('minimum__gte', 0), ('minimum__lt', Decimal('1000000')))), name='contract_rates_are_sane')],
            },
        ),
        migrations.CreateModel(
            name='FuelRate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(verbose_name='生效日期')),
                ('share', models.DecimalField(decimal_places=4, max_digits=5, verbose_name='燃油附加比例')),
                ('set_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('set_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('withdrawn_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
            ],
            options={
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at', None)), fields=('valid_from',), name='one_fuel_share_per_day'), models.CheckConstraint(condition=models.Q(('share__gte', 0), ('share__lt', 1)), name='fuel_share_is_sane')],
            },
        ),
        migrations.CreateModel(
            name='GivenQuote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('source', models.CharField(choices=[('listed', '公布价'), ('contract', '合同价'), ('campaign', '活动价')], max_length=10)),
                ('product', models.CharField(max_length=20)),
                ('version', models.CharField(max_length=40)),
                ('rule', models.CharField(max_length=40)),
                ('total', models.DecimalField(decimal_places=2, max_digits=12)),
                ('lines', models.JSONField()),
                ('facts', models.JSONField()),
                ('zh', models.CharField(max_length=400)),
                ('en', models.CharField(max_length=400)),
                ('arrives_by', models.DateTimeField(null=True)),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('total__gte', 0)), name='quote_total_is_sane')],
            },
        ),
        migrations.CreateModel(
            name='LaneBreak',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('basis', models.CharField(choices=[('kg', 'kg'), ('m3', 'm³')], max_length=2)),
                ('start', models.DecimalField(decimal_places=3, max_digits=9)),
                ('price', models.DecimalField(decimal_places=3, max_digits=9)),
                ('lane', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='breaks', to='pricing.lane')),
            ],
            options={
                'ordering': ('basis', 'start'),
                'constraints': [models.UniqueConstraint(fields=('lane', 'basis', 'start'), name='one_bracket_per_start'), models.CheckConstraint(condition=models.Q(('price__gt', 0), ('start__gt', 0), models.Q(('start__gte', 0), ('start__lt', Decimal('1000000'))), models.Q(('price__gte', 0), ('price__lt', Decimal('1000000')))), name='bracket_is_sane')],
            },
        ),
        migrations.CreateModel(
            name='SurchargeTier',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('upto', models.DecimalField(decimal_places=2, max_digits=12, null=True)),
                ('fixed', models.DecimalField(decimal_places=2, default=0, max_digits=9)),
                ('rate', models.DecimalField(decimal_places=6, default=0, max_digits=12)),
                ('cap', models.DecimalField(decimal_places=2, max_digits=9, null=True)),
                ('surcharge', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='tiers', to='pricing.surcharge')),
            ],
            options={
                'ordering': (models.OrderBy(models.F('upto'), nulls_last=True),),
                'constraints': [models.UniqueConstraint(fields=('surcharge', 'upto'), name='one_tier_per_end'), models.UniqueConstraint(condition=models.Q(('upto', None)), fields=('surcharge',), name='one_tier_without_end'), models.CheckConstraint(condition=models.Q(models.Q(('fixed__gte', 0), ('fixed__lt', Decimal('1000000'))), models.Q(('rate__gte', 0), ('rate__lt', Decimal('1000000')))), name='tier_rates_are_sane')],
            },
        ),
        migrations.CreateModel(
            name='TariffVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('code', models.CharField(max_length=40, unique=True, verbose_name='版本号')),
                ('origin', models.CharField(blank=True, max_length=9, verbose_name='始发区域')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('state', django_fsm.FSMField(choices=[('draft', '草稿'), ('approved', '已审批'), ('live', '已发布')], default='draft', max_length=50, protected=True, verbose_name='状态')),
                ('valid_from', models.DateField(verbose_name='生效日期')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='截止日期')),
                ('drafted_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('published_at', models.DateTimeField(null=True)),
                ('approved_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('drafted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('published_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('state', 'live')), fields=['valid_from'], name='tariff_live')],
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='tariff_ends_after_start')],
            },
            bases=(django_fsm.ConcurrentTransitionMixin, models.Model),
        ),
        migrations.AddField(
            model_name='surcharge',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='surcharges', to='pricing.tariffversion'),
        ),
        migrations.AddField(
            model_name='lane',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lanes', to='pricing.tariffversion'),
        ),
        migrations.CreateModel(
            name='CodPlan',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=20, verbose_name='代码')),
                ('zh', models.CharField(max_length=40, verbose_name='名称')),
                ('en', models.CharField(max_length=40)),
                ('days', models.PositiveSmallIntegerField(verbose_name='到账天数')),
                ('most', models.DecimalField(decimal_places=2, max_digits=12, verbose_name='最高金额')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cod_plans', to='pricing.tariffversion')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'code'), name='one_cod_plan_per_code'), models.CheckConstraint(condition=models.Q(models.Q(('most__gte', 1), ('most__lt', Decimal('1000000')))), name='cod_plan_is_sane')],
            },
        ),
        migrations.CreateModel(
            name='Zone',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='区域')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='zones', to='pricing.tariffversion')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'name'), name='one_zone_per_name')],
            },
        ),
        migrations.AddField(
            model_name='lane',
            name='from_zone',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pricing.zone'),
        ),
        migrations.AddField(
            model_name='lane',
            name='to_zone',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pricing.zone'),
        ),
        migrations.CreateModel(
            name='ZonePlace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prefix', models.CharField(blank=True, max_length=9)),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='pricing.tariffversion')),
                ('zone', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='places', to='pricing.zone')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('version', 'prefix'), name='one_zone_per_place')],
            },
        ),
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('name', models.CharField(max_length=60, verbose_name='活动名称')),
                ('valid_from', models.DateField(verbose_name='开始日期')),
                ('valid_to', models.DateField(verbose_name='结束日期')),
                ('audience', models.CharField(choices=[('everyone', '所有客户'), ('membership', '客户类别'), ('channel', '渠道'), ('lane', '线路')], max_length=12, verbose_name='对象')),
                ('value', models.CharField(blank=True, max_length=30, verbose_name='对象取值')),
                ('product', models.CharField(blank=True, max_length=20, verbose_name='产品')),
                ('benefit', models.CharField(choices=[('package', '一口价'), ('percent', '运费折扣'), ('gift', '赠送')], max_length=8, verbose_name='优惠')),
                ('amount', models.DecimalField(decimal_places=2, default=0, max_digits=9, verbose_name='一口价（元）')),
                ('share', models.DecimalField(decimal_places=3, default=1, max_digits=4, verbose_name='运费比例')),
                ('gift', models.CharField(blank=True, max_length=60, verbose_name='赠品')),
                ('most_kg', models.DecimalField(blank=True, decimal_places=2, max_digits=9, null=True, verbose_name='限重（千克）')),
                ('most_m3', models.DecimalField(blank=True, decimal_places=3, max_digits=8, null=True, verbose_name='限体积（立方米）')),
                ('created_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='network.person')),
            ],
            options={
                'constraints': [models.CheckConstraint(condition=models.Q(('valid_to__gte', models.F('valid_from'))), name='campaign_ends_after_start'), models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('amount__lt', Decimal('1000000')), ('benefit', 'package')), models.Q(('benefit', 'percent'), ('share__gt', 0), ('share__lt', Decimal('1'))), models.Q(('benefit', 'gift'), models.Q(('gift', ''), _negated=True)), _connector='OR'), name='campaign_benefit_is_whole')],
            },
        ),
        migrations.AddConstraint(
            model_name='surcharge',
            constraint=models.UniqueConstraint(fields=('version', 'code', 'product'), name='one_surcharge_per_code'),
        ),
        migrations.AddConstraint(
            model_name='surcharge',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('rate__gte', 0), ('rate__lt', Decimal('1000000'))), models.Q(('minimum__gte', 0), ('minimum__lt', Decimal('1000000')))), name='surcharge_rates_are_sane'),
        ),
        migrations.AddConstraint(
            model_name='surcharge',
            constraint=models.CheckConstraint(condition=models.Q(('cap', None), models.Q(('cap__gte', models.F('minimum')), ('cap__lt', Decimal('1000000'))), _connector='OR'), name='surcharge_cap_is_sane'),
        ),
        migrations.AddConstraint(
            model_name='lane',
            constraint=models.UniqueConstraint(fields=('from_zone', 'to_zone', 'product'), name='one_price_per_lane'),
        ),
        migrations.AddConstraint(
            model_name='lane',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('heavy_rate__gte', 0), ('heavy_rate__lt', Decimal('1000000'))), models.Q(('light_rate__gte', 0), ('light_rate__lt', Decimal('1000000'))), models.Q(('minimum__gte', 0), ('minimum__lt', Decimal('1000000')))), name='lane_rates_are_sane'),
        ),
        migrations.AddConstraint(
            model_name='lane',
            constraint=models.CheckConstraint(condition=models.Q(('heavy_rate__gt', 0), ('light_rate__gt', 0)), name='lane_rates_are_positive'),
        ),
        migrations.RunPython(on_postgresql(NO_OVERLAPS + NEVER_EDITED), migrations.RunPython.noop),
    ]
