"""Personal data that is no mere run of digits: e-mails, home addresses, documents, birthdays, passwords, accounts."""

from collections.abc import Iterator

from lms.domain.evidence.patterns import Pattern, either

_EMAIL = Pattern(r"[a-z0-9][a-z0-9._%+\-]*@[a-z0-9][a-z0-9\-]*(?:\.[a-z0-9\-]+)*\.[a-z]{2,}")
_OFFICE = Pattern(
    r"^(?:service|services|support|help|helpdesk|info|kefu|cs|care|customer|customercare|privacy|contact|complaints?|"
    r"feedback|no-?reply|office|admin|hotline|dpo|billing|sales|hr|tousu|fuwu|security)[a-z0-9]{0,4}[@._ \-]",
    r"(?:@|at |艾特 ?)chengwan",
    r"^(?:look|looking|find|found|see|visit|page|site|available|shop|order|apply|form|here|online|chat|read|us|it|"
    "is) at ",
)
# "lan underscore zhou at example dot com", 周兰的拼音加 at 163 点 com
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_ONES = "zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve"
_LOCAL = (
    r"[a-z0-9][a-z0-9._\-]*(?: (?:dot|point|underscore|dash|hyphen) [a-z0-9]+){0,3}"
    rf"(?: (?:(?:{_TENS})(?:[- ](?:{_ONES}))?|{_ONES}|\d+)){{0,5}}"
)
_EMAIL_IN_WORDS = Pattern(
    rf"\b{_LOCAL} at [a-z0-9\-]+(?: (?:dot|point) [a-z0-9\-]+){{0,2}} (?:dot|point) [a-z]{{2,}}\b",
    r"[a-z0-9][a-z0-9._\-]*(?:下划线[a-z0-9]+|点[a-z0-9]+)* ?(?:艾特|at|圈a|小老鼠|@) ?[a-z0-9\-]+ ?(?:点|\.|dot) ?"
    r"(?:[a-z0-9]+ ?(?:点|\.|dot) ?)?(?:com|cn|net|org|example|edu)\b",
)
_EMAIL_MEANT = Pattern(
    "邮|信箱|艾特|圈a|小老鼠", r"\b(?:e-?mails?|mail(?:ed|box)?|inbox|address|invoice|underscore|spam|sent|sending)\b"
)

# An address is personal when it leads to a door, or is called somebody's.
_DOOR_ZH = Pattern(
    "(?:[0-9一二三四五六七八九十百a-z]+ ?(?:幢|栋|座|号楼|弄|单元|区)[ 第的,]{0,2}){1,3}"
    "[0-9一二三四五六七八九十]+(?:层|楼)?[0-9零〇一二三四五六七八九十幺]{2,}(?:室|房|户|号)?",
    "(?:路|街|巷|道|村|里|苑|园|弄|庭|府|城|湾|小区|花园|公寓|"
    "胡同)[^,。;!?]{0,16}?[0-9零〇一二三四五六七八九十幺]{2,}室",
)
_STREET_EN = (
    r"\d{1,4}[a-z]?,? (?:[a-z']+ ){1,3}(?:road|street|lane|avenue|drive|close|way|court|gardens|crescent|terrace|place|"
    r"square|rd|st|ave|boulevard|grove|hill|row|mews|walk)\b"
)
_DOOR_EN = Pattern(
    rf"\b(?:flat|apartment|apt|unit|room|suite) ?#?\d{{1,4}}[a-z]?,? (?:[a-z0-9' ]{{1,24}}, ?)?{_STREET_EN}",
    rf"\b{_STREET_EN},? (?:flat|apartment|apt|unit|room|suite) ?#?\d{{1,4}}[a-z]?\b",
)
_HOME_EN = Pattern(
    r"\b(?:your|her|his|their|the customer's|home|billing|delivery|registered|installation) (?:\w+ )?address\b"
    rf"[^.?!]{{0,24}}?\b{_STREET_EN}",
    rf"\b(?:you|he|she|they)(?:'re| are)?(?: still)? (?:lives?|living|staying)\b[^.?!]{{0,9}}?\b{_STREET_EN}",
)
_OFFICE_ADDRESS = Pattern(
    "营业厅|门店|网点|我们(?:公司|单位|店)|总部|服务厅|受理点|办公",
    r"\b(?:store|branch|office|shop|outlet|our|we're|headquarters)\b",
)

