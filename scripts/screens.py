"""Take the README's pictures from a running demonstration: `make run`, then `.venv/bin/python scripts/screens.py [URL]`."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SHOTS = (  # name, size, theme, login, path
    ("queue", DESKTOP, "light", "clerk", "/desk/"),
    ("queue-dark", DESKTOP, "dark", "clerk", "/desk/"),
    ("queue-phone", PHONE, "light", "clerk", "/desk/"),
    ("calls", DESKTOP, "light", "call_centre", "/desk/calls/"),
    ("manage", DESKTOP, "light", "regional_manager", "/desk/manage/"),
    ("order-form", DESKTOP, "light", "", "/order/"),
)


def enter(page: Page, base: str, login: str) -> None:
    """Take a role on the demonstration's role page."""
    page.goto(f"{base}/demo/")
    page.locator(f"form:has(input[value='{login}']) button").click()
    page.wait_for_load_state()


def main(base: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for name, size, theme, login, path in SHOTS:
            context = browser.new_context(viewport=size, color_scheme=theme, locale="zh-CN")  # type: ignore[arg-type]
            page = context.new_page()
            if login:
                enter(page, base, login)
            page.goto(base + path)
            page.wait_for_timeout(800)
            page.screenshot(path=FOLDER / f"{name}.png")
            context.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "http://localhost:8000")
