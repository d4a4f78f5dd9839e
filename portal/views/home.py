from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The hall: order, track, find a branch, and what there is to say about prices."""
    return render(request, "portal/home.html")
