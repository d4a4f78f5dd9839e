"""Addresses of the chat console; included by `desk.urls`."""

from django.urls import URLPattern, path

from desk.views import chats, phrases

urlpatterns: list[URLPattern] = [
    path("chats/", chats.listing, name="chats"),
    path("chats/rows/", chats.rows, name="chats-rows"),
    path("chats/export.xlsx", chats.export, name="chats-export"),
    path("chats/phrases/", phrases.phrases, name="chat-phrases"),
    path("chats/phrases/<int:pk>/", phrases.phrase, name="chat-phrase"),
    path("chats/phrases/<int:pk>/drop/", phrases.drop, name="chat-phrase-drop"),
    path("chats/<int:pk>/", chats.chat, name="chat"),
    path("chats/<int:pk>/news/", chats.news, name="chat-news"),
    path("chats/<int:pk>/transcript.txt", chats.transcript, name="chat-transcript"),
    path("chats/<int:pk>/why/<uuid:deadline>/", chats.why, name="chat-why"),
    path("chats/<int:pk>/pictures/<str:key>/", chats.shown, name="chat-picture"),
    path("chats/<int:pk>/<slug:verb>/", chats.act, name="chat-act"),
]
