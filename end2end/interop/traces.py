"""Runs a Latchkey with the feature `otlp`, signs a user in, and reads the spans with OpenTelemetry's own messages.

    python traces.py PROGRAM
"""

import http.client
import http.server
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from urllib.parse import urlsplit

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

received = []


class Collector(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        received.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def request(method, url, headers=None, body=None):
    """One request, without following redirects."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    connection.request(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, body, headers or {})
    response = connection.getresponse()
    response.read()
    return response


def cookies(response):
    return "; ".join(value.split(";")[0] for name, value in response.getheaders() if name.lower() == "set-cookie")


def sign_in(base):
    """Returns the id of the request that completed the sign-in."""
    started = request("GET", f"{base}/auth/google")
    authorize = urlsplit(started.getheader("Location"))
    origin = f"{authorize.scheme}://{authorize.netloc}"
    form = {"Content-Type": "application/x-www-form-urlencoded", "Origin": origin}
    consent = f"{origin}{authorize.path}/consent?{authorize.query}"
    decided = request("POST", consent, form, "person=ada&decision=allow")
    answer = request("GET", decided.getheader("Location"), {"Cookie": cookies(started)})
    assert (answer.status, answer.getheader("Location")) == (303, "/dashboard"), answer.status
    by_password = {**form, "Origin": base, "Sec-Fetch-Site": "same-origin"}
    entered = request("POST", f"{base}/auth/password/sign-in", by_password, "email=petra%40example.org&password=a+key+under+the+mat")
    assert entered.status == 303, entered.status
    return answer.getheader("X-Request-Id")


def main(program):
    collector = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    port = free_port()
    base = f"http://localhost:{port}"
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            "BASE_URL": base,
            "LISTEN_ADDR": f"127.0.0.1:{port}",
            "SANDBOX_ADDR": "127.0.0.1:0",
            "SANDBOX_SMTP_ADDR": "127.0.0.1:0",
            "DATABASE_URL": f"sqlite://{folder}/latchkey.db",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_port}",
            "OTEL_EXPORTER_OTLP_HEADERS": "x-key=a%20key",
        }
        log = open(os.path.join(folder, "log"), "w+")
        server = subprocess.Popen([program, "serve"], cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            for _ in range(120):
                try:
                    if request("GET", f"{base}/readyz").status == 200:
                        break
                except OSError:
                    time.sleep(0.5)
            request_id = sign_in(base)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
            log.seek(0)
        lines = log.read()
    assert "spans go to" in lines, lines
    check(request_id)


def check(request_id):
    assert received, "no spans came"
    spans, everything = [], b""
    for path, headers, body in received:
        assert path == "/v1/traces" and headers["content-type"] == "application/x-protobuf", (path, headers)
        assert headers["x-key"] == "a key", headers
        message = ExportTraceServiceRequest()
        message.ParseFromString(body)
        everything += body
        for resource in message.resource_spans:
            named = {one.key: one.value.string_value for one in resource.resource.attributes}
            assert named["service.name"] == "latchkey", named
            spans += [span for scope in resource.scope_spans for span in scope.spans]
    attributes = {span.span_id: {one.key: one.value for one in span.attributes} for span in spans}
    requests = [span for span in spans if span.name == "request"]
    callback = [one for one in requests if attributes[one.span_id]["latchkey.request_id"].string_value == request_id]
    assert len(callback) == 1, [str(one) for one in requests]
    [callback] = callback
    assert attributes[callback.span_id]["http.response.status_code"].int_value == 303
    within = [span for span in spans if span.trace_id == callback.trace_id and span is not callback]
    parts = {attributes[span.span_id]["latchkey.part"].string_value for span in within if span.name == "provider"}
    assert "tokens" in parts, parts
    assert any(span.name == "database" for span in within), [span.name for span in within]
    assert all(span.parent_span_id for span in within) and not callback.parent_span_id
    assert all(span.start_time_unix_nano <= span.end_time_unix_nano for span in spans)
    assert any(span.name == "hash" for span in spans), "the password"
    for secret in (b"ada@", b"petra", b"a key under the", b"code=", b"state=", b"Lovelace", b"SELECT"):
        assert secret not in everything, secret
    print(f"{len(spans)} spans in {len(received)} requests; {len(within)} in the trace of the callback")


main(sys.argv[1])
