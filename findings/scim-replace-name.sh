#!/usr/bin/env bash
# A directory changes one part of a user's name by SCIM: PATCH with `{"op": "replace", …}` for the complex attribute `name`,
# once with `"path": "name"` and the value `{"givenName": "Augusta"}`, once without a path and the value `{"name": {"givenName":
# "Augusta"}}`. RFC 7644 §3.5.2.3 replaces the sub-attributes that are given. One would expect a library to do that, or to
# replace the whole name, in both spellings alike. The two libraries for Node each lose the family name in one spelling and keep
# it in the other, and not in the same: scim-patch with the long value, SCIMMY with the path. scim2-models keeps it in both.
#
# Two more changes come out differently:
# * An extension as an object under its URN, as it stands in the resource: scim-patch takes the URN for a path, and makes a new
#   member, named `urn:…:enterprise:2.0` with a member `User` within. The department stays as it was, without an error.
# * An attribute with the URN of its schema before it, `urn:…:core:2.0:User:userName`: SCIMMY rejects it, though it takes the
#   same form for an extension.
#
# A client is safest with a path to each single sub-attribute, `name.givenName`: all three agree on that.
#
# Needs Node 20 or later and Python 3.10 or later with venv. Exits with 1 when a library behaves differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund scim-patch@0.8.3 scimmy@1.3.5
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check scim2-models==0.12.3

cat >input.json <<'JSON'
{
  "user": {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
    "id": "1",
    "userName": "ada",
    "name": { "givenName": "Ada", "familyName": "Lovelace" },
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Mathematics" }
  },
  "operations": {
    "the path of a sub-attribute": { "op": "replace", "path": "name.givenName", "value": "Augusta" },
    "name with a path": { "op": "replace", "path": "name", "value": { "givenName": "Augusta" } },
    "name without a path": { "op": "replace", "value": { "name": { "givenName": "Augusta" } } },
    "an extension as an object": {
      "op": "replace",
      "value": { "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Engines" } }
    },
    "a path with the URN of the core": {
      "op": "replace", "path": "urn:ietf:params:scim:schemas:core:2.0:User:userName", "value": "augusta"
    },
    "a path with the URN of an extension": {
      "op": "replace", "path": "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department", "value": "Engines"
    }
  }
}
JSON

cat >patch.mjs <<'JS'
import { readFileSync } from "node:fs";
import { scimPatch } from "scim-patch";
import SCIMMY from "scimmy";

const { user, operations } = JSON.parse(readFileSync("input.json"));
SCIMMY.Schemas.User.extend(SCIMMY.Schemas.EnterpriseUser, false);

const libraries = {
  "scim-patch 0.8.3": async (operation) => scimPatch(structuredClone(user), [operation]),
  "SCIMMY 1.3.5": (operation) => {
    const schemas = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"];
    const message = new SCIMMY.Messages.PatchOp({ schemas, Operations: [operation] });
    return message.apply(new SCIMMY.Schemas.User(structuredClone(user), "out"), (changed) => changed);
  },
};
const outcomes = {};
for (const [library, patch] of Object.entries(libraries)) {
  outcomes[library] = {};
  for (const [name, operation] of Object.entries(operations)) {
    outcomes[library][name] = await patch(operation).then((changed) => JSON.parse(JSON.stringify(changed)), () => null);
  }
}
console.log(JSON.stringify(outcomes));
JS

cat >patch.py <<'PY'
import json
import sys

from scim2_models import Context, EnterpriseUser, PatchOp, User

with open("input.json") as file:
    given = json.load(file)
outcomes = json.load(sys.stdin)


def patched(operation):
    resource = User[EnterpriseUser].model_validate(given["user"])
    message = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}
    try:
        PatchOp[User[EnterpriseUser]].model_validate(message, context={"scim": Context.RESOURCE_PATCH_REQUEST}).patch(resource)
    except Exception:
        return None
    return resource.model_dump(scim_ctx=Context.RESOURCE_QUERY_RESPONSE)


outcomes["scim2-models 0.12.3"] = {name: patched(operation) for name, operation in given["operations"].items()}


def flat(value, path=""):
    """The leaves of a resource, with what all the URNs begin with left out."""
    if isinstance(value, dict):
        members = (flat(item, f"{path}/{name.removeprefix('urn:ietf:params:scim:schemas:')}") for name, item in value.items())
        return {leaf: text for member in members for leaf, text in member.items()}
    return {path[1:]: value}


def attributes(resource):
    return flat({name: value for name, value in resource.items() if name not in ("meta", "schemas")})


before = attributes(given["user"])
for name in given["operations"]:
    print(f"{name}:")
    for library, resources in sorted(outcomes.items()):
        if resources[name] is None:
            print(f"  {library}: an error")
            continue
        after = attributes(resources[name])
        lost = [f"{leaf} gone" for leaf in before if leaf not in after]
        changed = [f"{leaf} = {value}" for leaf, value in after.items() if before.get(leaf) != value]
        print(f"  {library}: {', '.join(changed + lost) or 'nothing'}")
PY

cat >expected <<'TEXT'
the path of a sub-attribute:
  SCIMMY 1.3.5: name/givenName = Augusta
  scim-patch 0.8.3: name/givenName = Augusta
  scim2-models 0.12.3: name/givenName = Augusta
name with a path:
  SCIMMY 1.3.5: name/givenName = Augusta, name/familyName gone
  scim-patch 0.8.3: name/givenName = Augusta
  scim2-models 0.12.3: name/givenName = Augusta
name without a path:
  SCIMMY 1.3.5: name/givenName = Augusta
  scim-patch 0.8.3: name/givenName = Augusta, name/familyName gone
  scim2-models 0.12.3: name/givenName = Augusta
an extension as an object:
  SCIMMY 1.3.5: extension:enterprise:2.0:User/department = Engines
  scim-patch 0.8.3: extension:enterprise:2.0/User/department = Engines
  scim2-models 0.12.3: extension:enterprise:2.0:User/department = Engines
a path with the URN of the core:
  SCIMMY 1.3.5: an error
  scim-patch 0.8.3: userName = augusta
  scim2-models 0.12.3: userName = augusta
a path with the URN of an extension:
  SCIMMY 1.3.5: extension:enterprise:2.0:User/department = Engines
  scim-patch 0.8.3: extension:enterprise:2.0:User/department = Engines
  scim2-models 0.12.3: extension:enterprise:2.0:User/department = Engines
TEXT
node patch.mjs | python/bin/python patch.py | tee seen
diff expected seen
