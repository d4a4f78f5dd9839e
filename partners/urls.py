"""The addresses of the dialects, and those a KDNiao program asks for by itself when only its host is changed (screens §1.6)."""

from django.urls import path, re_path

from partners.dialects import deppon, kdniao, kuaidi100

urlpatterns = [
    re_path(r"^compat/kuaidi100/(?P<call>[^?]{0,80})$", kuaidi100.view, name="kuaidi100"),
    re_path(r"^compat/kdniao/", kdniao.view, name="kdniao"),
    re_path(r"^compat/deppon/(?P<call>[^?]{0,120})$", deppon.view, name="deppon"),
    *(
        path(address, kdniao.view)
        for address in ("api/oorderservice", "api/EOrderService", "api/dist", "Ebusiness/EbusinessOrderHandle.aspx")
    ),
]
