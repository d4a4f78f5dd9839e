"""Complaints, claims, penalties without a mouse: every control is reached by Tab and shows it; a complaint's whole life by keys."""

import pytest
from playwright.sync_api import Page, expect

from complaints import services
from complaints.models import Complaint
from core import clock
from penalties.models import Penalty
from tests.complaints import claimcases
from tests.complaints.cases import Desk
from tests.desk.test_browser import browser_context_args  # noqa: F401  (a fixture)
from tests.desk.test_complaints_browser import as_, complained

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

MARK = """() => {
  const groups = new Set();
  const controls = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")].filter((node) => {
    if (node.disabled || node.type === "hidden" || node.tabIndex < 0 || !node.checkVisibility()) return false; // what a closed menu holds does not count
    if (node.type !== "radio") return true;
    const group = node.form?.id + node.form?.action + node.name; // Tab comes to a group once
    return !groups.has(group) && groups.add(group);
  });
  controls.forEach((node, i) => (node.dataset.walk = i));
  return controls.map((node) => `${node.tagName} ${node.name || node.id || node.innerText || node.href}`);
}"""
STEP = """() => {
  const node = document.activeElement, style = getComputedStyle(node);
  const shown = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  return [Number(node.dataset.walk ?? -1), shown];
}"""
"""Which control has the focus, and whether it shows."""


@pytest.fixture(autouse=True)
def _folder(tmp_path, settings) -> None:
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def office(transactional_db) -> Desk:
    return Desk()


def walk(page: Page) -> tuple[list[str], list[str]]:
    """Press Tab from the top until it comes round; return the controls it never came to and those that hide their focus."""
    page.evaluate("() => document.querySelectorAll('main details').forEach((each) => (each.open = true))")
    names = page.evaluate(MARK)
    seen: dict[int, bool] = {}
    for _stop in range(3 * len(names) + 30):  # a date has several stops
        page.keyboard.press("Tab")
        at, shown = page.evaluate(STEP)
        if at >= 0:
            seen[at] = seen.get(at, False) or shown
        if len(seen) == len(names):
            break
    return [name for i, name in enumerate(names) if i not in seen], [names[i] for i, shown in seen.items() if not shown]


def test_tab_comes_to_everything_and_shows_where_it_is(page: Page, live_server, office: Desk) -> None:
    claimcases.offices(office)
    complaint = complained(office, category="attitude")
    services.take(pk=complaint.pk, clerk=office.officer, now=clock.now())
    claim = claimcases.received(claimcases.opened(claimcases.goods(office)))
    services.uphold(
        pk=complaint.pk, clerk=office.officer, branch="B1", reason="属实", point_code="attitude", person=office.clerk.number,
        findings={"untrue_information": {}}, now=clock.now(),
    )  # fmt: skip
    fine = Penalty.objects.order_by("pk").first()
    assert fine
    pages = [
        (office.officer, "complaints/"), (office.officer, "complaints/new/"), (office.officer, f"complaints/{complaint.pk}/"),
        (office.adjuster, "claims/"), (office.adjuster, f"claims/{claim.number}/"),
        (office.officer, "penalties/"), (office.officer, f"penalties/{fine.pk}/"), (office.officer, "filings/"),
    ]  # fmt: skip
    for person, path in pages:
        as_(page, person, live_server.url)
        page.goto(f"{live_server.url}/desk/{path}")
        assert walk(page) == ([], []), path


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until what has the focus matches this selector."""
    for _stop in range(200):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", wanted):
            return
    raise AssertionError(f"Tab never came to {wanted}")


def choose(page: Page, value: str) -> None:
    """Go down the options of the select that has the focus."""
    for _option in range(60):
        if page.evaluate("() => document.activeElement.value") == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"no option {value}")


def press(page: Page, selector: str, said: str) -> None:
    """Come to a button, press it, read what the page says."""
    tab_to(page, selector)
    page.keyboard.press("Enter")
    expect(page.locator(".app-message")).to_contain_text(said)


def test_a_complaint_is_filed_taken_adjudicated_and_closed_with_keys_alone(page: Page, live_server, office: Desk) -> None:
    as_(page, office.officer, live_server.url)
    page.goto(f"{live_server.url}/desk/complaints/new/")
    tab_to(page, "main [name=category]")
    choose(page, "late_pickup")
    tab_to(page, "main [name=text]")
    page.keyboard.type("约好九点没来")
    tab_to(page, "main [name=branch]")
    page.keyboard.type("B1")
    tab_to(page, "main [name=contact_phone]")
    page.keyboard.type("13800138000")
    press(page, "main .btn-primary", "投诉已登记")
    press(page, "form[action$='/take/'] button", "受理投诉")

    tab_to(page, "#uphold > summary")
    page.keyboard.press("Enter")
    tab_to(page, "#uphold [name=point_code]")
    page.keyboard.press("Escape")
    expect(page.locator("#uphold")).not_to_have_attribute("open", "")
    expect(page.locator("#uphold > summary")).to_be_focused()
    page.keyboard.press("Enter")
    tab_to(page, "#uphold [name=point_code]")
    choose(page, "other")
    tab_to(page, "#uphold [name=reason]")
    page.keyboard.type("查证属实")
    press(page, "#uphold .btn-primary", "裁定成立")

    tab_to(page, "#tell > summary")
    page.keyboard.press("Enter")
    tab_to(page, "#tell [name=text]")
    page.keyboard.type("属实，向您致歉")
    press(page, "#tell .btn-primary", "告知处理结果")

    tab_to(page, "#close > summary")
    page.keyboard.press("Enter")
    tab_to(page, "#close [name=answer]")
    page.keyboard.press("Space")
    press(page, "#close .btn-primary", "结案")
    complaint = Complaint.objects.get()
    assert (complaint.state, complaint.answer, complaint.category, complaint.text) == ("closed", "yes", "late_pickup", "约好九点没来")
