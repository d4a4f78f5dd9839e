"""What every request may count on: health, plain words when the database is away, idle logins ended, errors in one shape."""

import json
import logging
from datetime import UTC, datetime, timedelta

import pytest
import structlog
import time_machine
from django.contrib.auth import get_user_model
from django.db import OperationalError
from django.http import Http404, HttpRequest
from django.test import RequestFactory
from rest_framework import exceptions

from ecomlogistics import errors
from ecomlogistics.middleware import DatabaseDown
from ecomlogistics.settings.logs import JsonFormatter
from rulebook.errors import Conflict, Denied, Refused
from sla.models import Heartbeat

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


def test_alive_asks_nothing_of_the_database(client, django_assert_num_queries):
    assert client.get("/healthz").content == b"ok\n"


@pytest.mark.django_db
@pytest.mark.parametrize(("age", "status"), [(0, 200), (15, 200), (16, 503)])
def test_ready_while_the_clocks_are_looked_at(client, age, status):
    with time_machine.travel(NOON, tick=False):
        Heartbeat.objects.create(name="tick", at=NOON - timedelta(seconds=age))
        response = client.get("/readyz")
    assert response.status_code == status
    assert list(response.json()["wrong"]) == (["tick"] if status == 503 else [])


@pytest.mark.django_db
def test_not_ready_before_the_first_tick(client):
    response = client.get("/readyz")
    assert (response.status_code, response["Retry-After"]) == (503, "5")


@pytest.mark.django_db
def test_metrics_are_for_this_machine_alone(client):
    assert b"tick_age_seconds" in client.get("/metrics").content
    assert client.get("/metrics", REMOTE_ADDR="192.0.2.1").status_code == 404


@pytest.mark.parametrize(("path", "expected"), [("/desk/", "系统暂时繁忙"), ("/api/v1/orders/", "unavailable")])
def test_a_database_that_is_away_is_503_in_plain_words(path, expected):
    def away(_request: HttpRequest) -> None:
        raise OperationalError("server closed the connection")

    response = DatabaseDown(away)(RequestFactory().post(path))
    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert expected in response.content.decode()
    assert "server closed" not in response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "still_in"), [(29, True), (31, False)])
def test_an_idle_login_ends_after_thirty_minutes(client, minutes, still_in):
    with time_machine.travel(NOON, tick=False) as travel:
        client.force_login(get_user_model().objects.create(username="li"))
        client.get("/login/")
        travel.shift(timedelta(minutes=minutes))
        client.get("/login/")
        assert ("_auth_user_id" in client.session) is still_in


@pytest.mark.django_db
def test_log_lines_name_the_login(client):
    account = get_user_model().objects.create(username="li")
    client.force_login(account)
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        client.get("/login/")
    assert [line["user_id"] for line in lines if line["event"] == "request_finished"] == [str(account.pk)]


@pytest.mark.parametrize(
    ("error", "status", "body"),
    [
        (
            Refused("§1.4.1", "须先联系发货人", "contact"),
            422,
            {"code": "refused", "clause": "§1.4.1", "field": "contact"},
        ),
        (
            Conflict("已被受理", "李雷", NOON),
            409,
            {"code": "conflict", "winner": "李雷", "at": "2026-11-23T04:00:00+00:00"},
        ),
        (Denied("无权"), 403, {"code": "denied", "message": "无权"}),
        (Http404(), 404, {"code": "not_found"}),
        (
            exceptions.ValidationError({"lines": [{}, {"weight": ["须大于 0"]}]}),
            400,
            {"code": "invalid", "field": "lines.1.weight", "message": "须大于 0"},
        ),
    ],
)
def test_the_api_says_every_error_in_one_shape(error, status, body):
    response = errors.answer(error, {})
    assert response.status_code == status
    assert body.items() <= response.data.items()
    assert {"code", "message", "clause", "field", "request_id"} <= response.data.keys()


def test_what_nobody_foresaw_is_not_dressed_up():
    assert errors.answer(RuntimeError("boom"), {}) is None


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("call 13800138000 now", "13800138000"),
        ("?phone=+8613912345678", "13912345678"),
        ("110101199003074514", "110101199003074514"),
    ],
)
def test_logs_mask_phones_and_identity_numbers(text, hidden):
    line = JsonFormatter().format(logging.LogRecord("x", logging.INFO, "f", 1, text, None, None))
    assert hidden not in line
    assert "****" in json.loads(line)["event"]


def test_pages_carry_a_policy_without_inline_scripts(client):
    policy = client.get("/prices/")["Content-Security-Policy"]
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy


def test_data_may_load_nothing(client):
    assert client.get("/api/v1/nowhere/")["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
