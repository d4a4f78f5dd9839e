"""P1: signed orders a second through the native API, against the floor of `bench.floor`, in turns, on PostgreSQL.

Run by `make bench` in a database of its own. ORDERS orders a turn, CLIENTS clients; both served by gunicorn as in `make run`.
"""

import hashlib
import hmac
import http.client
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from statistics import quantiles

import django

django.setup()

from django.core.management import call_command  # noqa: E402

from bench.company import build  # noqa: E402
from partners.models import Partner  # noqa: E402
from partners.services import issue_key  # noqa: E402

ORDERS = int(os.environ.get("ORDERS", "1200"))
CLIENTS = int(os.environ.get("CLIENTS", "16"))
TURNS = 3
PATH = "/api/v1/orders/"


def serve(application: str, port: int, **environment: str) -> subprocess.Popen[bytes]:
    command = [
        sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "8",
        "--worker-class", "gthread", "--keep-alive", "60", "--no-control-socket", "--log-level", "error",
    ]  # fmt: skip
    server = subprocess.Popen(command, env={**os.environ, **environment}, start_new_session=True)
    for _try in range(200):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
        except OSError:
            time.sleep(0.1)
        else:
            return server
    raise RuntimeError(f"{application} does not answer")


def body(number: str) -> bytes:
    party = {"name": "张三", "phone": "13800138000", "place": "330106", "address": "文三路 100 号"}
    goods = {"name": "五金配件", "pieces": 10, "weight_kg": "120.50", "volume_m3": "0.800"}
    order = {
        "partner_order_no": number, "branch_code": "B1", "shipper": party, "consignee": party, "goods": goods,
        "pickup": {"wanted": True},
    }  # fmt: skip
    return json.dumps(order, ensure_ascii=False).encode()


class Sender:
    """One client with a connection of its own."""

    def __init__(self, port: int, key: str, secret: str) -> None:
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.key, self.secret = key, secret

    def send(self, number: str) -> float:
        """Send one signed order; return the seconds it took."""
        content = body(number)
        stamp, nonce = str(int(time.time())), secrets.token_hex(8)
        text = "\n".join(("POST", PATH, stamp, nonce, hashlib.sha256(content).hexdigest()))
        signature = hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        headers = {
            "Content-Type": "application/json", "X-Key": self.key, "X-Timestamp": stamp, "X-Nonce": nonce,
            "X-Signature": signature,
        }  # fmt: skip
        start = time.perf_counter()
        self.http.request("POST", PATH, content, headers)
        answer = self.http.getresponse()
        text_back = answer.read()
        if answer.status != 201:
            raise RuntimeError(f"{answer.status}: {text_back[:300]!r}")
        return time.perf_counter() - start


def drive(port: int, key: str, secret: str, tag: str, rate: float = 0) -> tuple[float, float]:
    """
    Return orders a second and the 95th percentile in milliseconds.

    :param rate: orders a second that all clients together send; as many as are answered if 0
    """

    def client(n: int) -> list[float]:
        sender = Sender(port, key, secret)
        time.sleep(pause * n / CLIENTS)
        return [_paced(sender, f"{tag}-{n}-{i}", pause) for i in range(ORDERS // CLIENTS)]

    pause = CLIENTS / rate if rate else 0
    start = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        times = [each for batch in pool.map(client, range(CLIENTS)) for each in batch]
    return len(times) / (time.perf_counter() - start), quantiles(times, n=20)[-1] * 1_000


def _paced(sender: Sender, number: str, pause: float) -> float:
    """Send an order and wait until the next one's turn."""
    took = sender.send(number)
    time.sleep(max(0, pause - took))
    return took


def main() -> None:
    call_command("flush", interactive=False, verbosity=0)
    build()
    key, secret = issue_key(Partner.objects.create(code="bench", name="bench", per_minute=10_000_000), now=datetime.now(UTC))
    servers = {
        "floor": (8801, serve("ecomlogistics.wsgi:application", 8801, BENCH_URLCONF="bench.floor")),
        "product": (8802, serve("ecomlogistics.wsgi:application", 8802)),
    }
    try:
        rates: dict[str, list[tuple[float, float]]] = {"floor": [], "product": []}
        for turn in range(TURNS + 1):
            for name, (port, _server) in servers.items():
                rates[name].append(drive(port, key.key, secret, f"{name}-{turn}"))
        best = {name: sorted(turns[1:])[TURNS // 2] for name, turns in rates.items()}  # median; the first turn warms up
        ratio = best["product"][0] / best["floor"][0]
        for name, (rate, p95) in best.items():
            print(f"P1 {name:<8} {rate:7.1f} orders/s  p95 {p95:6.1f} ms with {CLIENTS} clients")
        print(f"P1 product = {ratio:.2f} x floor")
        rate, p95 = drive(servers["product"][0], key.key, secret, "half", best["product"][0] / 2)
        print(f"P1 at half that load: {rate:.1f} orders/s, p95 {p95:.1f} ms")
    finally:
        for _port, server in servers.values():
            with suppress(ProcessLookupError):  # one that did not start must not save the other
                os.killpg(server.pid, signal.SIGTERM)
            server.wait(15)


if __name__ == "__main__":
    main()
