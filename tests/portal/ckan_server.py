"""A real CKAN portal on this machine alone: start it, stop it, look at it.

python ckan_server.py install | up | down | status | guard

Starts PostgreSQL, Redis and CKAN 2.12 under gunicorn on loopback addresses, with an empty
portal at first, and prints the address and the file of an administrator's token. Everything is in
.cache/ckan-portal of the checkout (CKAN_HOME and CKAN_VENV choose other folders) and is kept for
the next time; only the first start installs. ``guard`` reads its standard input to the end and
then stops the servers: for tests, which may be killed before they can. What is missing of the system
is installed with apt-get, as root or by sudo. Solr is in no repository of packages: a stand-in
answers for the search index (search_index.py says what that means). Processes are stopped by their id.
"""

from __future__ import annotations

import ctypes.util
import getpass
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
PORT, DATABASE_PORT, REDIS_PORT, INDEX_PORT = (
    int(os.environ.get(name, default))
    for name, default in (
        ("CKAN_PORT", 5155), ("CKAN_DATABASE_PORT", 5566),
        ("CKAN_REDIS_PORT", 6566), ("CKAN_INDEX_PORT", 8166),
    )
)  # fmt: skip
HOME = Path(os.environ.get("CKAN_HOME") or HERE.parents[1] / ".cache" / "ckan-portal").resolve()
VENV = Path(os.environ.get("CKAN_VENV") or HOME.parent / "ckan-venv").resolve()
URL = f"http://127.0.0.1:{PORT}"
TOKEN = HOME / "token"
MAX_MB = 2
PLUGINS = (
    "activity datastore datatables_view text_view dcat structured_data harvest dcat_rdf_harvester"
)
# CKAN 2.12, gunicorn, ckanext-dcat 2.4, ckanext-harvest 1.6 and what they need: exact versions with hashes,
# what `pip freeze` says of a portal, put through `uv pip compile --no-deps --universal --generate-hashes`.
LOCK = HERE / "ckan.lock"
WSGI = """import os
from ckan.cli import CKANConfigLoader
from ckan.config.middleware import make_app
application = make_app(CKANConfigLoader(os.environ["CKAN_INI"]).get_config())
"""
ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8"}


def say(text: str) -> None:
    """Tell the person who waits."""
    print(text, file=sys.stderr, flush=True)


def run(*command: str | Path, log: str = "setup", text: str | None = None) -> str:
    """Run a command to its end and return what it says; its errors go to a log."""
    with (HOME / "log" / f"{log}.log").open("ab") as stream:
        done = subprocess.run(
            [str(part) for part in command],
            env=ENVIRONMENT, input=text, stdout=subprocess.PIPE, stderr=stream, text=True, check=False,
        )  # fmt: skip
        stream.write(done.stdout.encode() if log != "token" else b"")
    if done.returncode:
        sys.exit(f"{command[0]} failed; see {HOME / 'log' / log}.log")
    return done.stdout


