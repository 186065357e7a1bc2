#!/usr/bin/env bash
# A directory that provisions users looks for them by SCIM filters. One would expect libraries to differ at the edges of the
# grammar, and to agree on forms that RFC 7644 §3.4.2.2 itself has in its examples. Four libraries, one user, eight filters, of
# which seven hold for that user. Only scim2-models, which knows the schema, is right about all of them:
#
# * `userName` does not depend on case (RFC 7643 §4.1.1), so a lookup of "ada" has to find "Ada". Two find nobody, and the
#   directory would go on to create the user a second time.
# * An attribute may have the URN of its schema before it. With the core schema's, two libraries find nobody and one fails;
#   scim2-parse-filter takes an extension's all the same.
# * `emails co "example.org"`, a filter on a complex attribute, means its `value`: one finds nothing, one fails.
# * In `emails[type eq "work" and value ew …]` both have to hold for a single address. For scim2-parse-filter it is enough when
#   one address is of that type and another one has that value.
# * `schemas` is a list of texts: one finds nothing in it, one fails. `not (…)`: one fails. A time with another offset for the
#   same instant: three find nothing.
#
# A client reaches the most servers with `userName eq` in the spelling that was stored, and with `emails.value`.
#
# Needs Node 20 or later and Python 3.10 or later with venv. Exits with 1 when a library behaves differently.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

npm install --silent --no-audit --no-fund scim2-parse-filter@0.2.10 scim-query-filter-parser@2.0.4 scimmy@1.3.5
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check scim2-models==0.12.3

cat >input.json <<'JSON'
{
  "user": {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
    "id": "1",
    "userName": "Ada",
    "emails": [{ "type": "work", "value": "ada@example.org" }, { "type": "home", "value": "ada@example.com" }],
    "meta": { "resourceType": "User", "lastModified": "2026-02-03T10:00:00Z" },
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": { "department": "Engines" }
  },
  "filters": [
    "userName eq \"ada\"",
    "urn:ietf:params:scim:schemas:core:2.0:User:userName eq \"Ada\"",
    "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq \"Engines\"",
    "emails co \"example.org\"",
    "emails[type eq \"work\" and value ew \"@example.com\"]",
    "schemas eq \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\"",
    "not (userName eq \"Charles\")",
    "meta.lastModified eq \"2026-02-03T11:00:00+01:00\""
  ]
}
JSON

cat >filter.mjs <<'JS'
import { readFileSync } from "node:fs";
import queries from "scim-query-filter-parser";
import { filter, parse } from "scim2-parse-filter";
import SCIMMY from "scimmy";

const { user, filters } = JSON.parse(readFileSync("input.json"));
const libraries = {
  "scim2-parse-filter 0.2.10": (text) => filter(parse(text))(user),
  "scim-query-filter-parser 2.0.4": (text) => queries.compileFilter(text)(user),
  "SCIMMY 1.3.5": (text) => new SCIMMY.Types.Filter(text).match([user]).length === 1,
};
function outcome(run) {
  try {
    return run() ? "found" : "not found";
  } catch {
    return "error";
  }
}
function outcomes(text) {
  return Object.fromEntries(Object.entries(libraries).map(([name, run]) => [name, outcome(() => run(text))]));
}
console.log(JSON.stringify(filters.map(outcomes)));
JS

cat >filter.py <<'PY'
import json
import sys

from scim2_models import EnterpriseUser, User
from scim2_models.path import ScimFilter

with open("input.json") as file:
    given = json.load(file)
model = User[EnterpriseUser]
user = model.model_validate(given["user"])
for text, outcomes in zip(given["filters"], json.load(sys.stdin)):
    outcomes["scim2-models 0.12.3"] = "found" if ScimFilter[model](text).match(user) else "not found"
    print(text.replace("urn:ietf:params:scim:schemas:", "urn:…:"))
    print("   ", ", ".join(f"{name}: {outcome}" for name, outcome in outcomes.items()))
PY

cat >expected <<'TEXT'
userName eq "ada"
    scim2-parse-filter 0.2.10: not found, scim-query-filter-parser 2.0.4: found, SCIMMY 1.3.5: not found, scim2-models 0.12.3: found
urn:…:core:2.0:User:userName eq "Ada"
    scim2-parse-filter 0.2.10: not found, scim-query-filter-parser 2.0.4: error, SCIMMY 1.3.5: not found, scim2-models 0.12.3: found
urn:…:extension:enterprise:2.0:User:department eq "Engines"
    scim2-parse-filter 0.2.10: found, scim-query-filter-parser 2.0.4: error, SCIMMY 1.3.5: not found, scim2-models 0.12.3: found
emails co "example.org"
    scim2-parse-filter 0.2.10: not found, scim-query-filter-parser 2.0.4: found, SCIMMY 1.3.5: error, scim2-models 0.12.3: found
emails[type eq "work" and value ew "@example.com"]
    scim2-parse-filter 0.2.10: found, scim-query-filter-parser 2.0.4: not found, SCIMMY 1.3.5: not found, scim2-models 0.12.3: not found
schemas eq "urn:…:extension:enterprise:2.0:User"
    scim2-parse-filter 0.2.10: not found, scim-query-filter-parser 2.0.4: found, SCIMMY 1.3.5: error, scim2-models 0.12.3: found
not (userName eq "Charles")
    scim2-parse-filter 0.2.10: found, scim-query-filter-parser 2.0.4: error, SCIMMY 1.3.5: found, scim2-models 0.12.3: found
meta.lastModified eq "2026-02-03T11:00:00+01:00"
    scim2-parse-filter 0.2.10: not found, scim-query-filter-parser 2.0.4: not found, SCIMMY 1.3.5: not found, scim2-models 0.12.3: found
TEXT
node filter.mjs | python/bin/python filter.py | tee seen
diff expected seen
