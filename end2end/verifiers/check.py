"""Verifies tokens with the Python recipes. Reads {"modules", "tokens"} and writes {module: {kind: outcome}}, both JSON."""

import importlib
import json
import os
import sys

import jwt
from authlib.oauth2 import OAuth2Error

sys.path.insert(0, os.getcwd())
request = json.load(sys.stdin)


def outcome(recipe, token: str) -> str:
    try:
        recipe.user_of(token)
    except (jwt.PyJWTError, OAuth2Error) as error:
        return f"rejected: {type(error).__name__}"
    except Exception as error:
        return f"crashed: {error!r}"
    return "accepted"


outcomes = {}
for module in request["modules"]:
    recipe = importlib.import_module(module.removesuffix(".py"))
    outcomes[module] = {kind: outcome(recipe, token) for kind, token in request["tokens"].items()}
json.dump(outcomes, sys.stdout)
