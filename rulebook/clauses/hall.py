"""§3, §5 and §6: the online service hall, marketing, channels."""

from rulebook.clauses.model import Clause, Kind, limit, section

_FUNCTION = Kind.FUNCTION

ROWS = (
    section("§3", "网上营业厅", "Online service hall"),
    Clause(
        "§3.2",
        _FUNCTION,
        "十一项功能",
        "The eleven functions",
        "账号安全、货物跟踪、网上下单、网点查询、价格查询、客户资料、订单管理、账单、代收货款、在线客服、理赔进度。",
        "Account, tracking, ordering, branches, prices, data, orders, statement, COD, chat, claim progress.",
    ),
    Clause(
        "§3.3",
        _FUNCTION,
        "价格",
        "Price",
        "先合同价，后公布价加最优活动；无价由营业部报价、客户确认。",
        "Contract price, then public price with the best promotion; no price: the branch quotes.",
    ),
    Clause(
        "§3.4.1",
        _FUNCTION,
        "注册与绑定",
        "Registering",
        "注册、邮箱验证、绑定客户、完善资料；未绑定也可下单。",
        "Register, verify, bind, profile; an unbound customer may order.",
    ),
    Clause(
        "§3.4.3",
        _FUNCTION,
        "下单流程",
        "Order flow",
        "客户指定或不指定营业部下单，营业部受理；无价的报价确认后办理。",
        "Customer names the branch or not, submits; the branch accepts; without a price it quotes.",
    ),
    Clause(
        "§3.4.4",
        _FUNCTION,
        "修改订单",
        "Editing",
        "开单前客户可修改订单，每次修改留存。",
        "The customer can edit until the waybill is issued; every edit is kept.",
    ),
    Clause("§3.4.5", _FUNCTION, "找回密码", "Password recovery", "通过一次性链接找回。", "Through a one-time link."),
    limit(
        "§3.4.6",
        "问题单由营销推广部 1 个工作日内整理，再由信息管理中心处理。",
        "A ticket is collated by marketing promotion within 1 working day, then fixed by IT.",
    ),
    Clause(
        "§3.5",
        _FUNCTION,
        "营业部流程",
        "Branch flow",
        "受理、确认、打印、接货、称重量方贴标、开单。",
        "Accept, confirm, print, pick up, weigh, measure and label, waybill.",
    ),
    Clause(
        "§3.6.1",
        Kind.DUTY,
        "超时告警与免责",
        "Alert and excuses",
        "10 分钟未处理即告警呼叫中心；系统、停电断网、电脑故障经核实可免责。",
        "Not handled after 10 min alerts the call centre; verified faults and outages excuse.",
    ),
    section("§5", "营销", "Marketing"),
    Clause(
        "§5.1",
        _FUNCTION,
        "营销活动",
        "Campaigns",
        "活动价自动适用并在报价、订单、运单上显示；日期不合理的不予录入。",
        "A campaign's price is used automatically and shown; impossible dates are refused.",
    ),
    Clause(
        "§5.2",
        _FUNCTION,
        "客户开发",
        "Customer development",
        "潜在客户来源、筛选、需求档案、每日联系目标与跟进。",
        "Prospects with source, filters, need profile, daily targets and follow-ups.",
    ),
    Clause(
        "§6",
        _FUNCTION,
        "渠道",
        "Channels",
        "各渠道均可下单、查价、取消、跟踪；同一渠道单号即同一订单。",
        "Each can order, price, cancel, track; the same partner number twice is the same order.",
    ),
)
