"""The Celery app and its schedule. Beat entries expire before their next turn; ticks that were missed do not pile up."""

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ecomlogistics.settings.local")

app = Celery("ecomlogistics")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    "proofs-sweep": {"task": "delivery.tasks.sweep_proofs", "schedule": crontab(hour=3, minute=10), "options": {"expires": 3600}},
    "evidence-sweep": {
        "task": "complaints.tasks.sweep_evidence", "schedule": crontab(hour=3, minute=20), "options": {"expires": 3600},
    },
    "chat-pictures-sweep": {
        "task": "customers.tasks.sweep_chat_pictures", "schedule": crontab(hour=3, minute=25), "options": {"expires": 3600},
    },
    "cash-books": {"task": "reports.tasks.check_books", "schedule": crontab(hour=2, minute=30), "options": {"expires": 3600}},
    "watch-lists": {"task": "reports.tasks.list_watches", "schedule": crontab(hour=6, minute=0), "options": {"expires": 3600}},
    "fine-ledger": {"task": "penalties.tasks.check_ledger", "schedule": crontab(hour=2, minute=45), "options": {"expires": 3600}},
    "sla-tick": {"task": "sla.tasks.tick", "schedule": 5.0, "options": {"expires": 4}},
    "outages-resume": {"task": "sla.tasks.resume_outage_acts", "schedule": 60.0, "options": {"expires": 55}},
    "imports-resume": {"task": "orders.tasks.resume_imports", "schedule": 60.0, "options": {"expires": 55}},
    "nonces-forget": {"task": "partners.tasks.forget_nonces", "schedule": 300.0, "options": {"expires": 290}},
    "calls-forget": {"task": "partners.tasks.forget_calls", "schedule": crontab(hour=3, minute=30), "options": {"expires": 3600}},
    "pushes-sweep": {"task": "partners.tasks.sweep_pushes", "schedule": 10.0, "options": {"expires": 9}},
    "notices-sweep": {"task": "notify.tasks.sweep_notices", "schedule": 15.0, "options": {"expires": 14}},
    "inbox-settle": {"task": "partners.tasks.settle_inbox", "schedule": 60.0, "options": {"expires": 55}},
    "notify-sweep": {"task": "notify.tasks.sweep", "schedule": 10.0, "options": {"expires": 9}},
}
