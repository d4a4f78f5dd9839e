from django.urls import URLPattern, URLResolver, path

from portal.views import branches, changing, claims, complaints, home, my, ordering, places, prices, service, tracking

app_name = "portal"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("my/", my.home, name="my"),
    path("order/", ordering.order, name="order"),
    path("order/branches/", branches.offered, name="offered"),
    path("order/placed/<str:number>/", ordering.placed, name="placed"),
    path("track/", tracking.track, name="track"),
    path("orders/<str:number>/", tracking.order, name="progress"),
    path("orders/<str:number>/unlock/", tracking.unlock, name="unlock"),
    path("orders/<str:number>/proofs/<str:key>/", tracking.proof, name="proof"),
    path("orders/<str:number>/edit/", changing.change, name="edit"),
    path("orders/<str:number>/appointment/", changing.appointment, name="appointment"),
    path("orders/<str:number>/cancel/", changing.end, name="cancel"),
    path("orders/<str:number>/bill/", changing.bill, name="bill"),
    path("orders/<str:number>/quote/", changing.quote, name="quote"),
    path("orders/<str:number>/survey/", service.survey, name="survey"),
    path("orders/<str:number>/complain/", complaints.file, name="complain"),
    path("complaints/", complaints.find, name="complaints"),
    path("complaints/<str:number>/", complaints.progress, name="complaint"),
    path("complaints/<str:number>/unlock/", complaints.unlock, name="complaint-unlock"),
    path("complaints/<str:number>/answer/", complaints.answer, name="complaint-answer"),
    path("complaints/<str:number>/files/", complaints.add, name="complaint-add"),
    path("complaints/<str:number>/files/<str:key>/", complaints.shown, name="complaint-file"),
    path("help/", service.report, name="help"),
    path("orders/<str:number>/claim/", claims.opening, name="claim-new"),
    path("claims/", claims.find, name="claim-find"),
    path("claims/answer/<str:token>/", claims.answer, name="claim-answer"),
    path("claims/<str:number>/", claims.claim, name="claim"),
    path("claims/<str:number>/papers/<slug:paper>/", claims.hand_in, name="claim-hand-in"),
    path("claims/<str:number>/files/<str:key>/", claims.file, name="claim-file"),
    path("claims/<str:number>/<slug:verb>/", claims.act, name="claim-act"),
    path("branches/", branches.branches, name="branches"),
    path("prices/", prices.prices, name="prices"),
    path("places/", places.below, name="provinces"),
    path("places/split/", places.divide, name="split"),
    path("places/<str:code>/", places.below, name="places"),
]
