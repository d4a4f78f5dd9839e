"""Addresses of the pages of key customers and anomalies; included by `desk.urls`."""

from django.urls import URLPattern, path

from desk.views import anomalies, keyaccounts

urlpatterns: list[URLPattern] = [
    path("key/", keyaccounts.accounts, name="key-accounts"),
    path("key/slips/", keyaccounts.slip_chase, name="slip-chase"),
    path("key/<int:pk>/", keyaccounts.account, name="key-account"),
    path("key/<int:pk>/report/", keyaccounts.report, name="key-report"),
    path("key/<int:pk>/report.xlsx", keyaccounts.report_xlsx, name="key-report-xlsx"),
    path("key/<int:pk>/day/", keyaccounts.day_need, name="key-day"),
    path("key/<int:pk>/<slug:verb>/", keyaccounts.account_act, name="key-account-act"),
    path("anomalies/", anomalies.listing, name="anomalies"),
    path("anomalies/<int:pk>/", anomalies.detail, name="anomaly"),
    path("anomalies/<int:pk>/<slug:verb>/", anomalies.act, name="anomaly-act"),
    path("tracking/<str:number>/", anomalies.tracking, name="tracking-sheet"),
]