def postgres_bin() -> Path | None:
    """The folder of the newest PostgreSQL server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: float(p.parent.name))
    return found[-1] if found else None


def database_tool(name: str, *arguments: str | Path, text: str | None = None) -> str:
    """Run a tool of PostgreSQL, which refuses to run its server as root."""
    folder = postgres_bin()
    assert folder is not None
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    return run(*as_user, folder / name, *arguments, log="database", text=text)


def system_packages() -> list[str]:
    """The Debian packages that are missing."""
    need = []
    if postgres_bin() is None:
        need.append("postgresql")
    if shutil.which("redis-server") is None:
        need.append("redis-server")
    if not Path("/usr/include/postgresql/libpq-fe.h").exists():
        need.append("libpq-dev")
    if shutil.which("gcc") is None:
        need += ["gcc", "libc6-dev"]
    headers = f"/usr/include/python{sys.version_info[0]}.{sys.version_info[1]}/Python.h"
    prefix = Path(sys.base_prefix) / headers.removeprefix("/usr/")
    if not Path(headers).exists() and not prefix.exists():
        need.append("python3-dev")
    if ctypes.util.find_library("magic") is None:
        need.append("libmagic1")
    return need


def install() -> None:
    """Whatever is missing, of the system and of Python."""
    for folder in ("run", "log", "storage", "webassets"):
        (HOME / folder).mkdir(parents=True, exist_ok=True)
    HOME.chmod(0o755)
    need = system_packages()
    if need:
        say(f"installing {' '.join(need)}")
        command = ["apt-get"] if os.geteuid() == 0 else ["sudo", "-n", "apt-get"]
        # The level keeps Debian from starting servers of its own.
        ENVIRONMENT.update(DEBIAN_FRONTEND="noninteractive", RUNLEVEL="1")
        run(*command, "update", "-qq")
        run(*command, "install", "-y", "-qq", "--no-install-recommends", *need)
    done = VENV / ".done"
    wanted = LOCK.read_text(encoding="utf-8")
    if not done.exists() or done.read_text() != wanted:
        say("installing CKAN (once; two minutes)")
        run(sys.executable, "-m", "venv", "--clear", VENV)
        run(VENV / "bin/pip", "install", "-q", "--require-hashes", "--no-deps", "-r", LOCK)
        done.write_text(wanted)


def running(name: str) -> int | None:
    """The id of a process that this script started and that still lives."""
    try:
        pid = int((HOME / "run" / f"{name}.pid").read_text())
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (OSError, ValueError):
        return None
    # The number may be another process's by now.
    return pid if state != "Z" and Path(f"/proc/{pid}/cwd").readlink() == HOME else None


def start(name: str, *command: str | Path, more: Mapping[str, str] | None = None) -> None:
    """Start a server of ours, unless it runs."""
    if running(name) is not None:
        return
    with (HOME / "log" / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(
            [str(part) for part in command], env={**ENVIRONMENT, **(more or {})}, cwd=HOME,
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    (HOME / "run" / f"{name}.pid").write_text(str(process.pid))


def stop(name: str, kill: signal.Signals = signal.SIGTERM) -> None:
    """Stop a server of ours by its id, and wait until it is gone."""
    pid = running(name)
    if pid is None:
        return
    os.kill(pid, kill)
    for _ in range(100):
        if running(name) is None:
            break
        time.sleep(0.1)
    else:
        os.kill(pid, signal.SIGKILL)
    (HOME / "run" / f"{name}.pid").unlink(missing_ok=True)


def wait(what: str, ready: Callable[[], bool], seconds: float = 120) -> None:
    """Wait for a server to answer."""
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            sys.exit(f"{what} does not answer; see {HOME / 'log'}")
        time.sleep(0.2)


def answers(url: str) -> bool:
    """Whether an address answers well."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def start_database() -> None:
    """PostgreSQL with a data folder of its own. Speed before safety: the data are made up."""
    data = HOME / "database"
    if not (data / "PG_VERSION").exists():
        data.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0:
            shutil.chown(data, "postgres")
        options = ["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
        database_tool("initdb", "-D", data, *options)
        settings = (
            f"listen_addresses = '127.0.0.1'\nport = {DATABASE_PORT}\n"
            "unix_socket_directories = ''\nfsync = off\nsynchronous_commit = off\n"
            "full_page_writes = off\n"
        )
        with (data / "postgresql.conf").open("a") as stream:
            stream.write(settings)
    if not database_runs():
        folder = postgres_bin()
        command = [f"{folder}/postgres", "-D", str(data)]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        start("database", *command)
        wait("PostgreSQL", database_runs)


def database_runs() -> bool:
    """Whether the database takes connections."""
    folder = postgres_bin()
    address = ["-h", "127.0.0.1", "-p", str(DATABASE_PORT)]
    return subprocess.run([f"{folder}/pg_isready", "-q", *address], check=False).returncode == 0


def sql(database: str, text: str) -> None:
    """Run statements as the owner of the cluster."""
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()
    address = ["-h", "127.0.0.1", "-p", str(DATABASE_PORT), "-U", user, "-d", database]
    database_tool("psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", *address, text=text)


def configure() -> None:
    """CKAN's configuration file."""
    ini = HOME / "ckan.ini"
    ckan = VENV / "bin/ckan"
    if not ini.exists():
        run(ckan, "generate", "config", ini)
    address = f"127.0.0.1:{DATABASE_PORT}"
    settings = {
        "sqlalchemy.url": f"postgresql://ckan_test:ckan@{address}/ckan_test",
        "ckan.datastore.write_url": f"postgresql://ckan_test:ckan@{address}/datastore_test",
        "ckan.datastore.read_url": f"postgresql://reader_test:ckan@{address}/datastore_test",
        "ckan.redis.url": f"redis://127.0.0.1:{REDIS_PORT}/0",
        "solr_url": f"http://127.0.0.1:{INDEX_PORT}/solr/ckan",
        "ckan.site_url": URL,
        "ckan.site_id": "test",
        "ckan.site_title": "测试门户 Test portal",
        "ckan.storage_path": str(HOME / "storage"),
        "ckan.webassets.path": str(HOME / "webassets"),
        "ckan.plugins": PLUGINS,
        "ckan.max_resource_size": str(MAX_MB),
        "ckan.views.default_views": "",
        "ckan.auth.create_unowned_dataset": "false",
        "ckan.harvest.mq.type": "redis",
    }
    pairs = [f"{key}={value}" for key, value in settings.items()]
    run(ckan, "config-tool", ini, *pairs)
    (HOME / "wsgi.py").write_text(WSGI)


def new_portal() -> None:
    """Empty databases, an administrator, and the administrator's token in a file of mode 0600."""
    ckan, ini = VENV / "bin/ckan", HOME / "ckan.ini"
    sql(
        "postgres",
        "DROP DATABASE IF EXISTS ckan_test WITH (FORCE);\n"
        "DROP DATABASE IF EXISTS datastore_test WITH (FORCE);\n"
        "DROP ROLE IF EXISTS ckan_test;\nDROP ROLE IF EXISTS reader_test;\n"
        "CREATE ROLE ckan_test LOGIN PASSWORD 'ckan';\n"
        "CREATE ROLE reader_test LOGIN PASSWORD 'ckan';\n"
        "CREATE DATABASE ckan_test OWNER ckan_test ENCODING 'UTF8' TEMPLATE template0;\n"
        "CREATE DATABASE datastore_test OWNER ckan_test ENCODING 'UTF8' TEMPLATE template0;\n",
    )
    run(ckan, "-c", ini, "db", "init")
    run(ckan, "-c", ini, "db", "pending-migrations", "--apply")
    rights = run(ckan, "-c", ini, "datastore", "set-permissions")
    lines = [line for line in rights.splitlines() if not line.startswith("\\connect")]
    sql("datastore_test", "\n".join(lines))
    password = secrets.token_urlsafe(18)
    run(ckan, "-c", ini, "user", "add", "admin", "email=admin@example.org",
        f"password={password}", log="token")  # fmt: skip
    run(ckan, "-c", ini, "sysadmin", "add", "admin")
    answer = run(ckan, "-c", ini, "user", "token", "add", "admin", "tests", "-q", log="token")
    for path, content in ((HOME / "password", password), (TOKEN, answer.split()[-1])):
        path.touch(mode=0o600)
        path.write_text(content)


def start_ckan() -> None:
    """CKAN alone; two processes with four threads each, so that two requests may meet."""
    options = ["-w", "2", "--threads", "4", "--timeout", "120", "--chdir", HOME]
    gunicorn = VENV / "bin/gunicorn"
    ini = {"CKAN_INI": str(HOME / "ckan.ini")}
    start("ckan", gunicorn, "-b", f"127.0.0.1:{PORT}", *options, "wsgi:application", more=ini)
    wait("CKAN", lambda: answers(f"{URL}/api/3/action/status_show"))


def up() -> None:
    """Everything."""
    install()
    redis = ["--bind", "127.0.0.1", "--port", str(REDIS_PORT), "--save", "", "--appendonly", "no"]
    start("redis", "redis-server", *redis, "--dir", HOME)
    start_database()
    configure()
    python = VENV / "bin/python"
    schema = next(VENV.glob("lib/python3*/site-packages/ckan/config/solr/schema.xml"))
    index = [HERE / "search_index.py", str(INDEX_PORT), schema, HOME / "index.json"]
    start("index", python, *index)
    wait("the index", lambda: answers(f"http://127.0.0.1:{INDEX_PORT}/solr/ckan/select?q=*:*"))
    if not TOKEN.exists():
        say("making an empty portal")
        new_portal()
    start_ckan()


def down() -> None:
    """Stop what was started here."""
    if not (HOME / "run").is_dir():
        return
    for name in ("ckan", "index", "redis"):
        stop(name)
    if database_runs():
        database_tool("pg_ctl", "-D", HOME / "database", "-s", "-m", "fast", "stop")


@contextmanager
def guarded() -> Iterator[None]:
    """Stop the servers after the block, and also where this process is killed in it."""
    command = [sys.executable, str(Path(__file__).resolve()), "guard"]
    environment = {**os.environ, "CKAN_HOME": str(HOME)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, start_new_session=True):
        # Leaving closes the pipe and waits.
        yield


def guard() -> None:
    """Stop the servers when whoever holds the other end of standard input is gone."""
    sys.stdin.buffer.read()
    down()


def status() -> None:
    """Which servers run."""
    print(f"{'database':<10}{'runs' if database_runs() else 'stopped'}")
    for name in ("redis", "index", "ckan"):
        print(f"{name:<10}{running(name) or 'stopped'}")
    print(f"{URL}  {'answers' if answers(URL) else 'does not answer'}")


def main() -> None:
    """One command."""
    commands = {"install": install, "up": up, "down": down, "guard": guard, "status": status}
    if len(sys.argv) != 2 or sys.argv[1] not in commands:
        sys.exit(__doc__)
    commands[sys.argv[1]]()
    if sys.argv[1] == "up":
        print(f"{URL}\nuser: admin  password: {HOME / 'password'}  token: {TOKEN}")


if __name__ == "__main__":
    main()
