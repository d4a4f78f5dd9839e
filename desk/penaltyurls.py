"""Addresses of the pages of penalties, regulations and the bonus run; included by `desk.urls`."""

from django.urls import URLPattern, path

from desk.views import bonus, penalties, regulations

urlpatterns: list[URLPattern] = [
    path("my-penalties/", penalties.mine, name="my-penalties"),
    path("penalties/", penalties.listing, name="penalties"),
    path("penalties/export.xlsx", penalties.export, name="penalties-export"),
    path("penalties/new/", penalties.enter, name="penalty-new"),
    path("penalties/statement/", bonus.statement_page, name="statement"),
    path("penalties/<int:pk>/", penalties.detail, name="penalty"),
    path("penalties/<int:pk>/<slug:verb>/", penalties.act, name="penalty-act"),
    path("regulations/", regulations.regulations, name="regulations"),
    path("regulations/assess/", regulations.assess, name="regulations-assess"),
    path("bonus/", bonus.bonus, name="bonus"),
    path("bonus/run/", bonus.run, name="bonus-run"),
    path("bonus/template.xlsx", bonus.template, name="bonus-template"),
    path("bonus/export.xlsx", bonus.export, name="bonus-export"),
]
