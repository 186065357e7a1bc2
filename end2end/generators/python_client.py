"""The client that openapi-python-client generates. `python_client.py ORIGIN ID_TOKEN NONCE_TOKEN`."""

import sys

from latchkey_client import AuthenticatedClient, Client
from latchkey_client.api.authentication import sign_in
from latchkey_client.api.token_verification import get_jwks
from latchkey_client.api.user import get_me
from latchkey_client.models.error_code import ErrorCode
from latchkey_client.models.error_response import ErrorResponse
from latchkey_client.models.jwk_set import JwkSet
from latchkey_client.models.me import Me
from latchkey_client.models.sign_in_mode import SignInMode
from latchkey_client.models.sign_in_with_id_token import SignInWithIdToken
from latchkey_client.models.signed_in_with_tokens import SignedInWithTokens

origin, id_token, nonce_token = sys.argv[1:]
client = Client(base_url=origin)

body = SignInWithIdToken(provider="google", id_token=id_token, nonce_token=nonce_token, mode=SignInMode.TOKEN)
signed_in = sign_in.sync(client=client, body=body)
assert isinstance(signed_in, SignedInWithTokens), signed_in

me = get_me.sync(client=AuthenticatedClient(base_url=origin, token=signed_in.access_token))
assert isinstance(me, Me) and me.user.email == "ada@gmail.com", me

body = SignInWithIdToken(provider="nobody", id_token=id_token, nonce_token=None, mode=None)
refused = sign_in.sync(client=client, body=body)
assert isinstance(refused, ErrorResponse) and refused.error.code is ErrorCode.UNKNOWN_PROVIDER, refused

jwks = get_jwks.sync(client=client)
assert isinstance(jwks, JwkSet) and jwks.keys, jwks
