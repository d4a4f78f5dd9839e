"""The coverage page: every clause with its state, filtered and counted."""

from django.test import Client

from tests.factories import Company

PAGE = "/desk/coverage/"


def shown(client: Client, **query: str) -> list[tuple[str, str]]:
    return [(row.clause, of) for row, of, _label, _kind in client.get(PAGE, query).context["page"]]


def test_a_clause_that_is_enforced_and_tested(desk: Client) -> None:
    assert ("§1.2.1.5", "tested") in shown(desk, q="§1.2.1.5")


def test_a_clause_that_nobody_has_built(desk: Client) -> None:
    assert {of for _clause, of in shown(desk, state="missing")} == {"missing"}
    assert "尚未实现" in desk.get(PAGE, {"state": "missing"}).content.decode()


def test_counts_add_up(desk: Client) -> None:
    context = desk.get(PAGE).context
    assert (
        sum(count for _key, _label, count in context["states"]) == context["total"] == context["page"].paginator.count
    )


def test_filters(desk: Client) -> None:
    assert shown(desk, q="接货", kind="limit")
    assert "没有符合条件的条款" in desk.get(PAGE, {"q": "𠮷😀"}).content.decode()
    assert desk.get(PAGE, {"state": "x", "kind": "<b>", "page": "-1", "q": "x" * 100_000}).status_code == 200


def test_staff_only(company: Company, clock: object) -> None:
    assert Client().get(PAGE).status_code == 302
