"""Addresses of the pages beside the queue; included by `desk.urls`."""

from django.urls import URLPattern, path

from desk.views import calendar, callcentre, cash, coverage, filings, goods, manage, messages, network, people, phone

urlpatterns: list[URLPattern] = [
    path("calls/", callcentre.board, name="callcentre"),
    path("calls/undo/", callcentre.undo, name="callcentre-undo"),
    path("calls/<str:number>/assign/", callcentre.assign, name="callcentre-assign"),
    path("calls/<str:number>/seen/", callcentre.seen, name="callcentre-seen"),
    path("phone/", phone.phone, name="phone"),
    path("messages/", messages.inbox, name="messages"),
    path("messages/<str:number>/see/", messages.see, name="messages-see"),
    path("manage/", manage.figures, name="manage"),
    path("manage/rows/", manage.rows, name="manage-rows"),
    path("calendar/", calendar.year, name="calendar"),
    path("deliveries/", goods.deliveries, name="deliveries"),
    path("deliveries/bulk/", goods.bulk, name="deliveries-bulk"),
    path("goods/<str:number>/", goods.sheet, name="goods"),
    path("goods/<str:number>/<slug:verb>/", goods.act, name="goods-act"),
    path("m/goods/", goods.mine, name="my-goods"),
    path("m/goods/<str:number>/<slug:verb>/", goods.my_act, name="my-goods-act"),
    path("cash/", cash.page, name="cash"),
    path("cash/ledger.xlsx", cash.ledger, name="cash-ledger"),
    path("cash/<slug:verb>/", cash.act, name="cash-act"),
    path("filings/", filings.filings, name="filings"),
    path("filings/new/<uuid:deadline>/", filings.file, name="file"),
    path("filings/<int:pk>/", filings.decide, name="filing"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("units/", network.units, name="units"),
    path("units/new/", network.found, name="found"),
    path("units/<str:code>/", network.unit, name="unit"),
    path("units/<str:code>/move/", network.move, name="unit-move"),
    path("units/<str:code>/close/", network.close, name="unit-close"),
    path("people/", people.people, name="people"),
    path("people/new/", people.hire, name="hire"),
    path("people/<str:number>/", people.person, name="person"),
    path("people/<str:number>/appoint/", people.appoint, name="appoint-person"),
    path("people/posts/<int:pk>/relieve/", people.relieve, name="relieve"),
]
