"""Every address under /api/v1/. Each app owns its views; here they get their places (design §6.18)."""

from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_replace
from django.urls import path, re_path
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from complaints import api as complaints
from complaints import claimapi
from delivery import api as delivery
from delivery import freightapi, keyapi, loadapi, recordapi, statementapi
from desk import api as desk
from orders.api import bills, chats, service, tariffs, terms
from orders.api import views as orders
from partners import api as partners
from partners import (
    openapi,  # noqa: F401  (registers the signature with the schema)
    ownapi,
)
from penalties import api as penalties
from penalties import dutyapi, laneapi, watchapi
from pickup import api as pickup
from pricing import api as pricing
from reports import api as reports
from reports import dutyapi as duties
from sla import api as sla
from sla import filingapi, outageapi


@extend_schema(exclude=True)
class Elsewhere(APIView):
    """Whatever the API does not have is answered in its own words too."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        raise NotFound(_("没有这个接口地址，请核对接口文档 /api/v1/docs/。"))

    def get(self, request: Request, **_kwargs: Any) -> Response:
        raise NotFound


ORDER_VERBS = {
    "accept": orders.Accept,
    "take-back-acceptance": orders.TakeBackAcceptance,
    "contacts": orders.Contacts,
    "notes": orders.Notes,
    "postpone": orders.Postpone,
    "resume": orders.Resume,
    "print": orders.Print,
    "assign": orders.Assign,
    "take-back-assignment": orders.TakeBackAssignment,
    "reassign": orders.Reassign,
    "cancel": partners.Cancel,
    "confirm-reason": orders.ConfirmReason,
    "edit": partners.Edit,
    "advance": partners.Advance,
    "versions": orders.Versions,
    "quote": orders.Quote,
    "answer-quote": orders.AnswerQuote,
    "waybill": orders.IssueWaybill,
    "waybill/link": bills.LinkWaybill,
    "waybill/print": bills.PrintWaybill,
    "waybill/check": bills.CheckBill,
    "waybill/tell": bills.TellBill,
    "waybill/answer": bills.AnswerBill,
    "waybill/copy": bills.ReturnCopy,
    "waybill/amend": bills.Amend,
    "waybill/decide": bills.DecideAmendment,
    "waybill/withdraw": bills.WithdrawAmendment,
    "track": partners.Track,
    "pickup": pickup.PickupDetail,
    "pickup/appoint": pickup.Appoint,
    "pickup/notice": pickup.GiveNotice,
    "pickup/dispatch": pickup.Dispatch,
    "pickup/collect": pickup.Collect,
    "pickup/fail": pickup.Fail,
    "pickup/take-back": pickup.TakeBack,
    "pickup/hand-back": pickup.HandBack,
}
inline_styles = csp_replace({"style-src": [SELF, UNSAFE_INLINE]})  # Swagger's page styles itself; its scripts are files
NUMBER = r"orders/(?P<number>[A-Za-z0-9]{1,20})/"
SHIPMENT = r"shipments/(?P<number>[A-Za-z0-9]{1,20})/"
CLAIM = r"claims/(?P<number>[A-Za-z0-9]{1,20})/"
COMPLAINT = r"complaints/(?P<number>[A-Za-z0-9]{1,20})/"
GOODS = delivery.SHIPMENT_VERBS | delivery.SLIP_VERBS | delivery.CASH_VERBS | recordapi.RECORD_VERBS | loadapi.SPLIT_VERBS
GOODS |= freightapi.FREIGHT_VERBS

urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", inline_styles(SpectacularSwaggerSplitView.as_view(url_name="schema")), name="docs"),
    path("orders/", partners.Orders.as_view()),
    re_path(rf"^{NUMBER}$", partners.OrderWithClocks.as_view()),
    *(re_path(rf"^{NUMBER}{name}/$", view.as_view()) for name, view in ORDER_VERBS.items()),
    path("prices/", pricing.Prices.as_view()),
    path("shipments/", desk.Tracking.as_view()),
    path("tariffs/", tariffs.Tariffs.as_view()),
    path("tariffs/<int:key>/", tariffs.TariffDetail.as_view()),
    *(path(f"tariffs/<int:key>/{name}/", view.as_view()) for name, view in tariffs.TARIFF_VERBS.items()),
    path("contracts/", terms.Contracts.as_view()),
    *(path(f"contracts/<int:key>/{name}/", view.as_view()) for name, view in terms.CONTRACT_VERBS.items()),
    path("campaigns/", terms.Campaigns.as_view()),
    *(path(f"campaigns/<int:key>/{name}/", view.as_view()) for name, view in terms.CAMPAIGN_VERBS.items()),
    path("fuel/", terms.Fuel.as_view()),
    *(path(f"fuel/<int:key>/{name}/", view.as_view()) for name, view in terms.FUEL_VERBS.items()),
    re_path(rf"^{SHIPMENT}$", delivery.ShipmentDetail.as_view()),
    re_path(rf"^{SHIPMENT}slip/$", delivery.SlipDetail.as_view()),
    path("scans/", delivery.ScanCode.as_view()),
    re_path(rf"^{SHIPMENT}proofs/$", delivery.Proofs.as_view()),
    re_path(rf"^{SHIPMENT}proofs/(?P<key>[0-9a-f]{{32}})/$", delivery.ProofPicture.as_view()),
    re_path(rf"^{SHIPMENT}cash/$", delivery.CashDetail.as_view()),
    re_path(rf"^{SHIPMENT}freight/$", freightapi.FreightDetail.as_view()),
    *(path(f"freight/{name}/", view.as_view()) for name, view in freightapi.OFFICE_VERBS.items()),
    re_path(rf"^{SHIPMENT}records/$", recordapi.Records.as_view()),
    *(re_path(rf"^{SHIPMENT}{name}/$", view.as_view()) for name, view in GOODS.items()),
    path("cash/statement/", statementapi.Statement.as_view()),
    *(path(f"cash/{name}/", view.as_view()) for name, view in delivery.OFFICE_VERBS.items()),
    *(re_path(rf"^{SHIPMENT}{name}/$", view.as_view()) for name, view in keyapi.SHEET_VERBS.items()),
    re_path(rf"^{SHIPMENT}tracking-sheet/$", keyapi.TrackingSheet.as_view()),
    path("key-customers/", keyapi.KeyCustomers.as_view()),
    path("key-customers/<int:key>/", keyapi.KeyCustomerDetail.as_view()),
    path("key-customers/<int:key>/amend/", keyapi.Amend.as_view()),
    path("key-customers/<int:key>/requirements/", keyapi.Requirements.as_view()),
    path("key-customers/<int:key>/days/", keyapi.DayNeeds.as_view()),
    path("key-customers/<int:key>/end/", keyapi.End.as_view()),
    path("responsibility/", duties.Responsibility.as_view()),
    path("key-customers/<int:key>/report/", reports.KeyCustomerReport.as_view()),
    path("key-customers/<int:key>/report/done/", reports.FinishReport.as_view()),
    path("penalties/", penalties.Penalties.as_view()),
    path("penalties/<int:key>/", penalties.PenaltyDetail.as_view()),
    *(path(f"penalties/<int:key>/{name}/", view.as_view()) for name, view in penalties.PENALTY_VERBS.items()),
    path("lost-lanes/", laneapi.LostLanes.as_view()),
    path("lost-lanes/preview/", laneapi.PreviewLoss.as_view()),
    path("lost-lanes/<int:key>/", laneapi.LostLaneDetail.as_view()),
    path("lost-lanes/<int:key>/withdraw/", laneapi.WithdrawLoss.as_view()),
    path("regulations/", penalties.Regulations.as_view()),
    path("regulations/assess/", penalties.AssessPending.as_view()),
    path("bonuses/", penalties.Bonuses.as_view()),
    path("bonuses/run/", penalties.BonusRuns.as_view()),
    path("anomalies/", keyapi.Anomalies.as_view()),
    *(path(f"anomalies/<int:key>/{name}/", view.as_view()) for name, view in keyapi.ANOMALY_VERBS.items()),
    path("claims/", claimapi.Claims.as_view()),
    re_path(rf"^{CLAIM}$", claimapi.ClaimDetail.as_view()),
    *(re_path(rf"^{CLAIM}{name}/$", view.as_view()) for name, view in claimapi.CLAIM_VERBS.items()),
    path("complaints/", complaints.Complaints.as_view()),
    re_path(rf"^{COMPLAINT}$", complaints.ComplaintDetail.as_view()),
    re_path(rf"^{COMPLAINT}answer/$", complaints.AnswerResult.as_view()),
    re_path(rf"^{COMPLAINT}evidence/$", complaints.EvidenceFiles.as_view()),
    re_path(rf"^{COMPLAINT}evidence/(?P<key>[0-9a-f]{{32}})/$", complaints.EvidenceFile.as_view()),
    *(re_path(rf"^{COMPLAINT}{name}/$", view.as_view()) for name, view in complaints.COMPLAINT_VERBS.items()),
    path("loads/", loadapi.Loads.as_view()),
    path("loads/<int:key>/", loadapi.LoadDetail.as_view()),
    *(path(f"loads/<int:key>/{name}/", view.as_view()) for name, view in loadapi.LOAD_VERBS.items()),
    *(path(f"{kind}/", view.as_view()) for kind, view in service.COLLECTIONS.items()),
    *(path(name.replace("/", "/<int:key>/", 1) + "/", view.as_view()) for name, view in service.VERBS.items()),
    path("chats/", chats.Chats.as_view()),
    path("chats/<int:key>/lines/", chats.Lines.as_view()),
    *(path(f"chats/<int:key>/{name}/", view.as_view()) for name, view in chats.CHAT_VERBS.items()),
    path("customer-calls/", service.CustomerCalls.as_view()),
    path("phone-figures/", service.PhoneFigures.as_view()),
    path("deadlines/", sla.Deadlines.as_view()),
    path("deadlines/<uuid:key>/", sla.DeadlineDetail.as_view()),
    path("deadlines/<uuid:key>/filings/", filingapi.File.as_view()),
    path("filings/", filingapi.Filings.as_view()),
    path("filings/<int:key>/", filingapi.FilingDetail.as_view()),
    path("filings/<int:key>/evidence/", filingapi.FilingFiles.as_view()),
    re_path(r"^filings/(?P<key>[0-9]{1,19})/evidence/(?P<file>[0-9a-f]{32})/$", filingapi.FilingFile.as_view()),
    *(path(f"filings/<int:key>/{name}/", view.as_view()) for name, view in filingapi.FILING_VERBS.items()),
    path("watches/", watchapi.Watches.as_view()),
    path("watches/<int:key>/", watchapi.WatchDetail.as_view()),
    *(path(f"watches/<int:key>/{name}/", view.as_view()) for name, view in watchapi.WATCH_VERBS.items()),
    path("outages/", outageapi.Outages.as_view()),
    path("outages/preview/", outageapi.PreviewOutage.as_view()),
    path("outages/<int:key>/", outageapi.OutageDetail.as_view()),
    *(path(f"outages/<int:key>/{name}/", view.as_view()) for name, view in outageapi.OUTAGE_VERBS.items()),
    path("points/", dutyapi.Points.as_view()),
    path("tiers/", dutyapi.Tiers.as_view()),
    path("tier-actions/", dutyapi.Actions.as_view()),
    *(path(f"tier-actions/<int:key>/{name}/", view.as_view()) for name, view in dutyapi.ACTION_VERBS.items()),
    path("contact-checks/", dutyapi.Checks.as_view()),
    *(path(f"contact-checks/<int:key>/{name}/", view.as_view()) for name, view in dutyapi.CHECK_VERBS.items()),
    path("partner/", ownapi.Own.as_view()),
    path("partner/callback/", ownapi.Callback.as_view()),
    path("partner/keys/", ownapi.Keys.as_view()),
    re_path(r"^partner/keys/(?P<key>[A-Za-z0-9]{1,32})/end/$", ownapi.EndKey.as_view()),
    path("partner/calls/", ownapi.Calls.as_view()),
    path("pushes/", ownapi.Pushes.as_view()),
    path("pushes/resend/", ownapi.Resend.as_view()),
    path("", Elsewhere.as_view()),
    path("<path:rest>", Elsewhere.as_view()),
]
