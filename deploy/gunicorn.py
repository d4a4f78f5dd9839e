"""The web server's settings in a container; threads, because the database driver is synchronous."""

import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "8"))
max_requests = 20_000
max_requests_jitter = 2_000
graceful_timeout = 30
keepalive = 75  # longer than nginx keeps an idle upstream connection
worker_tmp_dir = "/dev/shm"  # noqa: S108 - memory, so that a slow disk does not look like a hung worker
control_socket_disable = True
