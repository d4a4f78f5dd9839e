"""The English switch: no Chinese is left on the hall's pages but names of places, branches and what customers typed."""

import re

import pytest
import time_machine

from tests.factories import placed, sh

pytestmark = pytest.mark.django_db
CHINESE = re.compile(r"[\u4e00-\u9fff]+")
NAMES = re.compile(
    r"<option.*?</option>|西湖营业部|滨江营业部|鄞州营业部|远达物流|中文|浙江省|杭州市|上海市|西湖区|徐汇区|张三|李四|五金配件|文三路|漕溪北路|号|"
    r"如：|For example: .*?</small>|<!--.*?-->|data-unit=\"元\"|lang=\"[^\"]*\"", re.DOTALL,
)  # fmt: skip


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/order/",
        "/track/",
        "/track/?numbers=1",
        "/branches/",
        "/branches/?q=x",
        "{o}",
        "{o}edit/",
        "{o}cancel/",
        "{o}appointment/",
    ],
)
def test_no_chinese_is_left(client, company, path):
    with time_machine.travel("2026-11-04 09:05:00+08:00", tick=False):
        order = placed(sh("04 09:00:00"), branch=company.branch)
        client.post("/i18n/setlang/", {"language": "en"})
        client.post(f"/orders/{order.number}/unlock/", {"tail": "8000"})
        page = client.get(path.format(o=f"/orders/{order.number}/")).content.decode()
    assert CHINESE.findall(NAMES.sub("", page)) == []


def test_errors_are_english_too(client, company):
    client.post("/i18n/setlang/", {"language": "en"})
    page = client.post("/order/", {"pieces": "0", "shipper_phone": "1"}).content.decode()
    assert CHINESE.findall(NAMES.sub("", page.split("data-order-form")[0])) == []
