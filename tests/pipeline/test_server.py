"""What a server is set up with: the proxy before the user interface, and the services of systemd."""

import base64
import http.client
import shutil
import socket
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.servers import end, serve

DOCS = Path(__file__).resolve().parents[2] / "docs"
HOST = "data.example.gov.cn"
OWN, FOREIGN = f"https://{HOST}", "https://evil.example"
LOGIN = {"Authorization": "Basic " + base64.b64encode(b"officer:made-up").decode()}
MUTATION = "/graphql?query=mutation%20%7B%20launchRun%20%7D"


class Behind(BaseHTTPRequestHandler):
    """Stands for the user interface: it answers whatever reaches it."""

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD = do_POST = do_PUT = answer  # noqa: N815 - named by http.server

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    """The proxy of the guide with its names and paths, on ports of this machine; its port."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    if program is None:
        pytest.fail("nginx is missing: apt-get install $(cat .ci/system-packages)")
    home = tmp_path_factory.mktemp("nginx")
    certificate = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                   "-subj", f"/CN={HOST}", "-keyout", home / "key", "-out", home / "pem"]  # fmt: skip
    subprocess.run(certificate, check=True, capture_output=True)
    (home / "htpasswd").write_text("officer:{PLAIN}made-up\n")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Behind)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = free_port()
    site = (DOCS / "nginx" / "shenwan-data.conf").read_text("utf-8")
    for named, here in {
        "listen 443": f"listen 127.0.0.1:{port}",
        f"/etc/ssl/certs/{HOST}.pem": f"{home}/pem",
        f"/etc/ssl/private/{HOST}.key": f"{home}/key",
        "/etc/nginx/shenwan-data.htpasswd": f"{home}/htpasswd",
        "127.0.0.1:3000": f"127.0.0.1:{server.server_address[1]}",
    }.items():
        assert named in site
        site = site.replace(named, here)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "".join(f"{kind}_temp_path {home}/{kind};" for kind in kinds)
    (home / "nginx.conf").write_text(
        f"daemon off; master_process off; pid {home}/pid; error_log {home}/error;"
        f"events {{}} http {{ access_log off; {folders} {site} }}"
    )
    process = serve([program, "-p", home, "-e", home / "error", "-c", home / "nginx.conf"])
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until and asked(port, "GET", "/", LOGIN) is None:
            assert process.poll() is None, (home / "error").read_text()
            time.sleep(0.05)
        yield port
    finally:
        end(process)
        server.shutdown()
        server.server_close()


def asked(port, method, path, headers, *, name=HOST, host=HOST):
    """The status of one request; None where there is no connection."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=context)
    try:
        connection.sock = context.wrap_socket(
            socket.create_connection(("127.0.0.1", port)), server_hostname=name
        )
        connection.request(method, path, headers={"Host": host, **headers})
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/", {}, 200),
        ("GET", "/runs", {"Origin": OWN}, 200),
        ("POST", "/graphql", {"Origin": OWN}, 200),
        ("POST", "/graphql", {}, 200),
        ("GET", "/graphql", {"Upgrade": "websocket", "Origin": OWN}, 200),
        # A page of somebody else that sends its visitor's browser here.
        ("GET", MUTATION, {"Accept": "image/*"}, 405),
        ("GET", MUTATION, {"Origin": OWN}, 405),
        ("HEAD", MUTATION, {}, 405),
        ("GET", MUTATION.replace("/g", "/%67"), {}, 405),
        ("GET", MUTATION.replace("/g", "//./g"), {}, 405),
        ("GET", MUTATION.replace("?", "/?"), {}, 405),
        ("GET", MUTATION, {"Upgrade": "h2c"}, 405),
        ("GET", "/graphql", {"Upgrade": "websocket"}, 405),
        ("PUT", "/graphql", {}, 405),
        ("POST", "/graphql", {"Origin": FOREIGN}, 403),
        ("POST", "/graphql", {"Origin": "null"}, 403),
        ("POST", "/graphql", {"Origin": f"{OWN}.evil.example"}, 403),
        ("POST", "/graphql", {"Origin": OWN.replace("https", "http")}, 403),
        ("GET", "/graphql", {"Upgrade": "websocket", "Origin": FOREIGN}, 403),
        ("GET", "/", {"Origin": FOREIGN}, 403),
        ("POST", "/report_asset_materialization/x", {}, 403),
        ("GET", "/", {"Authorization": ""}, 401),
        ("POST", "/graphql", {"Authorization": "", "Origin": OWN}, 401),
    ],
)
def test_the_proxy_lets_only_its_own_pages_start_runs(proxy, method, path, headers, status):
    assert asked(proxy, method, path, {**LOGIN, **headers}) == status


def test_the_proxy_answers_to_no_other_host_name(proxy):
    assert asked(proxy, "GET", "/", LOGIN, name="evil.example", host="evil.example") is None
    assert asked(proxy, "GET", "/", LOGIN, host="evil.example") in (None, 421)
    assert asked(proxy, "GET", "/", LOGIN) == 200


@pytest.mark.parametrize("name", ["daemon", "webserver"])
def test_a_service_of_systemd_may_do_little(name):
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.fail("systemd-analyze is missing: apt-get install $(cat .ci/system-packages)")
    unit = DOCS / "systemd" / f"shenwan-{name}.service"
    command = [program, "security", "--offline=true", "--threshold=40", str(unit)]
    judged = subprocess.run(command, capture_output=True, text=True, check=False)
    assert judged.returncode == 0, judged.stdout[-300:]
    limits = [line for line in unit.read_text().splitlines() if line.startswith("MemoryMax=")]
    assert len(limits) == 1
