"""HTML inside feeds: nothing active, nothing relative, nothing broken; and no HTML where plain text stands."""
import html.entities
import re
from html.parser import HTMLParser
from urllib.parse import urljoin

VOID = set("area base br col embed hr img input link meta source track wbr".split())
# What readers show. Forms, frames, plug-ins, styles and scripts are not among them.
HARMLESS = set(
    "a abbr acronym address area article aside audio b bdi bdo big blockquote br caption center cite code col colgroup "
    "data dd del details dfn dir div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins "
    "kbd li main map mark menu nav ol p picture pre q rb rp rt rtc ruby s samp section small source span strike strong "
    "sub summary sup table tbody td tfoot th thead time tr track tt u ul var video wbr".split()
)
ACTIVE = set(
    "applet base basefont bgsound body button canvas command dialog embed fieldset form frame frameset head html iframe "
    "input isindex keygen label legend link marquee meta noembed noframes noscript object optgroup option output param "
    "plaintext portal script select slot style svg math template textarea title xmp".split()
)
OPTIONAL_END = set("li dt dd p rb rt rp rtc thead tbody tfoot tr td th colgroup caption".split())
LINKS = {
    "a": ["href"], "area": ["href"], "img": ["src", "longdesc"], "audio": ["src"], "source": ["src"], "track": ["src"],
    "video": ["src", "poster"], "blockquote": ["cite"], "q": ["cite"], "ins": ["cite"], "del": ["cite"],
}
SCHEMES = set("http https mailto tel xmpp magnet geo sms irc ircs news ftp sip sips gemini data".split())
REFERENCE = re.compile(r"&(#[xX]?[0-9A-Fa-f]*|[A-Za-z][A-Za-z0-9]*)(;?)")


class Checker(HTMLParser):
    def __init__(self, base, where, line, report):
        super().__init__(convert_charrefs=False)
        self.base, self.where, self.line, self.report = base, where, line, report
        self.open = []

    def wrong(self, message):
        self.report.error(self.line, f"{self.where}: {message}")

    def handle_starttag(self, tag, attrs):
        if tag in ACTIVE:
            self.wrong(f"<{tag}> may not be in content")
        elif tag not in HARMLESS:
            self.wrong(f"<{tag}> is no HTML element")
        seen = set()
        for name, value in attrs:
            if name in seen:
                self.wrong(f"<{tag}> has {name} twice")
            seen.add(name)
            if name.startswith("on"):
                self.wrong(f"<{tag}> has the event handler {name}")
            elif name in ("style", "srcdoc", "formaction", "xmlns", "is", "autofocus", "contenteditable"):
                self.wrong(f"<{tag}> has the attribute {name}")
            elif not re.match(r"[a-z][a-z0-9:-]*\Z", name):
                self.wrong(f"<{tag}> has an attribute named `{name}`")
        values = dict(attrs)
        for name in LINKS.get(tag, []):
            if values.get(name) is not None:
                self.link(tag, name, values[name])
        if values.get("srcset") is not None:
            candidates = re.split(r",\s+|,(?=https?:)", values["srcset"].strip().rstrip(","))
            for candidate in candidates:
                parts = candidate.split()
                if not parts:
                    self.wrong(f"<{tag}> has an empty candidate in srcset")
                    continue
                self.link(tag, "srcset", parts[0])
                if len(parts) > 2 or (len(parts) == 2 and not re.match(r"\d+(\.\d+)?[wxh]\Z", parts[1])):
                    self.wrong(f"<{tag}> has the candidate `{candidate}` in srcset")
        if tag == "img" and not values.get("src") and not values.get("srcset"):
            self.wrong("<img> shows nothing")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.wrong(f"<{tag}/> does not end <{tag}> in HTML")

    def handle_endtag(self, tag):
        if tag in VOID:
            self.wrong(f"</{tag}> ends nothing")
            return
        while self.open and self.open[-1] != tag and self.open[-1] in OPTIONAL_END:
            self.open.pop()
        if not self.open or self.open[-1] != tag:
            self.wrong(f"</{tag}> without its beginning")
            if tag in self.open:
                while self.open.pop() != tag:
                    pass
            return
        self.open.pop()

    def handle_charref(self, name):
        try:
            point = int(name[1:], 16) if name[0] in "xX" else int(name)
        except ValueError:
            point = 0
        if point == 0 or 0x80 <= point <= 0x9F or 0xD800 <= point <= 0xDFFF or point > 0x10FFFF:
            self.wrong(f"&#{name}; stands for no character")

    def handle_decl(self, decl):
        self.wrong(f"<!{decl}> may not be in content")

    def handle_pi(self, data):
        self.wrong(f"<?{data}> may not be in content")

    def link(self, tag, name, value):
        value = value.strip()
        scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", re.sub(r"[\x00-\x20]", "", value))
        if scheme:
            if scheme.group(1).lower() not in SCHEMES:
                self.wrong(f"<{tag} {name}> has an address of the scheme {scheme.group(1)}")
            elif scheme.group(1).lower() == "data" and tag != "img":
                self.wrong(f"<{tag} {name}> has a data: address")
        elif not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", urljoin(self.base, value)):
            self.wrong(f"<{tag} {name}> has the relative address `{value}`")
        if re.search(r"\s", value):
            self.wrong(f"<{tag} {name}> has white space inside `{value}`")

    def finish(self):
        for tag in self.open:
            if tag not in OPTIONAL_END:
                self.wrong(f"<{tag}> is never ended")


