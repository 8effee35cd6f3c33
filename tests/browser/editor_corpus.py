"""What the editor must give back as it was, and what it must make of what people paste."""

from dataclasses import dataclass

# Every kind of thing that the server reads. Opened in the editor and written again, each must publish the same.
MARKDOWN = (
    "Bonjour à tous",
    "# Titre",
    "## A\n\nTexte\n\n### B\n\nSuite",
    "Titre\n=====\n\nSous-titre\n---",
    "Titre sur\ndeux lignes\n---",
    "# \\# x #",
    "une ligne\nune autre",
    "une ligne  \nune autre\\\nune troisième",
    "**gras** *italique* ~~barré~~ `code` __gras__ _italique_",
    "***les deux*** **gras *et italique* puis** *italique **et gras***",
    "**`code` gras** et ``un ` accent`` et ` `` `",
    "mot**gras**mot, l’**été**, é*è*ê",
    "**Attention :**suite et *« oui »*non",
    "~~**barré gras**~~ et ~~barré **gras**~~ fin",
    "- un\n- deux\n- trois",
    "- un\n\n- deux\n\n  suite de deux",
    "- un\n  - deux\n    - trois\n      1. quatre\n- cinq",
    "* un\n* deux\n\n- autre liste",
    "1. un\n2. deux",
    "7. sept\n8. huit",
    "1) un\n2) deux\n\n1. autre",
    "1. un\n   - a\n   - b\n\n   suite\n2. deux",
    "- [ ] à faire\n- [x] fait",
    "- # titre\n- > citation\n- ```\n  code\n  ```",
    "-\n- après un vide",
    "> une citation",
    "> une\n> citation\n>\n> en deux temps",
    "> a\n>\n> > b\n> >\n> > > c\n>\n> d",
    "> - un\n>   - deux\n>\n> fin",
    "> a\n\nentre\n\n> b",
    "> **[Rachel C.](/messages/12/)**\u00a0:\n>\n> Qui l’a fait ?\n\nNous.",
    "```\ncode\n  retrait\n\nfin\n```",
    "```python\nx = [1]  # *pas gras*\n```",
    "````\n```\n````",
    "    quatre espaces\n    encore",
    "~~~ `a`\nx\n~~~",
    "avant\n\n---\n\naprès\n\n***",
    "| a | b | c |\n|:---|:-:|---:|\n| 1 | **2** | `3` |\n| [l](https://a.fr) | x\\|y | |",
    "a | b\n--- | ---\n1 | 2\n\nfin",
    "| seule |\n|---|",
    "texte\n| a | b |\n|---|---|\n| `x\\|y` | 2 |",
    "[lien](https://exemple.fr) [*italique* **gras**](https://exemple.fr/a) **[gras](https://exemple.fr)**",
    '[parenthèses](https://exemple.fr/(a)) [espaces](<https://exemple.fr/a b> "titre")',
    "[accents](https://exemple.fr/été?q=à&b=c#d) [mail](mailto:a@exemple.fr) [page](/messages/3/)",
    "<https://exemple.fr> et <a@exemple.fr>",
    "voir https://exemple.fr/a_b_c*d. Et (https://exemple.fr), **https://exemple.fr/x** !",
    "www.exemple.fr/a_b et claire_martin@exemple.fr",
    "![un plan](/fichiers/12/plan.png)",
    "texte ![un *plan*](/fichiers/12/plan.png) texte ![](https://exemple.fr/x.png)",
    "[![vue](/fichiers/1/vue.png)](https://exemple.fr)",
    "[Budget 2026.pdf](/fichiers/13/Budget%202026.pdf)",
    "@[Claire Martin](user:12), **@[Zoé](user:3)** et (@[Ali Ben](user:4))",
    "\\*pas gras\\* \\_ni\\_ \\[x\\](y) \\`z\\` \\~~a~~ \\<b> \\@[Claire](user:12)",
    "2 * 3 * 4 = 24, snake_case_nom, a_b _c_",
    "R&D &amp; &copy; &eacute; &#233; &inconnu; \\&amp;",
    "1986\\. Une année\n\n\\- pas une liste\n\n\\# pas un titre\n\n\\> rien\n\n\\---",
    "a < b > c <pas du html> & <i>non</i>",
    "[a]: https://exemple.fr\n\n[a] et [b][c]",
    "[piège](javascript:alert(1)) [vide]() [nulle part](x)",
    "« Bonjour\u00a0! » — l’été… 20\u202f% ; 10\u00a0€",
    "😀 🧑‍🌾 fin",
    "x\\\n\\\ny",
    "a*b* *c*d ** e **",
)


