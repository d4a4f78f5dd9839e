"""The content security policy of answers that hold data and nothing to run."""

from csp.middleware import CSPMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase

DATA = "default-src 'none'; frame-ancestors 'none'"
JSON = "application/json"


class PolicyMiddleware(CSPMiddleware):
    """JSON is data alone and may load nothing; pages get the policy of the settings, with their nonce."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.get("Content-Type", "") != JSON:
            return super().process_response(request, response)
        response["Content-Security-Policy"] = DATA
        return response
