"""Addresses of the page for partners' engineers, in the hall (wired in `ecomlogistics`)."""

from django.urls import URLPattern, path

from partners.views import developers

app_name = "developers"

urlpatterns: list[URLPattern] = [
    path("", developers.page, name="page"),
    path("signature/", developers.signature, name="signature"),
]
