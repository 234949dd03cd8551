"""Text that breaks careless sites: scripts in every disguise, and words that programs stumble over.

Our own list; and the Big List of Naughty Strings as it is published, with its scripts, in `published/`.
"""

import json
from pathlib import Path

UID = "12345678-1234-5678-9234-123456789012"

SCRIPTS = [
    "<script>alert(1)</script>",
    "<ScRiPt src=//evil.example/x.js></sCrIpT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\x0d\x0a>alert(1)</script\t>",
    "<<script>alert(1);//<</script>",
    "<img src=x onerror=alert(1)>",
    "<img src=x onerror\n=\nalert(1)>",
    "<img/src=`x`onerror=alert(1)>",
    '<img """><script>alert(1)</script>">',
    "<img src=javascript:alert(1)>",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<img srcset='x 1x' src=page:images.photo/x onload=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><foreignObject><iframe srcdoc='<script>alert(1)</script>'></foreignObject></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>",
    "<math href='javascript:alert(1)'>x</math>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href='java&#10;script:alert(1)'>x</a>",
    "<a href='&#106;&#97;vascript:alert(1)'>x</a>",
    "<a href='&#x6A&#x61&#x76&#x61script:alert(1)'>x</a>",
    "<a href='\x01javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='vbscript:msgbox(1)'>x</a>",
    "<a href='data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=='>x</a>",
    "<a href='//evil.example/'>x</a>",
    "<a href='/\\evil.example/'>x</a>",
    "<a href='https://ok.example/' onclick=alert(1) style='x:expression(alert(1))' target=_blank>x</a>",
    f"<a href='page:organisation.page/{UID}\" onmouseover=\"alert(1)'>x</a>",
    "<a href='page:javascript:alert(1)'>x</a>",
    f"<data value='organisation.figure/{UID}' onclick=alert(1)>7</data>",
    "<data value='\"><script>alert(1)</script>'>7</data>",
    "<iframe src=javascript:alert(1)></iframe>",
    "<iframe srcdoc='&lt;script&gt;alert(1)&lt;/script&gt;'></iframe>",
    "<object data=javascript:alert(1)></object><embed src=javascript:alert(1)>",
    "<form action=javascript:alert(1)><input type=submit><button formaction=javascript:alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)><summary>x</summary></details>",
    "<body onload=alert(1)>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';</style>",
    "<p style='background:url(javascript:alert(1))' class=x id=content>x</p>",
    "<p dir='\"><script>alert(1)</script>' lang='x onclick=alert(1)'>x</p>",
    "<table background=javascript:alert(1)><td background=javascript:alert(1)>x</table>",
    "<th scope='row onclick=alert(1)'>x</th>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<textarea></textarea><script>alert(1)</script>",
    "<title></title><script>alert(1)</script>",
    "<template><script>alert(1)</script></template>",
    "<!--><script>alert(1)</script>-->",
    "<!--[if IE]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "<!ENTITY x SYSTEM 'file:///etc/passwd'>",
    "<x onclick=alert(1)>x</x>",
    "<p/onclick=alert(1)>x",
    "<p><em><table><a href=javascript:alert(1)></table></em>",
    '"><script>alert(1)</script>',
    "'-alert(1)-'",
    "</textarea><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "javascript:/*--></title></style></textarea></script></xmp><svg/onload='+/\"/+/onmouseover=1/+/[*/[]/+alert(1)//'>",
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "\u003cscript\u003ealert(1)\u003c/script\u003e",
    "＜script＞alert(1)＜/script＞",
    "{{ request.user }}{% debug %}${7*7}#{7*7}<%= 7*7 %>",
]

# Each must come out of a text as it went in: it is somebody's name, language or arithmetic.
WORDS = [
    "undefined", "null", "None", "NaN", "true", "-1", "1e309", "0x0", "1/0", "1,000.00", "١٢٣", "０１２",
    "O’Brien", "D'Arcy", "Robert'); DROP TABLE students;--", "' OR 1=1 --", "\\' ; \\\\ %s %(x)s {0} %n",
    "田中さんにあげて下さい", "パーティーへ行かないか", "사회과학원", "𠜎𠜱𠝹𠱓", "Ⱥ Ⱦ", "İıŞş ẞß ﬁ",
    "הָיְתָה", "الكل في المجمو عة", "فارسی می‌نویسم", "مُنَاقَشَةُ سُبُلِ", "\u202etxet desrever\u202c", "\u2066a\u2069",
    "Ṱ̺̺̕o͞ ̷i̲̬͇̪͙n̝̗͕v̟̜̘̦͟o̶̙̰̠kè͚̮̺̪̹̱̤", "👩🏽‍💻 👨‍👩‍👧‍👦 🇮🇷 🏴󠁧󠁢󠁥󠁮󠁧󠁿 ❤️", "zero\u200bwidth\ufeff", "a\u00a0b", "soft\u00adhyphen",
    "½ ¼ ⁵₆ ° © ™ € ₹", "« » „ “ ‘ ’ – — …", "../../etc/passwd", "C:\\CON", "file:///etc/passwd", "$HOME `ls`; | & >",
    "=cmd|' /C calc'!A0", "@SUM(1+1)", "-2+3", "\ttab", "Penistone Scunthorpe Lightwater", "\U0010fffd", "ﷺ﷽",
]  # fmt: skip

UNPRINTABLE = [
    "\0",
    "a\0b",
    "\x01\x02\x1b[31mred",
    "\x7f\x85",
    "\ud800",
    "a\udfffb",
    "\ufffe\uffff",
]

# Long ones, for fields that have room.
FLOODS = [
    "a" + "\u0301" * 5_000,
    "\u202e" * 500 + "\u2066" * 500,
    "\u200b\u200c\u200d\u2060\ufeff" * 200,
    "x" * 100_000,
    "<" * 5_000,
    "&" * 5_000,
    "\n" * 2_000 + "end",
]
# What a parser takes ever longer for the more of it there is.
DEEP = [
    *(
        f"<{tag}>" * 10_000
        for tag in ("div", "figure", "ul><li", "table><tr><td", "em", "x", "svg")
    ),
    "<p " + " ".join(f"a{number}=x" for number in range(10_000)) + ">x",
    "<div title='</div>'>" * 2_000,
]
# What a spreadsheet runs, and what would begin a line of its own in a log or the head of a mail.
FORMULAS = ["=1+1", "+1+1", "-1+1", "@SUM(1)", "|calc", "%1", "＝1"]
LINES = "first\r\nBcc: victim@example.org\n\nsecond\u2028third\u0085fourth"

PUBLISHED = [
    one
    for one in json.loads(
        (Path(__file__).parent / "published" / "naughty_strings.json").read_text(encoding="utf-8")
    )
    if one.strip()
]
