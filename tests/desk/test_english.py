"""The English switch at the desk: no Chinese is left on its pages but names of places, units and what people typed."""

import re

import pytest
from django.test import Client

from desk.acts import ACTS
from network.models import Person, Unit
from rulebook.roles import Role
from tests.desk.test_order import full_life
from tests.factories import Company, placed, post, sh

CHINESE = re.compile(r"[\u3001-\u303f\u4e00-\u9fff\uff00-\uffef]+")
TYPED = "张三 李四 张* 李* 五金配件 文三路 漕溪北路 号 太远 明早发 含接货 浙A 员工 远达物流 中文"
PLACES = "浙江省 杭州市 西湖区 上海市 徐汇区 浙江 杭州 上海 西湖 徐汇"
PARTS_OF_DATA = re.compile(r"<option value=\"\d+\".*?</option>|<!--.*?-->|data-unit=\"元\"|lang=\"[^\"]*\"", re.DOTALL)
PAGES = (
    ("clerk", "/desk/"), ("clerk", "/desk/?tab=all"), ("clerk", "/desk/?q=none"), ("clerk", "/desk/pickups/"),
    ("clerk", "/desk/search/?q=E"), ("clerk", "/desk/messages/"), ("clerk", "/desk/orders/{number}/"),
    ("clerk", "/desk/orders/{new}/"), ("clerk", "/desk/orders/{new}/confirm/"), ("clerk", "/desk/orders/{number}/change/"),
    ("clerk", "/desk/notes/?n={number}"), ("clerk", "/desk/filings/"), ("driver", "/desk/m/"),
    ("agent", "/desk/calls/"), ("agent", "/desk/phone/"), ("agent", "/desk/import/"), ("agent", "/desk/orders/{free}/"),
    ("regional_manager", "/desk/manage/"), ("regional_manager", "/desk/manage/rows/?kpi=timely_handling&side=whole"),
    ("officer", "/desk/filings/"), ("officer", "/desk/calendar/"), ("officer", "/desk/coverage/"),
    ("administrator", "/desk/units/"), ("administrator", "/desk/units/B1/"), ("administrator", "/desk/units/new/"),
    ("administrator", "/desk/people/"), ("administrator", "/desk/people/new/"),
)  # fmt: skip


def read(person: Person, path: str, **posted: str) -> str:
    """Return what the person reads in English, without names and data."""
    client = Client()
    client.force_login(person.account)
    client.post("/i18n/setlang/", {"language": "en"})
    answer = client.post(path, posted, follow=True) if posted else client.get(path)
    assert answer.status_code in ((200, 400, 403, 409, 422) if posted else (200,))
    people = [f"{name}（{number}）" for name, number in Person.objects.values_list("name", "number")]
    names = [*people, *Unit.objects.values_list("name", flat=True), *Person.objects.values_list("name", flat=True)]
    page = PARTS_OF_DATA.sub("", answer.content.decode())
    for name in sorted([*names, *TYPED.split(), *PLACES.split()], key=len, reverse=True):
        page = page.replace(name, "")
    return page


@pytest.mark.parametrize(("who", "path"), PAGES, ids=lambda value: value)
def test_no_chinese_is_left(company: Company, clock: object, who: str, path: str) -> None:
    company.administrator = post(Role.ADMINISTRATOR, company.root)
    numbers = {
        "number": full_life(company).number,
        "new": placed(sh("04 09:55:00"), branch=company.branch).number,
        "free": placed(sh("04 09:55:00")).number,
    }
    assert CHINESE.findall(read(getattr(company, who), path.format(**numbers))) == []


@pytest.mark.parametrize("verb", sorted(ACTS))
def test_what_is_asked_or_refused_is_english(company: Company, clock: object, verb: str) -> None:
    """An act sent with nothing filled in asks for what is missing, refuses, or does it and says so."""
    order = full_life(company)
    assert CHINESE.findall(read(company.manager, f"/desk/orders/{order.number}/{verb}/", seen="1")) == []
