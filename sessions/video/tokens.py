"""JSON Web Tokens (RFC 7519), signed with HMAC-SHA256: the one kind that Jitsi's shared secret needs.

Only written, never read: no library of tokens is locked, and one of ours that verifies nothing has no way to be fooled.
"""

import base64
import hashlib
import hmac
import json
from typing import Any


def signed_token(claims: dict[str, Any], secret: str) -> str:
    head = _text(json.dumps({"alg": "HS256", "typ": "JWT"}, separators=(",", ":")).encode())
    body = _text(json.dumps(claims, separators=(",", ":"), ensure_ascii=False).encode())
    signature = hmac.new(secret.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    return f"{head}.{body}.{_text(signature)}"


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
