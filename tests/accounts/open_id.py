"""OpenID providers on 127.0.0.1: one by other people (oidc-provider-mock, in a process of its own), and one that lies.

`LyingProvider` is a whole provider too: discovery, codes that are used once and bound to the client, the redirect
address and the PKCE challenge, id_tokens signed with RSA, the keys. Each test makes it tell one lie.
"""

import base64
import hashlib
import json
import secrets
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT_ID, CLIENT_SECRET = "APP-COUNTERSIGN", "a secret of the tests"
ORCID = "0000-0002-1825-0097"


@contextmanager
def foreign_provider() -> Iterator[str]:
    """The issuer of a running oidc-provider-mock that demands a nonce."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    issuer = f"http://127.0.0.1:{port}"
    try:
        _wait_for(f"{issuer}/.well-known/openid-configuration", process)
        yield issuer
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(url: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 40
    while time.monotonic() < until and process.poll() is None:
        try:
            if requests.get(url, timeout=5).ok:
                return
        except requests.ConnectionError:
            time.sleep(0.1)
    raise RuntimeError("oidc-provider-mock did not start")


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class LyingProvider:
    """Answers as `issuer`. `lies` are put over the claims; `claims_to_drop` are left out; `signing_key` signs."""

    def __init__(self) -> None:
        self.key = self.signing_key = new_key()
        self.lies: dict[str, Any] = {}
        self.claims_to_drop: set[str] = set()
        self.description: dict[str, Any] = {}
        self.algorithm = "RS256"
        self.kid = "key-1"
        self.names = {"given_name": "Josiah", "family_name": "Carberry"}
        self.codes: dict[str, dict[str, str]] = {}
        self.status = 200
        self.token_requests = 0

    def __enter__(self) -> "LyingProvider":
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.answer(self, b"")

            def do_POST(self) -> None:
                provider.answer(self, self.rfile.read(int(self.headers["Content-Length"])))

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def answer(self, handler: BaseHTTPRequestHandler, body: bytes) -> None:
        path = urlsplit(handler.path)
        pages = {
            "/.well-known/openid-configuration": self._describe,
            "/oauth/jwks": self._keys,
            "/oauth/token": lambda: self._token(parse_qs(body.decode())),
        }
        if path.path == "/oauth/authorize":
            handler.send_response(302)
            handler.send_header("Location", self._authorize(parse_qs(path.query)))
            handler.end_headers()
            return
        status, content = pages[path.path]()
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        handler.wfile.write(json.dumps(content).encode())

    def _describe(self) -> tuple[int, dict[str, Any]]:
        return self.status, {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/oauth/authorize",
            "token_endpoint": f"{self.issuer}/oauth/token",
            "jwks_uri": f"{self.issuer}/oauth/jwks",
            **self.description,
        }

    def _keys(self) -> tuple[int, dict[str, Any]]:
        public = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return 200, {"keys": [{**public, "kid": "key-1", "alg": "RS256", "use": "sig"}]}

    def _authorize(self, asked: dict[str, list[str]]) -> str:
        one = {name: values[0] for name, values in asked.items()}
        code = secrets.token_urlsafe(8)
        self.codes[code] = one
        return f"{one['redirect_uri']}?{urlencode({'code': code, 'state': one['state']})}"

    def _token(self, sent: dict[str, list[str]]) -> tuple[int, dict[str, Any]]:
        self.token_requests += 1
        one = {name: values[0] for name, values in sent.items()}
        asked = self.codes.pop(one.get("code", ""), None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(one.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or one["client_secret"] != CLIENT_SECRET
            or (asked["client_id"], asked["redirect_uri"]) != (one["client_id"], one["redirect_uri"])
            or asked["code_challenge"] != challenge.decode().rstrip("=")
        ):
            return 400, {"error": "invalid_grant"}
        return 200, {"access_token": "unused", "token_type": "bearer", "id_token": self.id_token(asked["nonce"])}

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": ORCID,
            "iat": now,
            "exp": now + 600,
            "nonce": nonce,
            **self.names,
            **self.lies,
        }
        claims = {name: value for name, value in claims.items() if name not in self.claims_to_drop}
        key: Any = self.signing_key if self.algorithm == "RS256" else "x" * 40 if self.algorithm == "HS256" else None
        return jwt.encode(claims, key, algorithm=self.algorithm, headers={"kid": self.kid})
