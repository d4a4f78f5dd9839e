"""Addresses of the claim desk; included by `desk.urls`."""

from django.urls import URLPattern, path

from desk.views import claims

urlpatterns: list[URLPattern] = [
    path("claims/", claims.listing, name="claims"),
    path("claims/export.xlsx", claims.export, name="claims-export"),
    path("claims/new/", claims.opening, name="claim-new"),
    path("claims/<str:number>/", claims.detail, name="claim"),
    path("claims/<str:number>/files/<str:key>/", claims.file, name="claim-file"),
    path("claims/<str:number>/receive/", claims.receive, name="claim-receive"),
    path("claims/<str:number>/<slug:verb>/", claims.act, name="claim-act"),
]
