"""The names in Google's discovery documents that the sandbox and Latchkey's tests know, as JSON on standard output.

The documents are those of the installed package google-api-python-client; names are all that is taken from them. A schema is an
object from member to what is inside: null for a plain value, the name of another schema, or an object. "*" stands for any
member. Arrays are what their elements are.
"""

import importlib.metadata
import importlib.resources
import json

# What the sandbox answers, and by which methods.
WANTED = {
    "drive": ("v3", {"files.list": "FileList", "files.get": "File"}),
    "calendar": ("v3", {"events.list": "Events"}),
}


def main():
    package = "google-api-python-client"
    documents = {api: document(f"{api}.{version}") for api, (version, _) in WANTED.items()}
    revisions = ", ".join(f"{api} revision {documents[api]['revision']}" for api in WANTED)
    lines = [f'"origin": {json.dumps(f"{package} {importlib.metadata.version(package)}: {revisions}; names only")}']
    for api, (_, methods) in WANTED.items():
        described = documents[api]
        parameters = {method: sorted(query_of(described, method)) for method in methods}
        schemas = reachable(described, methods.values())
        entries = [f'"{name}": {compact(schema)}' for name, schema in schemas.items()]
        lines.append(
            f'"{api}": {{\n'
            f'  "parameters": {compact(sorted(described["parameters"]))},\n'
            f'  "methods": {compact(parameters)},\n'
            '  "schemas": {\n    ' + ",\n    ".join(entries) + "\n  }\n}"
        )
    print("{\n" + ",\n".join(lines) + "\n}")


def document(name):
    text = importlib.resources.files("googleapiclient").joinpath(f"discovery_cache/documents/{name}.json").read_text()
    return json.loads(text)


def query_of(described, method):
    resource, name = method.split(".")
    parameters = described["resources"][resource]["methods"][name]["parameters"]
    return [parameter for parameter, facts in parameters.items() if facts["location"] == "query"]


def reachable(described, roots):
    """The schemas that a response can contain."""
    found, open_ = {}, list(roots)
    while open_:
        name = open_.pop()
        if name not in found:
            found[name] = names(described["schemas"][name])
            open_.extend(references(found[name]))
    return dict(sorted(found.items()))


def names(schema):
    if "$ref" in schema:
        return schema["$ref"]
    if schema.get("type") == "array":
        return names(schema["items"])
    if schema.get("type") != "object":
        return None
    members = {member: names(inner) for member, inner in sorted(schema.get("properties", {}).items())}
    return members | ({"*": names(schema["additionalProperties"])} if "additionalProperties" in schema else {})


def references(inside):
    if isinstance(inside, dict):
        return [name for member in inside.values() for name in references(member)]
    return [inside] if isinstance(inside, str) else []


def compact(value):
    return json.dumps(value, separators=(",", ":"))


main()
