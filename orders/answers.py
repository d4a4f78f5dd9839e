"""Files as answers: what a list exports."""

from django.http import HttpResponse

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(content: bytes, name: str) -> HttpResponse:
    """Answer with a workbook or a .csv to be saved under this name."""
    kind = "text/csv; charset=utf-8" if name.endswith(".csv") else XLSX
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type=kind, headers=headers)