def check(text, base, where, line, report):
    """HTML, as a browser would get it."""
    checker = Checker(base, where, line, report)
    checker.feed(text)
    checker.close()
    checker.finish()
    bare = re.sub(r"<!--.*?-->", "", text, flags=re.S)
    if "<!--" in bare:
        report.error(line, f"{where}: a comment is never ended")
    for name, semicolon in REFERENCE.findall(re.sub(r"<[^>]*>", "", bare)):
        if semicolon and not name.startswith("#") and name + ";" not in html.entities.html5:
            report.error(line, f"{where}: &{name}; is no entity of HTML")
        elif not semicolon and (name.startswith("#") or name in html.entities.html5):
            report.error(line, f"{where}: &{name} lacks its semicolon")
    twice = re.search(r"&amp;(?:#\d+|#x[0-9a-fA-F]+|nbsp|amp|lt|gt|quot|hellip|ldquo|rdquo|lsquo|rsquo|mdash|ndash);", text)
    if twice:
        report.warning(line, f"{where}: {twice.group(0)} looks escaped twice")


def tree(node, where, report):
    """XHTML inside Atom."""
    for child in node.walk():
        namespace, name = child.key
        if namespace != "http://www.w3.org/1999/xhtml":
            report.error(child.line, f"{where}: <{name}> is not XHTML")
        elif name not in HARMLESS:
            report.error(child.line, f"{where}: <{name}> may not be in content")
        for (space, attr), value in child.attrs.items():
            if not space and (attr.startswith("on") or attr in ("style", "srcdoc", "formaction")):
                report.error(child.line, f"{where}: <{name}> has the attribute {attr}")
            if not space and attr in LINKS.get(name, []):
                Checker(child.base, where, child.line, report).link(name, attr, value)


def plain(text, where, line, report, blank="error"):
    """Text that readers show as it is. Angle brackets may be meant, so they are a warning only."""
    if not text.strip() and blank:
        report.error(line, f"{where} is empty")
    if re.search(r"</?[A-Za-z][A-Za-z0-9]*[\s/>]", text):
        report.warning(line, f"{where} looks like HTML: `{text[:60]}`")
    for name, semicolon in REFERENCE.findall(text):
        if semicolon and (name.startswith("#") or name + ";" in html.entities.html5):
            report.warning(line, f"{where} holds &{name}; undecoded")
    if re.search(r"<[\w.+'-]+@(?:[\w-]+\.)+[\w-]+>", text):
        report.warning(line, f"{where} holds a mail address")
