"""Addresses of the pages of penalties, regulations and the bonus run; included by `desk.urls`."""

from django.urls import URLPattern, path

from desk.views import bonus, lanes, penalties, regulations

urlpatterns: list[URLPattern] = [
    path("my-penalties/", penalties.mine, name="my-penalties"),
    path("penalties/", penalties.listing, name="penalties"),
    path("penalties/export.xlsx", penalties.export, name="penalties-export"),
    path("penalties/new/", penalties.enter, name="penalty-new"),
    path("penalties/statement/", bonus.statement_page, name="statement"),
    path("penalties/<int:pk>/", penalties.detail, name="penalty"),
    path("penalties/<int:pk>/<slug:verb>/", penalties.act, name="penalty-act"),
    path("lost-lanes/", lanes.lanes, name="lost-lanes"),
    path("lost-lanes/export.xlsx", lanes.export, name="lost-lanes-export"),
    path("lost-lanes/new/", lanes.enter, name="lost-lane-new"),
    path("lost-lanes/<int:pk>/", lanes.detail, name="lost-lane"),
    path("lost-lanes/<int:pk>/withdraw/", lanes.withdraw, name="lost-lane-withdraw"),
    path("regulations/", regulations.regulations, name="regulations"),
    path("regulations/assess/", regulations.assess, name="regulations-assess"),
    path("bonus/", bonus.bonus, name="bonus"),
    path("bonus/run/", bonus.run, name="bonus-run"),
    path("bonus/template.xlsx", bonus.template, name="bonus-template"),
    path("bonus/export.xlsx", bonus.export, name="bonus-export"),
]
