"""Turns a page of the public model into a skeleton of the base: ids, titles, texts, sources."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from knowledge.normalise import HAN
from knowledge.yamls import KnowledgeError, Problem

PILLAR = re.compile(r"^##\s+(?!#)(?:<i\b[^>]*>\s*</i>\s*)?(.*)$")
HEADING = re.compile(r"^(#{1,6})\s+(.*)$")
FRONT = re.compile(r"\A\ufeff?---\n(.*?)\n---\n", re.DOTALL)
ICON = re.compile(r"fa-([a-z-]+)")

# What the page's own icons say of its pillars, in whatever language the heading is.
PILLAR_OF_ICON = {
    "users": "people",
    "cogs": "process",
    "edit": "policy",
    "server": "technology",
    "building": "business-outcomes",
}
PILLAR_NAMES = {
    "people": ("people", "人员", "人員"),
    "process": ("process", "流程"),
    "policy": ("policy", "政策", "策略"),
    "technology": ("technology", "技术", "技術"),
    "business-outcomes": ("business outcomes", "业务成果", "業務成果"),
}
# Headings that the model uses, in the languages it is published in, and the id's last part.
TOPIC_NAMES = {
    "people.overview": ("人员概述", "people overview"),
    "people.organizational-change": ("组织变革", "organizational change"),
    "people.teams-and-decentralization": ("团队和去中心化", "teams and decentralization"),
    "people.security": ("安全", "security"),
    "people.developer-agility": ("开发人员敏捷性", "developer agility"),
    "people.developer-upskilling": ("开发人员技能提升", "developer upskilling"),
    "people.cncf-certification": ("cncf 认证", "cncf certification"),
    "people.cncf-certification.cka": (
        "认证 kubernetes 管理员 (cka)",
        "certified kubernetes administrator (cka)",
    ),
    "people.cncf-certification.ckad": (
        "认证 kubernetes 应用开发者 (ckad)",
        "certified kubernetes application developer (ckad)",
    ),
    "process.overview": ("流程概述", "process overview"),
    "process.ci-cd": ("ci/cd(持续集成/持续交付)", "ci/cd"),
    "process.change-control": ("变更控制", "change control"),
    "process.security": ("安全", "security"),
    "process.audit-and-logs": ("审计和日志", "audit and logs"),
    "policy.overview": ("政策概述", "策略概述", "policy overview"),
    "policy.policy-creation": ("政策制定", "策略创建", "policy creation"),
    "policy.compliance": ("合规", "合规性", "compliance"),
}


@dataclass(kw_only=True, slots=True)
class Section:
    """One heading of the page with the text below it."""

    heading: str
    depth: int  # number of #
    line: int
    text: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedTopic:
    id: str
    title: str
    language: str  # `en` or `zh`, of the text; of the title where there is no text
    text: str
    line: int
    part_of: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ImportedPillar:
    pillar: str
    title: str
    language: str
    topics: tuple[ImportedTopic, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """One edition of a page, as it is."""

    title: str
    description: str
    edition: str  # fingerprint of the page
    pillars: tuple[ImportedPillar, ...]

    def topics(self) -> dict[str, ImportedTopic]:
        return {topic.id: topic for pillar in self.pillars for topic in pillar.topics}


def import_page(text: str, name: str) -> Imported:
    """A page in the format of the public model, any language or several mixed.

    Raises KnowledgeError with every problem and its line.
    """
    problems: list[Problem] = []
    text = text.replace("\r\n", "\n")
    front, body, first = _front(text, name, problems)
    pillars = [
        _pillar(heading, sections, name, problems)
        for heading, sections in _by_pillar(body, first, name, problems)
    ]
    problems += _twice(pillars, name)
    if not pillars and not problems:
        what = "has no pillar: a pillar is a line `## <i class=…></i> Name`"
        problems.append(Problem(file=name, line=first, message=what))
    if problems:
        raise KnowledgeError(problems)
    return Imported(
        title=str(front.get("title", "")),
        description=str(front.get("description", "")),
        edition=hashlib.sha256(text.encode()).hexdigest()[:12],
        pillars=tuple(pillars),
    )


def _front(text: str, name: str, problems: list[Problem]) -> tuple[dict[str, Any], str, int]:
    match = FRONT.match(text)
    if match is None:
        what = "has no front matter: the page begins with `---`, title and description, `---`"
        problems.append(Problem(file=name, line=1, message=what))
        return {}, text, 1
    try:
        front = yaml.safe_load(match.group(1))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = 2 + (mark.line if mark else 0)
        problems.append(Problem(file=name, line=line, message="front matter is no YAML"))
        front = {}
    if not isinstance(front, dict) or not front.get("title"):
        problems.append(Problem(file=name, line=2, message="front matter has no `title`"))
        front = front if isinstance(front, dict) else {}
    return front, text[match.end() :], text[: match.end()].count("\n") + 1


def _by_pillar(
    body: str, first: int, name: str, problems: list[Problem]
) -> Iterator[tuple[Section, list[Section]]]:
    """Each pillar's heading with the sections below it, its own opening text first."""
    current: Section | None = None
    sections: list[Section] = []
    for offset, line in enumerate(body.split("\n")):
        number = first + offset
        heading = HEADING.match(line)
        if heading is None:
            if sections:
                sections[-1].text.append(line)
            elif line.strip():
                what = "text before the first pillar heading (`## …`)"
                problems.append(Problem(file=name, line=number, message=what))
            continue
        depth = len(heading.group(1))
        if depth == 2:
            if current is not None:
                yield current, sections
            current = Section(heading=line, depth=2, line=number)
            sections = [Section(heading="", depth=3, line=number)]
        elif depth in (3, 4) and current is not None:
            title = heading.group(2).strip()
            sections.append(Section(heading=title, depth=depth, line=number))
        else:
            what = f"a heading of {depth} # has no place here: ## pillar, ### section, #### part"
            problems.append(Problem(file=name, line=number, message=what))
    if current is not None:
        yield current, sections


