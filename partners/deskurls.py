"""Addresses of the staff's pages about partners, below /desk/ (wired in `ecomlogistics`)."""

from django.urls import URLPattern, path

from partners.views import partners, pushes

app_name = "partners"

urlpatterns: list[URLPattern] = [
    path("pushes/", pushes.listing, name="pushes"),
    path("pushes/export.xlsx", pushes.export, name="pushes-export"),
    path("pushes/resend/", pushes.resend, name="pushes-resend"),
    path("partners/", partners.listing, name="partners"),
    path("partners/<int:pk>/", partners.detail, name="partner"),
    path("partners/<int:pk>/keys/", partners.new_key, name="key-new"),
    path("partners/<int:pk>/keys/end/", partners.end_key, name="key-end"),
    path("partners/<int:pk>/calls/", partners.log, name="calls"),
]