_DOCUMENTS = Pattern(
    "(?:护照|军官证|通行证|驾驶证|驾照|社保|医保)(?:卡)?(?:号码?|编号)?[^,。;!?0-9a-z]{0,6}[a-z]{0,2}[0-9]{7,18}",
    r"\b(?:passport|driving licen[cs]e|driver's licen[cs]e)\b[^.;!?0-9]{0,20}?\b[a-z]{0,5}\d{6,10}[a-z0-9]{0,4}\b",
    r"\b(?:ssn|social security)\b[^.;!?0-9]{0,20}\d{3}[ \-]?\d{2}[ \-]?\d{4}\b",
    r"\bsort code\b[^.;!?0-9]{0,12}\d\d[ \-]\d\d[ \-]\d\d\b[^.;!?0-9]{0,24}\d{8}\b",
)
_INSURANCE = Pattern(r"\b[a-z]{2} ?\d{2} ?\d{2} ?\d{2} ?[a-d]\b")  # a British National Insurance number
_INSURED = Pattern(r"\b(?:national insurance|ni|nino)\b")
_OFFICIAL = Pattern("官方|公众|企业|我们|chengwan")
_ACCOUNTS = Pattern("(?:微信|qq)(?:号码?|账号)?(?:就)?(?:是|为|:)[ ]?[a-z0-9][a-z0-9_\\-]{5,19}")
_BIRTHDAYS = Pattern(
    "(?:出生(?:日期|年月日?)?|生日)(?:就)?(?:是|为|:|登记的是)[ ]?"
    "(?:19|20)[0-9]{2}[年.\\-/][0-9]{1,2}[月.\\-/][0-9]{1,2}",
    r"\b(?:date of birth|born|birthday|dob)\b[^.;!?0-9]{0,16}(?:\d{1,2}(?:st|nd|rd|th)?(?: of)? [a-z]{3,9},?|"
    r"[a-z]{3,9} \d{1,2}(?:st|nd|rd|th)?,?|\d{1,2}[/.\-]\d{1,2}[/.\-]) ?(?:19|20)\d\d\b",
)
_AMERICAN = Pattern(r"(?:\+?1[ \-.])?\(\d{3}\) ?\d{3}[ \-.]\d{4}")
_PASSWORDS = Pattern(
    "(?:您|你|他|她|机主)的(?:服务|查询|登录|支付|账户)?密码(?:就)?(?:是|为|:)[ ]?[0-9]{4,8}",
    r"\b(?:your|her|his|their) (?:\w+ )?(?:password|pin)(?: number)? (?:is|was) \d{4,8}\b",
)
# The beginning, the middle and the end of a mobile number, each said apart.
_PARTS = Pattern(
    "[0-9]{3}(?:开头|打头|起头)[^0-9。]{0,8}[0-9]{4}[^0-9。]{0,10}[0-9]{4}",
    "前三位(?:是)?[0-9]{3}[^0-9。]{0,8}[0-9]{4}[^0-9。]{0,10}[0-9]{4}",
    r"\b(?:start|begin)(?:s|ning|ing)?(?: with| in)? \d{3}\b[^0-9.]{0,16}\d{4}\b[^0-9.]{0,16}\d{4}\b",
)
_CODE = Pattern(
    either(
        "工单",
        "单号",
        "订单",
        "受理",
        "编号",
        "型号",
        r"\b(?:tickets?|orders?|cases?|ref(?:erence)?|serial|model|tracking|code)\b",
    )
    + "[^,。;]{0,20}$"
)


def other_forms(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and rule of every such piece in the plain ``text``."""
    yield from _emails(text)
    yield from _addresses(text)
    for start, end in _AMERICAN.all(text):
        if not _OFFICE_ADDRESS.within(text[max(0, start - 40) : start]):
            yield start, end, "personal.telephone"
    for start, end in _DOCUMENTS.all(text):
        if not _CODE.within(text[max(0, start - 28) : start]):
            yield start, end, "personal.document"
    for start, end in _INSURANCE.all(text):
        if (
            " " not in text[start:end]
            and not _CODE.within(text[:start])
            or _INSURED.within(text[max(0, start - 48) : start])
        ):
            yield start, end, "personal.document"
    for start, end in _ACCOUNTS.all(text):
        if not _OFFICIAL.within(text[max(0, start - 8) : end]):
            yield start, end, "personal.account"
    for rule, pattern in (
        ("birthday", _BIRTHDAYS),
        ("password", _PASSWORDS),
        ("mobile", _PARTS),
    ):
        for start, end in pattern.all(text):
            yield start, end, f"personal.{rule}"


def _emails(text: str) -> Iterator[tuple[int, int, str]]:
    spoken = _EMAIL_IN_WORDS.all(text) if _EMAIL_MEANT.within(text) else []
    for start, end in _EMAIL.all(text) + spoken:
        if not _OFFICE.within(text[start:end]) and text[start - 1 : start] not in ("*", "•", "×"):
            yield start, end, "personal.e-mail"


def _addresses(text: str) -> Iterator[tuple[int, int, str]]:
    for pattern in (_DOOR_ZH, _DOOR_EN, _HOME_EN):
        for start, end in pattern.all(text):
            if not _OFFICE_ADDRESS.within(text[max(0, start - 40) : end]):
                yield start, end, "personal.address"
