"""Addresses of the complaint desk; included by `desk.urls`."""

from django.urls import URLPattern, path

from desk.views import complaintfiling, complaints

urlpatterns: list[URLPattern] = [
    path("complaints/", complaints.listing, name="complaints"),
    path("complaints/export.xlsx", complaints.export, name="complaints-export"),
    path("complaints/new/", complaintfiling.new, name="complaint-new"),
    path("complaints/<int:pk>/", complaints.detail, name="complaint"),
    path("complaints/<int:pk>/contact/", complaintfiling.contact, name="complaint-contact"),
    path("complaints/<int:pk>/why/<uuid:deadline>/", complaints.why, name="complaint-why"),
    path("complaints/<int:pk>/files/<str:key>/", complaintfiling.evidence, name="complaint-file"),
    path("complaints/<int:pk>/<slug:verb>/", complaints.act, name="complaint-act"),
]
