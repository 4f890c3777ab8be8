"""Values: addresses, dates, languages, mail, media types, numbers."""
import datetime
import re
from urllib.parse import urlsplit

# RFC 3986, ASCII only: an IRI, a space or a bracket in a path has to be percent-encoded.
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:(?:[A-Za-z0-9;/?:@&=+$.\-_!~*'()%,#]|(?<=//)\[[0-9A-Fa-f:.]+\])+\Z")
TAG = re.compile(
    r"tag:(?:[A-Za-z0-9._-]+@)?[a-z0-9.-]+,\d{4}(?:-\d\d(?:-\d\d)?)?:[A-Za-z0-9;/?:@&=+$.\-_!~*'()%,]*"
    r"(?:#[A-Za-z0-9;/?:@&=+$.\-_!~*'()%,]*)?\Z"
)
UUID = re.compile(r"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z", re.I)
URN = re.compile(r"urn:[a-z0-9][a-z0-9-]{1,31}:(?:[A-Za-z0-9()+,.:=@;$_!*'/?#~&-]|%[0-9A-Fa-f]{2})+\Z", re.I)
HOST = re.compile(r"(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9-]+\Z|(?:\d{1,3}\.){3}\d{1,3}\Z")
MEDIA_TYPE = re.compile(
    r"""[^\s()<>,;:\\"/\[\]?=]+/[^\s()<>,;:\\"/\[\]?=]+(?:\s*;\s*[^\s()<>,;:\\"/\[\]?=]+="""
    r"""(?:"(?:\\.|[^"\\])*"|[^\s()<>,;:\\"/\[\]?=]+))*\Z"""
)
MAIL = re.compile(r"[A-Za-z0-9_+.'%-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z0-9][A-Za-z0-9-]*\Z")
RFC3339 = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)\Z")
RFC822 = re.compile(
    r"(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d\d?) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
    r"(\d{4}) (\d\d):(\d\d)(?::(\d\d))? (?:[+-]\d{4}|UT|GMT|EST|EDT|CST|CDT|MST|MDT|PST|PDT|Z)\Z"
)
MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
DAYS = "Mon Tue Wed Thu Fri Sat Sun".split()
LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?(?:-[A-Za-z0-9]{2,8})*\Z")
# ISO 639-1; a subtag of three letters is believed.
TWO_LETTERS = set(
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo "
    "es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg "
    "ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn "
    "no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta "
    "te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu".split()
)


def uri(value, where, line, report):
    """An absolute address that any strict reader takes."""
    if value != value.strip():
        report.error(line, f"{where}: white space around `{value.strip()}`")
        value = value.strip()
    scheme = value.split(":", 1)[0].lower()
    if scheme == "tag":
        good = TAG.match(value)
    elif scheme == "urn":
        good = UUID.match(value) if value.lower().startswith("urn:uuid:") else URN.match(value)
    else:
        good = URI.match(value) and not re.search(r"%(?![0-9A-Fa-f]{2})", value)
        if good and scheme in ("http", "https", "ftp"):
            good = bool(split(value).netloc)
    if not good:
        report.error(line, f"{where}: `{value}` is no absolute URI in ASCII")
    return bool(good)


def split(value):
    try:
        return urlsplit(value)
    except ValueError:
        return urlsplit("")


def web(value, where, line, report):
    """An http(s) address with a full host name."""
    if not uri(value, where, line, report):
        return
    parts = split(value)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not HOST.match(host):
        report.error(line, f"{where}: `{value}` is no http(s) address with a full host name")


def rfc822(value, where, line, report):
    found = RFC822.match(value)
    if not found:
        report.error(line, f"{where}: `{value}` is no RFC 822 date with four digits of year")
        return None
    day, date, month, year, hour, minute, second = found.groups()
    try:
        moment = datetime.datetime(
            int(year), MONTHS.index(month) + 1, int(date), int(hour), int(minute), min(int(second or 0), 59)
        )
    except ValueError as cause:
        report.error(line, f"{where}: `{value}`: {cause}")
        return None
    if day and DAYS[moment.weekday()] != day:
        report.error(line, f"{where}: `{value}` was a {DAYS[moment.weekday()]}")
    plausible(moment, value, where, line, report)
    return moment


def rfc3339(value, where, line, report):
    found = RFC3339.match(value)
    if not found:
        report.error(line, f"{where}: `{value}` is no RFC 3339 date-time")
        return None
    numbers = [int(part) for part in found.groups()[:6]]
    numbers[5] = min(numbers[5], 59)
    zone = found.group(7)
    try:
        moment = datetime.datetime(*numbers)
        if zone != "Z":
            hours, minutes = int(zone[1:3]), int(zone[4:6])
            if hours > 23 or minutes > 59:
                raise ValueError("no such offset")
            shift = datetime.timedelta(hours=hours, minutes=minutes)
            moment += -shift if zone[0] == "+" else shift
    except (ValueError, OverflowError) as cause:
        report.error(line, f"{where}: `{value}`: {cause}")
        return None
    plausible(moment, value, where, line, report)
    return moment


def plausible(moment, value, where, line, report):
    tomorrow = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None) + datetime.timedelta(days=1)
    if moment.year < 1990 or moment > tomorrow:
        report.warning(line, f"{where}: `{value}` is not plausible")


def language(value, where, line, report):
    primary = value.split("-")[0].lower()
    if not LANGUAGE.match(value) or (len(primary) == 2 and primary not in TWO_LETTERS):
        report.error(line, f"{where}: `{value}` is no language tag")


def mail(value, where, line, report):
    if not MAIL.match(value):
        report.error(line, f"{where}: `{value}` is no mail address")


def mail_with_name(value, where, line, report):
    """RSS: `mail@host.example (Real Name)`."""
    found = re.match(r"(\S+@\S+)(?: \((.+)\))?\Z", value, re.S)
    if not found:
        report.error(line, f"{where}: `{value}` is not of the form `mail@host.example (name)`")
        return
    mail(found.group(1), where, line, report)
    if not found.group(2):
        report.warning(line, f"{where}: `{value}` tells no name")


def media_type(value, where, line, report):
    if not MEDIA_TYPE.match(value):
        report.error(line, f"{where}: `{value}` is no media type")


def integer(value, where, line, report, least=0):
    if not re.match(r"\d+\Z", value, re.A) or int(value) < least:
        report.error(line, f"{where}: `{value}` is no whole number from {least} on")
