"""What people type on Slack, as plain words."""

import pytest

from adapters.slack.markup import plain_text


@pytest.mark.parametrize(
    ("typed", "text", "people"),
    [
        ("<@U1> hi", "hi", ()),
        ("hi <@U2|bo> and <@U3>", "hi @bo and @U3", ("U2", "U3")),
        ("twice <@U2> <@U2>", "twice @U2 @U2", ("U2",)),
        ("<#C1|general> <#C2>", "#general #C2", ()),
        ("<!here> <!channel|everyone> <!subteam^S1|@sre>", "@here everyone @sre", ()),
        ("<!date^123^{date}|today>", "today", ()),
        ("<https://a.test|docs> <https://b.test>", "docs https://b.test", ()),
        ("<mailto:a@b.test|a@b.test> <mailto:c@d.test>", "a@b.test c@d.test", ()),
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c", ()),
        ("&lt;@U9&gt; &lt;!channel&gt;", "<@U9> <!channel>", ()),
        ("", "", ()),
    ],
)
def test_references_become_words(typed: str, text: str, people: tuple[str, ...]) -> None:
    plain = plain_text(typed, coach="U1")
    assert (plain.text, plain.people) == (text, people)
