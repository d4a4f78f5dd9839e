from django.urls import URLPattern, URLResolver, include, path, register_converter

from desk.acts import ACTS
from desk.billsteps import STEPS
from desk.views import bills, bulk, confirm, imports, order, papers, pickups, printing, queue


class Verb:
    """A verb of an order's page (desk.acts)."""

    regex = "|".join(ACTS)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Step(Verb):
    """A step of an issued waybill (desk.billsteps)."""

    regex = "|".join(STEPS)


register_converter(Verb, "verb")
register_converter(Step, "step")

app_name = "desk"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", queue.queue, name="queue"),
    path("rows/", queue.rows, name="rows"),
    path("export.xlsx", queue.export, name="export"),
    path("", include("desk.officeurls")),
    path("", include("desk.keyurls")),
    path("", include("desk.penaltyurls")),
    path("", include("desk.serviceurls")),
    path("", include("desk.claimurls")),
    path("", include("desk.complainturls")),
    path("", include("desk.dutyurls")),
    path("", include("desk.chaturls")),
    path("search/", queue.search, name="search"),
    path("views/", queue.save_view, name="save-view"),
    path("views/<int:pk>/drop/", queue.drop_view, name="drop-view"),
    path("keys/", queue.keys, name="keys"),
    path("bulk/", bulk.bulk, name="bulk"),
    path("notes/", printing.notes, name="notes"),
    path("import/", imports.page, name="import"),
    path("import/template.xlsx", imports.template, name="import-template"),
    path("import/<int:key>/", imports.job, name="import-job"),
    path("import/<int:key>/errors.<str:form>", imports.rejected, name="import-errors"),
    path("pickups/", pickups.pickups, name="pickups"),
    path("m/", pickups.courier, name="courier"),
    path("m/<str:number>/<verb:verb>/", pickups.courier_act, name="courier-act"),
    path("orders/<str:number>/", order.sheet, name="order"),
    path("bills/", bills.bills, name="bills"),
    path("orders/<str:number>/bill/", bills.bill, name="bill"),
    path("orders/<str:number>/bill/<step:name>/", bills.step, name="bill-step"),
    path("orders/<str:number>/amend/", bills.amend, name="amend"),
    path("orders/<str:number>/papers/<str:paper>/", papers.papers, name="papers"),
    path("orders/<str:number>/confirm/", confirm.confirm, name="confirm"),
    path("orders/<str:number>/change/", order.change, name="change"),
    path("orders/<str:number>/phones/", order.phones, name="phones"),
    path("orders/<str:number>/why/<uuid:deadline>/", order.why, name="why"),
    path("orders/<str:number>/<verb:verb>/", order.act, name="act"),
]
