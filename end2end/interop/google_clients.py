"""Google's own Python clients against the sandbox: google_clients.py ORIGIN TOKENS, the token response of a sign-in."""

import json
import sys

from google.auth.exceptions import RefreshError
from google.auth.transport.requests import Request
from google.oauth2 import id_token
from google.oauth2.credentials import Credentials
from googleapiclient.discovery import build
from googleapiclient.errors import HttpError

origin, tokens = sys.argv[1], json.loads(sys.argv[2])
client_id, client_secret = "sandbox-google", "sandbox-google-secret"


def check(what, truth):
    print(f"{'ok     ' if truth else 'FAILED '} Python: {what}")
    if not truth:
        check.failed += 1


check.failed = 0


def service(api, version):
    # The packaged discovery document; only the origin is another.
    return build(api, version, credentials=credentials, client_options={"api_endpoint": f"{origin}/{api}/{version}/"})


def status_of(request):
    try:
        request.execute()
    except HttpError as error:
        return error.status_code, error.reason
    return 200, ""


claims = id_token.verify_token(
    tokens["id_token"], Request(), audience=client_id, certs_url=f"{origin}/oauth2/v1/certs", clock_skew_in_seconds=5
)
check("verify_token with the certificates", claims["email"] == "grace@navy.example")

credentials = Credentials(
    tokens["access_token"], tokens["refresh_token"], None, f"{origin}/google/token", client_id, client_secret
)
credentials.refresh(Request())
check("refresh", credentials.valid and credentials.token != tokens["access_token"])

files = service("drive", "v3").files()
found, page_size = [], 70
request = files.list(pageSize=page_size, fields="nextPageToken,files(id,name,owners(displayName),size,driveId)")
while request is not None:
    page = request.execute()
    found += page["files"]
    request = files.list_next(request, page)
check("files.list and list_next", len(found) == 300 and all("owners" in file for file in found))
shared = files.list(
    corpora="allDrives", includeItemsFromAllDrives=True, supportsAllDrives=True, pageSize=1000, fields="files(id,driveId)"
).execute()["files"]
check("files.list of all drives", sum("driveId" in file for file in shared) == len(shared) - 300 > 0)
check("files.get", files.get(fileId="root", fields="id,name,capabilities(canEdit)").execute()["name"] == "My Drive")
status, reason = status_of(files.list(fields="files(id,owners(name))"))
check("an unknown field is an error with its reason", status == 400 and "Invalid field selection name" in reason)
check("a missing file is an error with its reason", status_of(files.get(fileId="1none")) == (404, "File not found: 1none."))
check("a method that is not here is an error in JSON", status_of(files.delete(fileId="root"))[0] == 405)

events = service("calendar", "v3").events()
wanted = events.list(
    calendarId="primary",
    singleEvents=True,
    orderBy="startTime",
    maxAttendees=1,
    eventTypes=["default", "outOfOffice"],
    timeZone="Europe/Berlin",
).execute()["items"]
check("events.list by types", {event["eventType"] for event in wanted} == {"default", "outOfOffice"})
check("an unknown calendar", status_of(events.list(calendarId="nobody@example.org"))[0] == 404)

revoked = Request()(f"{origin}/google/revoke?token={credentials.token}", method="POST")
try:
    # The client refreshes after a 401.
    answer = status_of(files.list())
except RefreshError as error:
    answer = error.args[1]["error"]
check("revoke ends the grant", revoked.status == 200 and answer == "invalid_grant")
sys.exit(1 if check.failed else 0)
