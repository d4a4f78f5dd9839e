"""The JSON door of an issued waybill: print, check, tell, answer, copy, link, amend. One view a verb, as its neighbours."""

from orders import services
from orders.api import answers, bodies
from orders.api.views import verb
from orders.models import Waybill


def _answer(*, clerk: object, **given: object) -> Waybill:
    """Record the customer's answer to the billed data, given through a clerk (§4.3.2.3)."""
    return services.answer_bill(by=clerk.actor, person=clerk, **given)  # type: ignore[attr-defined,arg-type]


def _decide(*, clerk: object, **given: object) -> object:
    """Approve or refuse the amendment that waits (§1.4.3)."""
    return services.decide_amendment(person=clerk, **given)  # type: ignore[arg-type]


LinkWaybill = verb("LinkWaybill", services.link_waybill, body=bodies.LinkBody, answer=answers.WaybillAnswer)
PrintWaybill = verb("PrintWaybill", services.print_waybill, body=bodies.PaperBody, answer=answers.WaybillPrintAnswer)
CheckBill = verb("CheckBill", services.check_bill, body=bodies.CheckBody, answer=answers.WaybillAnswer)
TellBill = verb("TellBill", services.tell_bill, body=bodies.TellBody, answer=answers.WaybillAnswer)
AnswerBill = verb("AnswerBill", _answer, body=bodies.BillAnswerBody, answer=answers.WaybillAnswer)
ReturnCopy = verb("ReturnCopy", services.return_copy, body=bodies.CopyBody, answer=answers.WaybillAnswer)
Amend = verb("Amend", services.propose_amendment, body=bodies.AmendBody, answer=answers.AmendmentAnswer)
DecideAmendment = verb("DecideAmendment", _decide, body=bodies.DecideBody, answer=answers.AmendmentAnswer)
WithdrawAmendment = verb("WithdrawAmendment", services.withdraw_amendment, answer=answers.AmendmentAnswer)
