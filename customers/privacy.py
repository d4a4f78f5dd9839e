# ruff: noqa: E501 - a paragraph of the notice is a line
"""The privacy notice (个人信息保护法 art. 13, 17), in editions: what is agreed to is the hash of exactly these words."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Edition:
    """One wording in both languages; another word is another edition, which everybody is asked about again."""

    version: str
    zh: str
    en: str

    @cached_property
    def hash(self) -> str:
        return hashlib.sha256(f"{self.version}\n{self.zh}\n{self.en}".encode()).hexdigest()


CURRENT = Edition(
    version="2026-11-25",
    zh="""我们处理您的个人信息，是为了履行运输合同：接单、上门接货、运输、派送、签收、代收货款、开单结算、处理投诉和理赔。
我们收集：收寄件人的姓名、电话、地址，货物内容，签收凭证；注册账号另有用户名、邮箱和登录记录；理赔付款另有收款账户。收款账户属于敏感信息，只在您提出理赔或代收货款时收集，用于付款。
我们不向第三人提供您的信息，运输所必需的（承运、派送、外发承运商，您下单所用的平台）和法律要求的除外。
电话等信息加密保存，工作人员默认只能看到隐去部分内容的电话，查看全号须填写原因并留痕。
订单、票据和账目按法律要求的期限保存；账号注销后，其中的姓名、电话和地址改为代号，账目保留。
您可以在“我的”中查阅、复制（下载）、更正您的信息，申请删除和注销，也可以更改通知方式。对答复不满意的，可以投诉。
本告知有改动时，我们会在您下次使用时再次征求同意。""",
    en="""We process your personal data to perform the contract of carriage: taking the order, pickup, transport, delivery, proof of delivery, cash on delivery, billing, complaints and claims.
We collect names, phones and addresses of sender and consignee, what the goods are, and the proof of delivery; for an account also user name, mail address and login records; for the payment of a claim also the payee's account. The payee's account is sensitive data, collected only for a claim or cash on delivery, to pay you.
We pass your data to nobody but those the carriage needs (carriers, delivery, outside carriers, the platform you ordered on) and those the law names.
Phones are stored encrypted. Staff see them masked; seeing one whole needs a reason and is recorded.
Orders, documents and accounts are kept as long as the law demands; when an account is closed, names, phones and addresses in them become pseudonyms and the books remain.
On your pages you can see, copy (download) and correct your data, ask for deletion, and choose how you are told. If an answer does not satisfy you, you can complain.
If this notice changes, we ask for your consent again the next time you come.""",
)
