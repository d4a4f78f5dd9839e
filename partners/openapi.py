"""How the native signature is told in the schema. Imported with the API's addresses, which registers it."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class SignedRequestScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "partners.authentication.SignedRequest"
    name = "signedRequest"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-Signature",
            "description": (
                "X-Key、X-Timestamp（Unix 秒）、X-Nonce、X-Signature = hex(HMAC-SHA256(secret, "
                "METHOD\\npath?query\\ntimestamp\\nnonce\\nsha256hex(body)))"
            ),
        }
