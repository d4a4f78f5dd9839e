"""Addresses of the customer-service pages; included by `desk.urls`."""

from django.urls import URLPattern, path

from desk.views import callings, erasures, notices, service

urlpatterns: list[URLPattern] = [
    path("erasures/", erasures.erasures, name="erasures"),
    path("erasures/<int:pk>/<slug:verb>/", erasures.decide, name="erasure-decide"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<int:pk>/again/", notices.again, name="notice-again"),
    path("service/calls/", callings.calls, name="service-calls"),
    path("service/calls/<int:pk>/", callings.call, name="service-call"),
    path("service/survey/", callings.survey, name="service-survey"),
    path("service/standards/", callings.standards, name="service-standards"),
    path("service/standards/<slug:code>/", callings.standard, name="service-standard"),
    path("service/<slug:kind>/", service.listing, name="service"),
    path("service/<slug:kind>/export.xlsx", service.export, name="service-export"),
    path("service/<slug:kind>/<int:pk>/", service.detail, name="service-one"),
    path("service/<slug:kind>/<int:pk>/files/<str:key>/", service.file, name="service-file"),
    path("service/<slug:kind>/<int:pk>/<slug:verb>/", service.act, name="service-act"),
]
