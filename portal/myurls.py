"""A customer's own addresses, all of them for logged-in customers alone."""

from django.urls import path

from portal.views import book, myorders, orderdrafts

urlpatterns = [
    path("my/orders/", myorders.orders, name="my-orders"),
    path("my/orders/export/", myorders.orders_export, name="my-orders-export"),
    path("my/orders/notes/", myorders.notes, name="my-notes"),
    path("my/cod/", myorders.cod, name="my-cod"),
    path("my/cod/export/", myorders.cod_export, name="my-cod-export"),
    path("my/drafts/", orderdrafts.kept, name="drafts"),
    path("my/drafts/<int:key>/delete/", orderdrafts.remove, name="draft-remove"),
    path("my/addresses/", book.entries, name="book"),
    path("my/addresses/new/", book.new, name="book-new"),
    path("my/addresses/export/", book.export, name="book-export"),
    path("my/addresses/template/", book.template, name="book-template"),
    path("my/addresses/import/", book.load, name="book-import"),
    path("my/addresses/from/<str:number>/", book.keep, name="book-keep"),
    path("my/addresses/<int:key>/", book.entry, name="book-entry"),
    path("my/addresses/<int:key>/delete/", book.remove, name="book-remove"),
    path("my/addresses/<int:key>/default/", book.default, name="book-default"),
]
