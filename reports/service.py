"""How well customers are served in a month (§4.2.9, §4.3.1, §4.3.2.9): counted from the clocks, the calls, the surveys."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from complaints.models import Complaint
from customers.choices import CallResult
from customers.models import Customer, CustomerCall, Enquiry, PhoneDay, SurveyAnswer
from network.models import Person
from rulebook.due import at, local_day
from rulebook.standards import ANSWERED_SHARE, LOW, QUESTIONS, Question, share
from sla.choices import State, StepKind
from sla.models import Step

INTERIM = "§4.4.6"
CLOCKED = {"§4.3.1.1": "chats", "§4.3.1.2": "enquiries", "§4.3.1.3": "mails", "§3.4.6": "tickets", "§4.3.2.5": "anomalies", INTERIM: "interim"}
TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Month:
    """A local calendar month: its first day and the first of the next."""

    first: date
    after: date

    @classmethod
    def of(cls, year: int, month: int) -> Month:
        return cls(date(year, month, 1), date(year + month // 12, month % 12 + 1, 1))

    @classmethod
    def holding(cls, moment: datetime) -> Month:
        day = local_day(moment)
        return cls.of(day.year, day.month)

    @property
    def since(self) -> datetime:
        return at(self.first)

    @property
    def until(self) -> datetime:
        return at(self.after)


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard of service: so many of so many; `target`: at least this share, None where the handbook sets none."""

    code: str
    clause: str
    part: int
    whole: int
    target: Decimal | None = None

    @property
    def clocked(self) -> bool:
        """Tell whether it is counted from clocks, which its rows show."""
        return self.code in CLOCKED.values()

    @property
    def share(self) -> Decimal | None:
        return share(self.part, self.whole)

    @property
    def missing(self) -> int:
        """Return how many fell short of it."""
        return self.whole - self.part

    @property
    def percent(self) -> str:
        """Return the share as it is shown: 99.00 %."""
        return "–" if self.share is None else f"{self.share * 100:.2f} %"

    @property
    def held(self) -> bool | None:
        """Tell whether the target is reached; None where there is none, or nothing to measure."""
        return None if self.target is None or self.share is None else self.share >= self.target


def standards(person: Person, month: Month, *, now: datetime) -> list[Standard]:
    """Return the standards of §4.3.1 for what this person sees: telephone, enquiries, mail, callbacks, interim answers, monthly calls."""
    phone = PhoneDay.objects.visible_to(person).of_month(month.first, month.after)
    counted = phone.aggregate(**{name: Sum(name) for name in ("offered", "answered", "in_two_rings", "waited_well")})
    offered, answered, rings, waited = (counted[name] or 0 for name in ("offered", "answered", "in_two_rings", "waited_well"))
    everything = Decimal(1)
    return [
        Standard("answered", "§4.3.1.2", answered, offered, ANSWERED_SHARE),
        Standard("two_rings", "§4.3.1.2", rings, answered, everything),
        Standard("waiting", "§4.3.1.2", waited, answered, everything),
        *(_clocked(person, month, clause, code, now) for clause, code in CLOCKED.items()),
        _callbacks(person, month, now),
        Standard("called", "§4.3.2.9", *_called(person, month), everything),
    ]


def _due(person: Person, month: Month, clause: str) -> QuerySet[Step]:
    """Return the steps of a limit that fell due in the month, of what this person's units hold."""
    due = Step.objects.filter(clause=clause, kind=StepKind.DUE, at__gte=month.since, at__lt=month.until)
    return due.filter(person.scope("deadline__holder__path"))


def unanswered(person: Person, month: Month, *, now: datetime) -> list[tuple[Complaint, Step]]:
    """Return the complaints whose written answer within 3 days is missing or came too late, those longest due first (§4.4.6)."""
    missed = Q(state=State.BREACHED) | Q(state=State.OPEN, at__lt=now)
    steps = {each.deadline.subject: each for each in _due(person, month, INTERIM).filter(missed).select_related("deadline").order_by("-at")}
    keys = [int(subject.partition("/")[2]) for subject in steps]
    seen = Complaint.objects.visible_to(person).filter(pk__in=keys)
    return sorted(((each, steps[each.subject]) for each in seen), key=lambda row: (row[1].at, row[0].pk))


