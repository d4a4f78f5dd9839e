"""Filings from before they kept their acts: what is known of them becomes acts; granted ones name what they excuse."""

from django.db import migrations
from django.db.migrations.state import StateApps


def recount(apps: StateApps, _editor: object) -> None:
    act, filing, step = (apps.get_model("sla", name) for name in ("FilingAct", "Filing", "Step"))
    decided = {"granted": "grant", "refused": "refuse"}
    for each in filing.objects.order_by("pk").iterator():
        act.objects.create(filing=each, verb="file", by_id=each.filed_by_id, at=each.filed_at, words=each.text)
        if each.decided_by_id:
            act.objects.create(
                filing=each, verb=decided[each.state], by_id=each.decided_by_id, at=each.decided_at, words=each.decision
            )
        if each.state == "granted" and each.deadline_id:
            each.steps.set(step.objects.filter(deadline=each.deadline_id, state="excused"))


class Migration(migrations.Migration):
    dependencies = [("sla", "0005_excuses")]
    operations = [migrations.RunPython(recount, migrations.RunPython.noop)]
