"""Small bases and pages that the tests of the knowledge write to disk."""

from pathlib import Path

HEAD = """\
format: 1
pillar: people
title: {en: People, zh: 人员}
document:
  name: {en: A model, zh: 一个模型}
  level: {en: Level 2, zh: 第 2 级}
  edition: "1"
topics:
"""
TOPIC = """\
- id: people.NAME
  title: {en: NAME, zh: NAME 主题}
  source: {heading: NAME}
  says: {en: The model says NAME., zh: 模型说 NAME。}
  why: {en: Because., zh: 因为。}
  do:
  - {en: One., zh: 一。}
  - {en: Two., zh: 二。}
  - {en: Three., zh: 三。}
  evidence:
  - {en: Seen., zh: 看到。}
  - {en: Heard., zh: 听到。}
  pitfalls:
  - {en: Haste., zh: 着急。}
  - {en: Delay., zh: 拖延。}
  asks:
    en: [what about NAME please, tell me of NAME today, NAME for our team]
    zh: [NAME 是怎么回事, 我们要做 NAME 吗]
  answers:
  - id: when
    asks: {en: [when is NAME due], zh: [NAME 什么时候做]}
    model: {en: Now., zh: 现在。}
  keywords: {en: [NAME], zh: [NAME]}
"""


def write_base(folder: Path, *names: str, head: str = HEAD, tail: str = "") -> Path:
    """A base of one pillar with a topic a name."""
    folder.mkdir(parents=True, exist_ok=True)
    topics = "".join(TOPIC.replace("NAME", name) for name in names)
    (folder / "people.yaml").write_text(head + topics + tail, encoding="utf-8")
    return folder


PAGE = """\
---
title: Level 9 - Somewhere
description: A page.
---

## <i class="fas fa-users"></i> 人员

### 人员概述

第一句。第二句。

### CNCF 认证

#### 认证 Kubernetes 管理员 (CKA)

一句话。

## <i class="fas fa-building"></i> Business Outcomes

Text of the pillar itself. More of it.
"""
