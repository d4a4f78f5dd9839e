"""How an event is told to partners, in an answer and in a push."""

from rest_framework import serializers

from reports.tracking import Event
from rulebook.vocabulary import CODES


class EventAnswer(serializers.Serializer[Event]):
    seq = serializers.IntegerField(help_text="订单内的序号，与推送中的相同")
    at = serializers.DateTimeField()
    time = serializers.CharField(help_text="北京时间 yyyy-MM-dd HH:mm:ss")
    code = serializers.ChoiceField(choices=[(row.code, row.zh) for row in CODES.values()])
    message = serializers.CharField(source="text", help_text="一句话，网点在【】中")
    city = serializers.CharField()
    site = serializers.CharField()
    site_phone = serializers.CharField(source="phone")
    k100 = serializers.CharField(help_text="快递100 状态/高级状态，空为不推送")
    kdn = serializers.CharField(help_text="快递鸟 State/StateEx，空为不推送")
