"""Proving an ORCID iD: OpenID Connect, authorization code flow, the code exchanged by our server.

What is sent: `state` and `nonce` (OpenID Connect Core 1.0, 3.1.2.1) and a PKCE challenge (RFC 7636). What is believed:
an id_token with a good RS256 signature by a key of the configured issuer, for our client id, in its time, with our
nonce (Core 3.1.3.7). It says which iD somebody is signed in to at orcid.org; anybody can register one under any name.
Nothing is fetched unless both settings are there, and never by the reader's browser.
"""

import re
import secrets
from dataclasses import dataclass
from typing import Any

import jwt
import requests
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.utils import generate_code_challenge
from django.conf import settings
from django.http import HttpRequest

# Seconds to connect and to answer; a person is waiting.
TIMEOUT = (5, 10)
# Their clock and ours may differ by so many seconds.
LEEWAY = 30


class OrcidError(Exception):
    """The iD is not proved; the message is for the log, the person is told to start again."""


class OrcidUnreachableError(OrcidError):
    """orcid.org did not answer, or not in the form that was agreed."""


@dataclass(frozen=True)
class Attempt:
    """What we remember of somebody whom we sent to orcid.org; `state` and `nonce` are used once."""

    state: str
    nonce: str
    verifier: str
    started_at: float


@dataclass(frozen=True)
class OrcidProof:
    """The iD that was proved (0000-0000-0000-0000) and the name its record gives, which may be empty."""

    orcid: str
    name: str


def is_configured() -> bool:
    return bool(settings.ORCID_CLIENT_ID and settings.ORCID_CLIENT_SECRET)


def address_of(orcid: str) -> str:
    """The address of the record of `orcid`."""
    return f"{settings.ORCID_URL}/{orcid}"


def find_orcid(typed: str) -> str:
    """The ORCID iD in `typed` (bare or as an address) as 0000-0000-0000-0000; empty when its check digit is wrong.

    The check digit is ISO 7064 MOD 11-2.
    """
    bare = re.sub(r"^https?://orcid\.org/", "", typed.strip(), flags=re.IGNORECASE).rstrip("/").replace("-", "").upper()
    if not re.fullmatch(r"[0-9]{15}[0-9X]", bare):
        return ""
    total = 0
    for sign in bare[:15]:
        total = (total + int(sign)) * 2
    check = (12 - total % 11) % 11
    if bare[15] != ("X" if check == 10 else str(check)):
        return ""
    return "-".join(bare[start : start + 4] for start in range(0, 16, 4))


def start(request: HttpRequest, *, callback: str, now: float) -> tuple[Attempt, str]:
    """A new attempt, and the address at orcid.org to send the person to. Raises `OrcidUnreachableError`.

    `callback` is the address registered with ORCID; `now` is in seconds since 1970.
    """
    pkce = generate_code_challenge()
    attempt = Attempt(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=pkce.pop("code_verifier"),
        started_at=now,
    )
    provider = _discover()
    client = _client(request, provider, callback=callback)
    client.state = attempt.state
    # Asks even somebody who is signed in there: on a shared machine the iD could be another person's.
    extra = {"nonce": attempt.nonce, "prompt": "login", **pkce}
    return attempt, str(client.get_redirect_url(provider["authorization_endpoint"], ["openid"], extra))


def finish(request: HttpRequest, *, attempt: Attempt, code: str, callback: str) -> OrcidProof:
    """Exchange `code` and return what is proved. Raises `OrcidUnreachableError` and `OrcidError`."""
    provider = _discover()
    try:
        answer = _client(request, provider, callback=callback).get_access_token(
            code, pkce_code_verifier=attempt.verifier
        )
    except OAuth2Error as error:
        raise OrcidError("the code was refused") from error
    except (requests.RequestException, ValueError, KeyError) as error:
        raise OrcidUnreachableError("the code could not be exchanged") from error
    claims = _read(str(answer.get("id_token", "")), keys=_fetch(provider["jwks_uri"]))
    if not secrets.compare_digest(str(claims["nonce"]).encode(), attempt.nonce.encode()):
        raise OrcidError("the nonce is not ours")
    orcid = find_orcid(str(claims["sub"]))
    if not orcid:
        raise OrcidError("the subject is not an ORCID iD")
    name = " ".join(str(claims.get(part) or "").strip() for part in ("given_name", "family_name")).strip()
    return OrcidProof(orcid=orcid, name=name[:200])


def _client(request: HttpRequest, provider: dict[str, Any], *, callback: str) -> OAuth2Client:
    return OAuth2Client(
        request,
        settings.ORCID_CLIENT_ID,
        settings.ORCID_CLIENT_SECRET,
        "POST",
        provider["token_endpoint"],
        callback,
        headers={"Accept": "application/json"},
    )


def _discover() -> dict[str, Any]:
    """The provider's own description. It must name itself as the configured issuer (OpenID Connect Discovery 4.3)."""
    provider = _fetch(f"{settings.ORCID_URL}/.well-known/openid-configuration")
    if provider.get("issuer") != settings.ORCID_URL:
        raise OrcidUnreachableError("the provider names another issuer")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        # A description cannot send our secret, or our visitors, to another site.
        if not str(provider.get(name, "")).startswith(f"{settings.ORCID_URL}/"):
            raise OrcidUnreachableError(f"{name} lies elsewhere")
    return provider


def _fetch(url: str) -> dict[str, Any]:
    try:
        answer = requests.get(url, timeout=TIMEOUT, allow_redirects=False, headers={"Accept": "application/json"})
        answer.raise_for_status()
        found = answer.json()
    except (requests.RequestException, ValueError) as error:
        raise OrcidUnreachableError(f"{url} cannot be read") from error
    if not isinstance(found, dict):
        raise OrcidUnreachableError(f"{url} is not an object")
    return found


def _read(token: str, *, keys: dict[str, Any]) -> dict[str, Any]:
    """The claims of an id_token that is signed by one of `keys`, for us, by the issuer, and in its time."""
    try:
        key = _key_of(token, jwt.PyJWKSet.from_dict(keys))
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key.key,
            algorithms=["RS256"],
            audience=settings.ORCID_CLIENT_ID,
            issuer=settings.ORCID_URL,
            leeway=LEEWAY,
            options={"require": ["iss", "aud", "exp", "iat", "sub", "nonce"]},
        )
    except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
        raise OrcidError(f"the id_token is not to be believed: {error}") from error
    if claims.get("azp", settings.ORCID_CLIENT_ID) != settings.ORCID_CLIENT_ID:
        raise OrcidError("the id_token was made for another site")
    if isinstance(claims["aud"], list) and len(claims["aud"]) > 1 and "azp" not in claims:
        raise OrcidError("the id_token was made for several sites")
    return claims


def _key_of(token: str, known: jwt.PyJWKSet) -> jwt.PyJWK:
    """The key that `token` names. It may name none where there is only one (OpenID Connect Core 10.1)."""
    name = jwt.get_unverified_header(token).get("kid")
    if name is None and len(known.keys) == 1:
        return known.keys[0]
    return known[str(name)]