@dataclass(frozen=True)
class Pasted:
    """What a program puts into the clipboard, and what it must become."""

    name: str
    html: str
    markdown: str


_WORD_ITEM = (
    "<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level{level} lfo1'>"
    "<![if !supportLists]><span style='font-family:Symbol'><span style='mso-list:Ignore'>{sign}"
    "<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp; </span></span></span><![endif]>"
    "{text}<o:p></o:p></p>"
)

PASTED = (
    Pasted(
        "Word, a text",
        "<html xmlns:o='urn:schemas-microsoft-com:office:office'><head><style>p.MsoNormal{margin:0cm}</style></head>"
        "<body lang=FR><!--StartFragment--><h1 style='color:#2E74B5'><b>Compte rendu</b><o:p></o:p></h1>"
        "<h2>Présents</h2><p class=MsoNormal style='margin-bottom:8pt'><b style='mso-bidi-font-weight:normal'>Attention"
        "</b><span style='mso-spacerun:yes'>  </span>au <i>budget</i>&nbsp;!<o:p></o:p></p>"
        "<p class=MsoNormal><o:p>&nbsp;</o:p></p><!--EndFragment--></body></html>",
        "## Compte rendu\n\n### Présents\n\n**Attention** au *budget*\u00a0!",
    ),
    Pasted(
        "Word, lists in lists",
        "<p class=MsoNormal>Avant</p>"
        + _WORD_ITEM.format(level=1, sign="·", text="légumes")
        + _WORD_ITEM.format(level=2, sign="o", text="bio")
        + _WORD_ITEM.format(level=1, sign="·", text="<b>pain</b>")
        + "<p class=MsoNormal>Entre</p>"
        + _WORD_ITEM.replace("l0", "l1").format(level=1, sign="3.", text="trois")
        + _WORD_ITEM.replace("l0", "l1").format(level=1, sign="4.", text="quatre")
        + "<p class=MsoNormal>Après</p>",
        "Avant\n\n- légumes\n  - bio\n- **pain**\n\nEntre\n\n3. trois\n4. quatre\n\nAprès",
    ),
    Pasted(
        "Word, a table",
        "<table class=MsoTableGrid border=1><tr><td width=100><p class=MsoNormal><b>Commune</b></p></td>"
        "<td><p class=MsoNormal>Repas</p></td></tr><tr><td colspan=2><p class=MsoNormal>Ambert</p>"
        "<p class=MsoNormal>420 | 3</p></td></tr></table>",
        "| **Commune** | Repas |\n| --- | --- |\n| Ambert 420 \\| 3 |  |",
    ),
    Pasted(
        "LibreOffice",
        "<meta http-equiv='content-type' content='text/html; charset=utf-8'/><style>p { line-height: 115% }</style>"
        "<p style='line-height: 100%'><font face='Liberation Serif'><font size='3'>Un <b>essai</b></font></font></p>"
        "<ol><li><p>un</p></li><li><p>deux</p><ul><li><p>dedans</p></li></ul></li></ol>",
        "Un **essai**\n\n1. un\n2. deux\n   - dedans",
    ),
    Pasted(
        "Google Docs",
        "<meta charset='utf-8'><b style='font-weight:normal;' id='docs-internal-guid-1'><h2 dir='ltr'><span "
        "style='font-size:16pt;font-weight:400'>Titre</span></h2><p dir='ltr'><span style='font-weight:400'>Du </span>"
        "<span style='font-weight:700'>gras</span><span style='font-weight:400'> et </span><span "
        "style='font-style:italic;font-weight:400'>penché</span></p><ul><li dir='ltr'><p dir='ltr'><span>"
        "un</span></p></li><ul><li dir='ltr' aria-level='2'><p dir='ltr'><span>sous</span></p></li></ul></ul>"
        "<a href='https://www.google.com/url?q=https://exemple.fr/a&amp;sa=D'><span>lien</span></a></b>",
        "## Titre\n\nDu **gras** et *penché*\n\n- un\n  - sous\n\n[lien](https://exemple.fr/a)",
    ),
    Pasted(
        "Outlook, an answer with its quoted mail and a signature",
        "<div class='WordSection1'><p class='MsoNormal'>Bonjour,<o:p></o:p></p><p class='MsoNormal'>D’accord pour "
        "<a href='https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Fexemple.fr%2Fx&amp;data=05'>jeudi</a>"
        ".</p><p class='MsoNormal'>-- <br>Rachel C.<br>Mairie<img src='cid:logo.png' alt='logo'></p><div><div "
        "style='border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm'><p class='MsoNormal'><b>De&nbsp;:</b>"
        " Ali<br><b>Envoyé&nbsp;:</b> lundi</p></div></div><p class='MsoNormal'>Jeudi ?</p></div>",
        "Bonjour,\n\nD’accord pour [jeudi](https://exemple.fr/x).\n\n\\--\nRachel C.\nMairie\n\n"
        "> **De\u00a0:** Ali\n> **Envoyé\u00a0:** lundi\n>\n> Jeudi ?",
    ),
    Pasted(
        "Gmail",
        "<div dir='ltr'>Merci !<div><br></div><div>À bientôt <img alt='😀' src='https://fonts.gstatic.com/x.png'></div>"
        "</div><br><div class='gmail_quote'><div class='gmail_attr'>Le lun., Ali a écrit :<br></div><blockquote "
        "class='gmail_quote' style='border-left:1px solid #ccc'><div>On y va ?</div></blockquote></div>",
        "Merci !\n\nÀ bientôt 😀\n\nLe lun., Ali a écrit :\n\n> On y va ?",
    ),
    Pasted(
        "a mail laid out with tables",
        "<table role='presentation' width='600'><tr><td><table><tr><td><p>Bonjour <font color='red'>à tous</font></p>"
        "</td></tr></table></td></tr><tr><td><a href='https://exemple.fr'><span>S’inscrire</span></a></td></tr></table>"
        "<img src='https://exemple.fr/pixel.gif' width=1 height=1>",
        "Bonjour à tous\n\n[S’inscrire](https://exemple.fr)",
    ),
    Pasted(
        "a web page",
        "<article><nav><a href='/'>Accueil</a></nav><h1 class='t'>Guide</h1><p>Un <a href='javascript:x()'>piège</a>, "
        "un <a href='https://exemple.fr'>lien</a>, <code>du code</code><sup>1</sup>.</p><script>alert(1)</script><pre>"
        "<code>a = 1\n  b</code></pre><button>Partager</button><hr><blockquote><p>Dit</p></blockquote><svg>"
        "<text>x</text></svg></article>",
        "## Guide\n\nUn piège, un [lien](https://exemple.fr), `du code`1.\n\n```\na = 1\n  b\n```\n\n---\n\n> Dit",
    ),
    Pasted(
        "a web table with rows and columns that span",
        "<table><thead><tr><th>An</th><th>Euros</th></tr></thead><tbody><tr><td rowspan=2>2026</td><td>1<br>2</td></tr>"
        "<tr><td>3</td></tr></tbody></table>",
        "| An | Euros |\n| --- | --- |\n| 2026 | 1 2 |\n|  | 3 |",
    ),
    Pasted("signs that are not marks", "<p>2 * 3 * 4, [x](y) et # non</p>", "2 \\* 3 \\* 4, \\[x\\](y) et # non"),
    Pasted("lines of a mail", "<div>un<br>deux<br><br>trois</div>", "un\ndeux\n\ntrois"),
)

# Plain text, as from a mail that has no looks, or by one who knows Markdown.
PLAIN = (
    ("un **mot** et\n\n- a\n- b", "un **mot** et\n\n- a\n- b"),
    ("Bonjour,\r\n\r\n> On y va ?\r\n\r\nOui !", "Bonjour,\n\n> On y va ?\n\nOui !"),
    ("    une ligne en retrait\nune autre", "une ligne en retrait\nune autre"),
)