def _clocked(person: Person, month: Month, clause: str, code: str, now: datetime) -> Standard:
    """Count limits of the month that are met or past due; replaced, void and excused leave both sides (§1.5.1)."""
    counts = judged_steps(person, month, clause, now).aggregate(whole=Count("pk"), part=Count("pk", filter=Q(state=State.MET)))
    return Standard(code, clause, counts["part"], counts["whole"], Decimal(1))


def judged_steps(person: Person, month: Month, clause: str, now: datetime) -> QuerySet[Step]:
    """Return the limits of a clause due in the month that are met or past due, of what this person sees: the rows behind a share."""
    return _due(person, month, clause).filter(Q(state__in=(State.MET, State.BREACHED)) | Q(state=State.OPEN, at__lt=now))


def _callbacks(person: Person, month: Month, now: datetime) -> Standard:
    promised = Enquiry.objects.visible_to(person).filter(call_back_at__gte=month.since, call_back_at__lt=month.until)
    past = promised.filter(Q(called_back_at__isnull=False) | Q(call_back_at__lt=now))
    in_time = past.filter(called_back_at__lte=F("call_back_at"))
    return Standard("callbacks", "§4.3.1.2", in_time.count(), past.count(), Decimal(1))


def _called(person: Person, month: Month) -> tuple[int, int]:
    customers = Customer.objects.visible_to(person).filter(added_at__lt=month.until)
    return customers.filter(pk__in=_reached(month).values("customer")).count(), customers.count()


def _reached(month: Month) -> QuerySet[CustomerCall]:
    return CustomerCall.objects.between(month.since, month.until).filter(result=CallResult.REACHED)


def to_call(person: Person, month: Month) -> QuerySet[Customer]:
    """Return the customers who have not been reached this month (§4.3.2.9), those longest not called first."""
    waiting = Customer.objects.visible_to(person).filter(added_at__lt=month.until)
    waiting = waiting.exclude(pk__in=_reached(month).values("customer"))
    return waiting.annotate(last_call=Max("calls__at")).select_related("branch").order_by(F("last_call").asc(nulls_first=True), "pk")


@dataclass(frozen=True, slots=True)
class Opinion:
    """What customers think of one question: mean score with one decimal, how many answered, how many are dissatisfied."""

    question: Question
    mean: Decimal | None
    count: int
    low: int
    spread: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """The month's analysis (§4.2.9): by question, by branch (worst mean first), and the words of the dissatisfied."""

    answers: int
    opinions: list[Opinion]
    branches: list[tuple[Any, Decimal, int]]
    words: list[SurveyAnswer]


MOST_WORDS = 50


def survey(person: Person, month: Month) -> Survey:
    """Analyse the month's answers of what this person sees (§4.2.9)."""
    seen = SurveyAnswer.objects.visible_to(person).filter(at__gte=month.since, at__lt=month.until)
    answers = list(seen.select_related("branch").order_by("-at"))
    opinions = [_opinion(question, answers) for question in QUESTIONS.values()]
    by_branch: dict[Any, list[int]] = defaultdict(list)
    for each in answers:
        by_branch[each.branch] += each.scores.values()
    means = [(branch, _mean(scores), len(scores)) for branch, scores in by_branch.items()]
    ranked = sorted(((branch, mean, count) for branch, mean, count in means if mean is not None), key=lambda row: row[1])
    said = [each for each in answers if each.text or min(each.scores.values()) <= LOW]
    return Survey(len(answers), opinions, ranked, said[:MOST_WORDS])


def _opinion(question: Question, answers: Iterable[SurveyAnswer]) -> Opinion:
    scores = [each.scores[question.code] for each in answers if question.code in each.scores]
    counts = Counter(scores)
    spread = tuple((score, counts[score]) for score in range(5, 0, -1))
    return Opinion(question, _mean(scores), len(scores), sum(score <= LOW for score in scores), spread)


def _mean(scores: list[int]) -> Decimal | None:
    return (Decimal(sum(scores)) / len(scores)).quantize(TENTH, ROUND_HALF_UP) if scores else None
