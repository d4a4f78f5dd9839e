"""Addresses of the pages of points, tiers and checks; included by `desk.urls`."""

from django.urls import URLPattern, path

from desk.views import checks, points, responsibility

urlpatterns: list[URLPattern] = [
    path("responsibility/", responsibility.page, name="responsibility"),
    path("responsibility/print/", responsibility.paper, name="responsibility-print"),
    path("responsibility/export.xlsx", responsibility.export, name="responsibility-export"),
    path("points/", points.points, name="points"),
    path("actions/", points.actions, name="actions"),
    path("actions/<int:pk>/", points.action, name="action"),
    path("tiers/", points.ladder, name="tiers"),
    path("checks/", checks.listing, name="checks"),
    path("checks/<int:pk>/<slug:verb>/", checks.decide, name="check-decide"),
    path("orders/<str:number>/check/", checks.open_check, name="check-open"),
]
