"""The English switch (G23): every sentence the interface can say in Chinese has its English, with the same blanks."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import polib
import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
APART = {"tests", "bench", "scripts", "node_modules", "var", "staticfiles", "docs"}
SINGULAR = {"gettext", "gettext_lazy", "gettext_noop"}
CONTEXTUAL = {"pgettext", "pgettext_lazy"}
CATALOGUE = polib.pofile(str(ROOT / "locale/en/LC_MESSAGES/django.po"))
ENGLISH = {(entry.msgctxt or "", entry.msgid): entry for entry in CATALOGUE}
BLANK = re.compile(r"%\(\w+\)s|%[sd%]|\{\w*\}")
LITERAL = r"u?(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
CALL = re.compile(rf"\b(_|p?gettext)(\((?:{LITERAL}[,\s]*)+\))")
ASIDE = re.compile(r"\{% comment.*?endcomment %\}|\{#.*?#\}|<!--.*?-->|中文", re.DOTALL)
TAGS = re.compile(r"\{% blocktranslate.*?endblocktranslate %\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
CHINESE = re.compile(r"[\u3001-\u303f\u4e00-\u9fff\uff00-\uffef]")
AS_IT_IS = {"500.html", "503.html"}

Message = tuple[str, str]


def sources(suffix: str) -> list[Path]:
    folders = (path for path in ROOT.iterdir() if path.is_dir() and path.name not in APART and path.name[0] != ".")
    return sorted(found for folder in folders for found in folder.rglob(f"*.{suffix}"))


def calls_of(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Yield the calls of the module's translation functions by their own name, whatever alias it imports them under."""
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            yield names[node.func.id], node


def said_by_python(source: str) -> Iterator[Message]:
    for name, call in calls_of(ast.parse(source)):
        words = [arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if name in SINGULAR and len(words) == 1:
            yield "", words[0]
        elif name in CONTEXTUAL and len(words) == 2:
            yield words[0], words[1]


def said_by_template(source: str) -> Iterator[Message]:
    """Read the calls Django's own extraction turns a template into."""
    for name, rest in CALL.findall(templatize(source)):
        words = ast.literal_eval(rest)
        yield ("", words) if name != "pgettext" else words


def said() -> dict[Message, str]:
    found: dict[Message, str] = {}
    for suffix, read in (("py", said_by_python), ("html", said_by_template)):
        for path in sources(suffix):
            found |= dict.fromkeys(read(path.read_text(encoding="utf-8")), str(path.relative_to(ROOT)))
    return found


SAID = said()
PAGES = [path for path in sources("html") if path.name not in AS_IT_IS]


def test_extraction_finds_every_way_of_saying():
    python = 'from django.utils.translation import gettext as _, gettext_lazy as lazy, pgettext\n_("甲")\nlazy("乙" "丙")\npgettext("动词", "丁")\nother("戊")'
    page = '{% translate "甲" %}{% translate "乙" context "丙" %}{% include "x" with y=_("丁") %}{% blocktranslate with a=b.c %}{{ a }} 戊{% endblocktranslate %}'
    assert list(said_by_python(python)) == [("", "甲"), ("", "乙丙"), ("动词", "丁")]
    assert list(said_by_template(page)) == [("", "甲"), ("丙", "乙"), ("", "丁"), ("", "%(a)s 戊")]
    assert len(SAID) > 500


def test_everything_said_has_its_english():
    missing = [f"{where}: {said}" for said, where in SAID.items() if said not in ENGLISH or not ENGLISH[said].msgstr]
    assert missing == []


def test_the_english_has_the_same_blanks():
    told = {entry.msgid: entry.msgstr for entry in CATALOGUE if entry.msgstr}
    assert {zh: en for zh, en in told.items() if sorted(BLANK.findall(zh)) != sorted(BLANK.findall(en))} == {}


def test_the_catalogue_holds_no_guess_and_no_chinese():
    """The address to copy stays as customers write it."""
    english = [entry for entry in CATALOGUE if not entry.msgid.startswith("如：张三")]
    assert [entry.msgid for entry in english if entry.fuzzy or CHINESE.search(entry.msgstr)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_template_says_nothing_outside_translation(page):
    """But the name of the language itself; 500 and 503 are served as they are and say both."""
    assert CHINESE.findall(TAGS.sub("", ASIDE.sub("", page.read_text(encoding="utf-8")))) == []
