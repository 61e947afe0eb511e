"""One message, in whatever script and dress it came, as the text that is searched."""

import re
import unicodedata
from functools import cache
from typing import Any

from knowledge.model import Language

MOST_CHARACTERS = 1000  # of a message, what is searched
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
LATIN = re.compile(r"[A-Za-z]")
WORD = re.compile(r"[a-z0-9]+(?:[+#./'_-][a-z0-9]+)*|[\u3400-\u4dbf\u4e00-\u9fff]+")
INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})  # control, format, surrogate, private, none
MARKUP = re.compile(r"<[@#!][^>]{0,80}>|<(?:https?|mailto):[^>|]{0,500}\|?([^>]{0,200})>")
LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
SPACES = re.compile(r"\s+")
QUOTES = str.maketrans({"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "`": "'"})
HAN_WEIGHT = 2.5  # one Han character says about as much as this many letters

# Computing terms of Taiwan and Hong Kong that the general conversion leaves or takes wrongly.
TAIWAN = {
    "指標": "指标",
    "映像檔": "镜像",
    "映像": "镜像",
    "資安": "安全",
    "資訊安全": "信息安全",
    "稽核": "审计",
    "紀錄檔": "日志",
    "記錄檔": "日志",
    "儲存庫": "仓库",
    "憑證": "证书",
    "證照": "证书",
    "佈署": "部署",
    "設定檔": "配置文件",
    "組態": "配置",
    "設定": "配置",
    "弱點": "漏洞",
    "回饋": "反馈",
    "觀測": "观测",
    "法遵": "合规",
    "版控": "版本控制",
    "版本控管": "版本控制",
    "維運": "运维",
    "營運": "运营",
    "指令": "命令",
    "腳本": "脚本",
    "執行個體": "实例",
    "教育訓練": "培训",
    "權杖": "令牌",
    "機敏資料": "敏感数据",
    "機密": "机密",
    "搬遷": "迁移",
    "轉型": "转型",
    "上雲": "上云",
    "元件": "组件",
    "程序": "流程",
    "標籤": "标签",
    "簽核": "审批",
    "變更管控": "变更控制",
    "建置": "构建",
    "報酬": "回报",
    "效益": "收益",
    "高層": "高层",
    "老闆": "老板",
    "主管": "领导",
}
SHORT_FORMS = {
    "k8s": "kubernetes",
    "kube": "kubernetes",
    "kubernets": "kubernetes",
    "cicd": "ci/cd",
    "ci-cd": "ci/cd",
    "prd": "production",
    "repo": "repository",
    "repos": "repositories",
    "env": "environment",
    "envs": "environments",
    "config": "configuration",
    "configs": "configurations",
    "infosec": "security",
    "sec": "security",
    "auth": "authentication",
    "certs": "certifications",
    "u": "you",
    "ur": "your",
    "pls": "please",
    "plz": "please",
    "w/": "with",
    "w/o": "without",
    "docs": "documents",
    "devs": "developers",
    "mgmt": "management",
    "o11y": "observability",
    "msvc": "microservice",
    "infra": "infrastructure",
}
SHORT = re.compile(
    r"(?<![a-z0-9])(" + "|".join(re.escape(one) for one in SHORT_FORMS) + r")(?![a-z0-9])"
)


def searchable(text: str) -> str:
    """Plain lower-case Simplified text without markup; empty if nothing of it can be searched.

    At most MOST_CHARACTERS of it: people put the question first or last, so both ends are kept.
    """
    text = visible(_ends(text))
    text = MARKUP.sub(lambda match: f" {match.group(1) or ''} ", text)
    text = LINK.sub(" ", text).translate(QUOTES)
    text = simplified(unicodedata.normalize("NFKC", text)).lower()
    text = SHORT.sub(lambda match: SHORT_FORMS[match.group(1)], text)
    return SPACES.sub(" ", text).strip()


def visible(text: str) -> str:
    """Without control, direction, private and unpaired characters; line breaks become spaces."""
    return "".join(
        " " if one in "\n\r\t" else one
        for one in text
        if one in "\n\r\t" or unicodedata.category(one) not in INVISIBLE
    )


def _ends(text: str) -> str:
    if len(text) <= MOST_CHARACTERS:
        return text
    half = MOST_CHARACTERS // 2
    return f"{text[:half]} {text[-half:]}"


def simplified(text: str) -> str:
    """Traditional Chinese, Taiwanese terms included, in Simplified; other text as it is."""
    if not HAN.search(text) or _characters().convert(text) == text:
        return text
    for theirs in sorted(TAIWAN, key=len, reverse=True):
        text = text.replace(theirs, TAIWAN[theirs])
    return str(_phrases().convert(text))


@cache
def _characters() -> Any:
    from opencc import OpenCC  # type: ignore[import-untyped,unused-ignore]

    return OpenCC("t2s")


@cache
def _phrases() -> Any:
    from opencc import OpenCC  # type: ignore[import-untyped,unused-ignore]

    return OpenCC("tw2sp")


def language_of(text: str, locale: str | None = None) -> Language:
    """By share of script; the locale decides where the text doesn't."""
    han = len(HAN.findall(text)) * HAN_WEIGHT
    latin = len(LATIN.findall(text))
    if han == latin or (han and latin and 0.4 < han / (han + latin) < 0.6 and locale):
        return Language.ZH if (locale or "").lower().startswith("zh") else Language.EN
    return Language.ZH if han > latin * 0.5 else Language.EN


def words(text: str) -> list[str]:
    """Words and unbroken runs of Han characters, in order, of searchable text."""
    return WORD.findall(text)
