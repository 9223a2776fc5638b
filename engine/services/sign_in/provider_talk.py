"""Talks to an OpenID provider: where it is to be found, what it signs with, a code for an identity."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from engine.clock import Clock
from engine.errors import Busy, SignInRefused
from engine.services.sign_in.providers import Provider

_PATIENCE = 10
#: How long what a provider says of itself is believed, and how soon its keys are asked for again.
_BELIEVED = timedelta(hours=1)
_KEYS_AGAIN = timedelta(minutes=1)
#: Signatures that only the provider can make; never ones by a shared secret, or none.
_ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
_LEEWAY_SECONDS = 60
_UNTRUE = "What the provider sent can't be verified. Begin the sign-in anew."


class ProviderTalk:
    """One provider, with what is known of it for a while."""

    def __init__(self, provider: Provider, clock: Clock, return_address: str) -> None:
        self.provider = provider
        self._clock = clock
        self._return_address = return_address
        self._guard = threading.Lock()
        self._metadata: tuple[datetime, dict[str, Any]] | None = None
        self._keys: tuple[datetime, Any] | None = None

    def sign_in_address(self, *, nonce: str, verifier: str) -> tuple[str, str]:
        """Where to send the browser, and the state that it has to bring back."""
        with self._session() as session:
            address, state = session.create_authorization_url(
                self.metadata()["authorization_endpoint"], nonce=nonce, code_verifier=verifier
            )
        return str(address), str(state)

    def identity(self, returned: str, *, state: str, nonce: str, verifier: str) -> tuple[dict[str, Any], str]:
        """What the provider says of who signed in, and the signed original.

        Args:
            returned: the address at which the browser came back, query included.

        Raises:
            SignInRefused: it isn't the answer to our question, or isn't the provider's.
            Busy: the provider can't be reached.
        """
        from authlib.common.errors import AuthlibBaseError

        with self._session() as session, _reached():
            try:
                tokens = session.fetch_token(
                    self.metadata()["token_endpoint"],
                    authorization_response=returned,
                    state=state,
                    code_verifier=verifier,
                    timeout=_PATIENCE,
                )
            except AuthlibBaseError:
                raise SignInRefused(_UNTRUE) from None
        signed = str(tokens.get("id_token", ""))
        claims = self.verified(signed, nonce={"essential": True, "value": nonce}, sub={"essential": True})
        if claims.get("azp", self.provider.client_id) != self.provider.client_id:
            raise SignInRefused(_UNTRUE)
        return self._with_email(claims, str(tokens["access_token"])), signed

    def verified(self, signed: str, **wanted: Any) -> dict[str, Any]:
        """The claims of something that the provider signed for us.

        Raises:
            SignInRefused: it's not the provider's, not for us, or not of now.
        """
        from joserfc import jwt
        from joserfc.errors import JoseError

        try:
            try:
                token = jwt.decode(signed, self._key_set(), algorithms=_ALGORITHMS)
            except (JoseError, ValueError):  # the provider may have changed its keys
                token = jwt.decode(signed, self._key_set(again=True), algorithms=_ALGORITHMS)
            registry = jwt.JWTClaimsRegistry(
                now=int(self._clock.now().timestamp()),
                leeway=_LEEWAY_SECONDS,
                iss={"essential": True, "value": self.metadata()["issuer"]},
                aud={"essential": True, "value": self.provider.client_id},
                exp={"essential": True},
                iat={"essential": True},
                **wanted,
            )
            registry.validate(token.claims)
        except (JoseError, ValueError, TypeError, KeyError):
            raise SignInRefused(_UNTRUE) from None
        claims: dict[str, Any] = token.claims
        return claims

    def metadata(self) -> dict[str, Any]:
        """What the provider says of itself (OpenID Connect Discovery).

        Raises:
            Busy: it can't be reached, or says that it is somebody else.
        """
        now = self._clock.now()
        with self._guard:
            if self._metadata is not None and now - self._metadata[0] < _BELIEVED:
                return self._metadata[1]
        found = self._get(f"{self.provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.provider.issuer:
            raise Busy("The provider doesn't name itself as it is described here. Tell whoever runs this.")
        with self._guard:
            self._metadata = now, found
        return found

    def _with_email(self, claims: dict[str, Any], access_token: str) -> dict[str, Any]:
        """The claims, with the email address where it's wanted and only told on request."""
        endpoint = self.metadata().get("userinfo_endpoint")
        if not self.provider.link_by_verified_email or "email" in claims or endpoint is None:
            return claims
        more = self._get(str(endpoint), {"Authorization": f"Bearer {access_token}"})
        if more.get("sub") != claims["sub"]:
            raise SignInRefused(_UNTRUE)
        return {**claims, "email": more.get("email"), "email_verified": more.get("email_verified")}

    def _key_set(self, *, again: bool = False) -> Any:
        from joserfc.jwk import KeySet

        now = self._clock.now()
        with self._guard:
            lasts = _KEYS_AGAIN if again else _BELIEVED
            if self._keys is not None and now - self._keys[0] < lasts:
                return self._keys[1]
        published: Any = self._get(str(self.metadata()["jwks_uri"]))
        keys = KeySet.import_key_set(published)
        with self._guard:
            self._keys = now, keys
        return keys

    def _get(self, address: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        import requests

        with _reached():
            response = requests.get(address, headers=headers, timeout=_PATIENCE, allow_redirects=False)
            response.raise_for_status()
            found: dict[str, Any] = response.json()
        return found

    @contextmanager
    def _session(self) -> Iterator[Any]:
        from authlib.integrations.requests_client import OAuth2Session

        with OAuth2Session(
            client_id=self.provider.client_id,
            client_secret=self.provider.client_secret,
            scope=self.provider.scope,
            redirect_uri=self._return_address,
            code_challenge_method="S256",
        ) as session:
            yield session


@contextmanager
def _reached() -> Iterator[None]:
    """Say in our words that a provider didn't answer; its own may hold what was asked."""
    import requests

    try:
        yield
    except (requests.RequestException, ValueError):
        raise Busy("The provider can't be reached just now. Begin the sign-in anew.") from None