def _pillar(
    heading: Section, sections: list[Section], name: str, problems: list[Problem]
) -> ImportedPillar:
    match = PILLAR.match(heading.heading)
    title = match.group(1).strip() if match else ""
    pillar = _pillar_id(heading.heading, title)
    if not title or not pillar:
        what = "a pillar needs a name: `## <i class=…></i> Name`"
        problems.append(Problem(file=name, line=heading.line, message=what))
    topics: list[ImportedTopic] = []
    parent: str | None = None
    for section in sections:
        if not section.heading:
            if _text(section):
                topics.append(_topic(pillar, f"{pillar}.overview", title, section, None))
            continue
        if section.depth == 4 and parent is None:
            what = "a part (####) without a section (###) above it"
            problems.append(Problem(file=name, line=section.line, message=what))
            continue
        topic_id = _topic_id(pillar, section.heading, parent if section.depth == 4 else None)
        above = parent if section.depth == 4 else None
        topics.append(_topic(pillar, topic_id, section.heading, section, above))
        if section.depth == 3:
            parent = topic_id
    if not topics:
        what = f"pillar `{title}` has neither text nor sections"
        problems.append(Problem(file=name, line=heading.line, message=what))
    return ImportedPillar(
        pillar=pillar, title=title, language=_language(title), topics=tuple(topics)
    )


def _topic(
    pillar: str, topic_id: str, title: str, section: Section, part_of: str | None
) -> ImportedTopic:
    text = _text(section)
    return ImportedTopic(
        id=topic_id,
        title=title,
        language=_language(text or title),
        text=text,
        line=section.line,
        part_of=part_of,
    )


def _text(section: Section) -> str:
    return "\n".join(section.text).strip()


def _language(text: str) -> str:
    return "zh" if HAN.search(text) else "en"


def _pillar_id(heading: str, title: str) -> str:
    plain = _plain(title)
    for pillar, names in PILLAR_NAMES.items():
        if plain in names:
            return pillar
    icon = ICON.search(heading)
    if icon and icon.group(1) in PILLAR_OF_ICON:
        return PILLAR_OF_ICON[icon.group(1)]
    return _slug(title)


def _topic_id(pillar: str, heading: str, parent: str | None) -> str:
    plain = _plain(heading)
    for topic, names in TOPIC_NAMES.items():
        if topic.startswith(f"{pillar}.") and plain in names:
            return topic
    slug = _slug(re.sub(rf"^{re.escape(pillar.replace('-', ' '))}\s+", "", plain))
    return f"{parent or pillar}.{slug}"


def _plain(title: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", title)).strip().lower()


def _slug(title: str) -> str:
    """Latin words joined by hyphens; other scripts by a short fingerprint, which is stable."""
    latin = "-".join(re.findall(r"[a-z]+", _plain(title)))
    if latin and not HAN.search(title):
        return latin
    digits = hashlib.sha256(_plain(title).encode()).hexdigest()
    letters = "".join(chr(ord("a") + int(digit, 16)) for digit in digits[:8])
    return f"{latin}-{letters}" if latin else f"topic-{letters}"


def _twice(pillars: list[ImportedPillar], name: str) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for pillar in pillars:
        for topic in pillar.topics:
            if topic.id in seen:
                what = f"`{topic.title}` gives the id `{topic.id}` of line {seen[topic.id]} again"
                yield Problem(file=name, line=topic.line, message=what)
            seen.setdefault(topic.id, topic.line)


def skeleton(page: Imported) -> str:
    """The page as YAML to write a base from: what is known is filled in, in its own language."""
    pillars = [
        {
            "pillar": pillar.pillar,
            "title": {pillar.language: pillar.title},
            "topics": [_skeleton_topic(topic) for topic in pillar.topics],
        }
        for pillar in page.pillars
    ]
    document = {"title": page.title, "description": page.description, "edition": page.edition}
    text = yaml.safe_dump(
        {"format": 1, "document": document, "pillars": pillars},
        allow_unicode=True,
        sort_keys=False,
        width=100,
    )
    return str(text)


def _skeleton_topic(topic: ImportedTopic) -> dict[str, Any]:
    made: dict[str, Any] = {"id": topic.id, "title": {_language(topic.title): topic.title}}
    if topic.part_of:
        made["part_of"] = topic.part_of
    made["source"] = {"heading": topic.title, "line": topic.line}
    made["text"] = {topic.language: topic.text} if topic.text else {}
    return made
