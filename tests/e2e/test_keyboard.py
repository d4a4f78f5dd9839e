"""The clerk's day without a mouse, what a poll leaves alone, and a server that has gone silent."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import Visitor, send
from tests.e2e.system import System

pytestmark = [pytest.mark.browser, pytest.mark.worker, pytest.mark.slow]

UNDO_AT_ONCE = """number => new MutationObserver((_changes, watch) => {
  const undo = document.querySelector(`#row-${number} [data-key=KeyU]`);
  if (!undo) return;
  watch.disconnect();
  document.body.dataset.pressed = "yes";
  undo.click();
}).observe(document.body, {subtree: true, childList: true, attributes: true})"""
"""Take back as soon as the page offers it, quicker than any hand: the answer must be ready for use when it is shown."""


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def stand_on(page: Page, number: str) -> None:
    """Go down the queue with J, as far as there are rows."""
    for _row in page.locator("#queue tbody tr").all():
        page.keyboard.press("j")
        if focused(page) == f"row-{number}":
            return
    raise AssertionError(f"J never came to {number}")


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the control with these words has the focus."""
    for _stop in range(150):
        if words in page.evaluate("document.activeElement.closest('a, button')?.innerText || ''"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {words}")


def test_an_order_is_called_and_accepted_with_keys_alone(visitor: Visitor) -> None:
    number, clerk = send(visitor()), visitor("clerk")
    clerk.goto("/desk/")
    row = clerk.locator(f"#row-{number}")
    stand_on(clerk, number)
    clerk.keyboard.press("a")
    expect(row.get_by_role("alert")).to_contain_text("§1.4.1")
    clerk.keyboard.press("c")
    clerk.wait_for_url("**/confirm/")
    tab_to(clerk, "提交通话结果")
    clerk.keyboard.press("Enter")
    expect(clerk.get_by_role("heading", name=number)).to_contain_text("已受理")


def test_an_acceptance_is_taken_back_and_made_again_with_keys_alone(visitor: Visitor) -> None:
    number, clerk = send(visitor()), visitor("clerk")
    clerk.goto(f"/desk/orders/{number}/")
    tab_to(clerk, "登记已接通")
    clerk.keyboard.press("Enter")
    expect(clerk.locator(".s-timeline")).to_contain_text("联系客户")
    clerk.goto("/desk/")
    row = clerk.locator(f"#row-{number}")
    stand_on(clerk, number)
    clerk.keyboard.press("k")
    assert focused(clerk) != f"row-{number}"
    clerk.keyboard.press("j")
    assert focused(clerk) == f"row-{number}"
    clerk.keyboard.press("a")
    expect(row).to_contain_text("已受理")
    clerk.keyboard.press("u")
    expect(row).to_contain_text("待受理")
    clerk.evaluate(UNDO_AT_ONCE, number)
    clerk.keyboard.press("a")
    expect(clerk.locator("body[data-pressed]")).to_have_count(1)
    expect(row).to_contain_text("待受理")
    expect(row.get_by_role("alert")).to_have_count(0)


def test_help_search_and_the_switch(visitor: Visitor) -> None:
    number, clerk = send(visitor()), visitor("clerk")
    clerk.goto("/desk/")
    clerk.keyboard.press("/")
    expect(clerk.locator("#global-search")).to_be_focused()
    clerk.keyboard.type(number)
    clerk.keyboard.press("Enter")
    expect(clerk.locator("main").get_by_text(number).first).to_be_visible()
    clerk.goto("/desk/")
    clerk.keyboard.press("Shift+Slash")
    expect(clerk.get_by_role("dialog", name="快捷键")).to_be_visible()
    tab_to(clerk, "关闭单键快捷键")
    clerk.keyboard.press("Enter")
    expect(clerk.locator("#keys-sheet button[value=on]")).to_have_count(1)  # the page has come back without keys
    sent: list[str] = []
    clerk.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    clerk.keyboard.press("j")
    clerk.keyboard.press("a")
    assert not focused(clerk).startswith("row-")
    assert sent == []


def test_a_poll_keeps_the_focus_and_what_is_being_typed(visitor: Visitor) -> None:
    customer, clerk = visitor(), visitor("clerk")
    first = send(customer)
    clerk.goto("/desk/")
    stand_on(clerk, first)
    second = send(customer)
    expect(clerk.locator(f"#row-{second}")).to_be_visible()
    assert focused(clerk) == f"row-{first}"
    clerk.keyboard.press("n")
    note = clerk.get_by_label("备注内容").last
    expect(note).to_be_focused()
    clerk.keyboard.type("客户说")
    third = send(customer)
    expect(clerk.locator(f"#row-{third}")).to_be_attached()
    expect(note).to_be_focused()
    clerk.keyboard.type("下午来接")
    expect(note).to_have_value("客户说下午来接")


def test_a_silent_server_is_told_and_its_return_too(system: System, visitor: Visitor) -> None:
    bars = []
    for login, path in (("clerk", "/desk/"), ("agent", "/desk/calls/")):
        page = visitor(login)
        page.goto(path)
        bars.append(page.locator("#offline"))
        expect(bars[-1]).to_be_hidden()
    with system.silent():
        for bar in bars:
            expect(bar).to_be_visible()
            expect(bar).to_contain_text("连接已断开")
    for bar in bars:
        expect(bar).to_be_hidden()
