"""Points, tiers, actions and checks by JSON, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.test import Client

from network.models import Person
from penalties.models import ContactCheck, Ladder, TierAction
from tests.factories import accepted, sh
from tests.penalties.upheld import Ladder as Firm
from tests.penalties.upheld import uphold


@pytest.fixture
def firm(db: None):
    with time_machine.travel(sh("12 10:00:00"), tick=False):
        yield Firm()


def call(person: Person, path: str, body: Any = None) -> tuple[int, Any]:
    client = Client()
    client.force_login(person.account)
    url = f"/api/v1/{path}"
    answer = client.get(url) if body is None else client.post(url, body, content_type="application/json")
    return answer.status_code, answer.json()


ROW = {"clause": "§1.7.1.1", "who": "regional_manager", "scope": "region", "low": 2, "below": 6, "action": "rectification_letter", "workdays": 3}


def test_points_and_the_letter_they_ask_for(firm) -> None:
    uphold(firm, firm.branch, 2, "10 09:00:00")
    status, rows = call(firm.regional_manager, "points/?month=2026-11")
    assert (status, [(row["branch"], row["region"], row["points"]) for row in rows]) == (200, [("B1", "R1", 2)])
    assert call(firm.clerk, "points/")[0] == 403
    assert call(firm.officer, "points/?month=2026-13")[0] == 400
    action = TierAction.objects.get()
    status, refused = call(firm.regional_manager, f"tier-actions/{action.pk}/complete/", {"text": "整" * 299})
    assert (status, refused["clause"], refused["field"]) == (422, "§1.7.1.1", "text")
    assert call(firm.regional_manager, f"tier-actions/{action.pk}/complete/", {"text": "整" * 300, "x": 1})[0] == 400
    status, done = call(firm.regional_manager, f"tier-actions/{action.pk}/complete/", {"text": "整" * 300})
    assert (status, done["state"]) == (200, "done")
    assert call(firm.regional_manager, f"tier-actions/{action.pk}/complete/", {"text": "整" * 300})[0] == 409
    assert call(firm.other_manager, f"tier-actions/{action.pk}/complete/", {"text": "整" * 300})[0] == 404
    assert [row["id"] for row in call(firm.regional_manager, "tier-actions/")[1]] == [action.pk]


def test_tiers(firm) -> None:
    assert len(call(firm.officer, "tiers/")[1]) == 9
    assert call(firm.officer, "tiers/", {"valid_from": "2026-11-13", "rows": [ROW]})[0] == 201
    status, refused = call(firm.officer, "tiers/", {"valid_from": "2026-11-14", "rows": [ROW, {**ROW, "clause": "§1.7.1.2", "low": 5}]})
    assert (status, refused["clause"], refused["field"]) == (422, "§1.7.1", "rows")
    assert call(firm.officer, "tiers/", {"valid_from": "2026-11-12", "rows": [ROW]})[0] == 422
    for wrong in ({"low": "NaN"}, {"low": -1}, {"below": 10**9}, {"who": "king"}):
        assert call(firm.officer, "tiers/", {"valid_from": "2026-11-15", "rows": [{**ROW, **wrong}]})[0] == 400
    assert Ladder.objects.count() == 1


def test_checks(firm) -> None:
    order = accepted(sh("11 09:00:00"), firm.clerk, branch=firm.branch, placed_at=sh("11 08:59:00"))
    body = {"order": order.number, "kind": "acceptance", "text": "没有人给我打过电话"}
    assert call(firm.clerk, "contact-checks/", body)[0] == 403
    assert call(firm.agent, "contact-checks/", {**body, "kind": "cancel_reason"})[0] == 422
    assert call(firm.agent, "contact-checks/", {**body, "order": "E0"})[0] == 404
    assert call(firm.agent, "contact-checks/", body)[0] == 201
    assert call(firm.agent, "contact-checks/", body)[0] == 409
    check = ContactCheck.objects.get()
    assert call(firm.agent, f"contact-checks/{check.pk}/clear/", {"decision": "已联系"})[0] == 403
    status, cleared = call(firm.officer, f"contact-checks/{check.pk}/clear/", {"decision": "录音证实已联系"})
    assert (status, cleared["state"]) == (200, "cleared")
