"""The schema partners generate their clients from: names that do not collide, and every answer an operation may give."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS

ERRORS = {"400", "401", "403", "404", "409", "422", "429"}


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    told: dict[str, Any] = Client().get("/api/v1/schema/?format=json").json()
    return told


def operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(method, path, said) for path, verbs in schema["paths"].items() for method, said in verbs.items() if method in {"get", "post"}]


def test_nothing_was_guessed_and_no_two_bodies_share_a_name(schema: dict[str, Any]) -> None:
    said = [*GENERATOR_STATS._error_cache, *GENERATOR_STATS._warn_cache]
    assert [line for line in said if "enum naming" not in line and "multiple names" not in line] == []


def test_every_operation_has_a_name_of_its_own(schema: dict[str, Any]) -> None:
    names = [said["operationId"] for _method, _path, said in operations(schema)]
    assert len(names) > 150
    assert len(set(names)) == len(names)


def test_every_operation_tells_its_errors_with_a_body(schema: dict[str, Any]) -> None:
    for method, path, said in operations(schema):
        assert said["responses"].keys() >= ERRORS, (method, path)
        for status in ERRORS:
            body = said["responses"][status]["content"]["application/json"]
            assert body["schema"] == {"$ref": "#/components/schemas/Error"}, (method, path, status)
    assert set(schema["components"]["schemas"]["Error"]["required"]) == {"code", "message", "clause", "field", "request_id"}


def test_every_reference_is_there(schema: dict[str, Any]) -> None:
    text = json.dumps(schema)
    for part in text.split('"$ref": "#/components/schemas/')[1:]:
        assert part.split('"')[0] in schema["components"]["schemas"]


def test_placing_has_an_example_that_holds(schema: dict[str, Any]) -> None:
    told = schema["paths"]["/api/v1/orders/"]["post"]["requestBody"]["content"]["application/json"]
    [example] = told["examples"].values()
    assert set(told["schema"]["required"]) <= example["value"].keys() <= told["schema"]["properties"].keys()
