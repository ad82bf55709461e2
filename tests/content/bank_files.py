"""Small question banks in a temporary folder, for the tests of the linter."""

from pathlib import Path
from textwrap import dedent, indent

from lms.content.bank import BankFiles, read_bank

HEAD = """\
section: business
topic: billing
title: {zh: 计费账务, en: Billing}
questions:
"""

SINGLE = """\
- code: BIL-001
  kind: single
  difficulty: 2
  rule: "1.5 proration"
  stem: {zh: 应收多少元？, en: How much is due?}
  options:
    - {id: A, text: {zh: "33.39", en: "33.39"}, why: {zh: 漏一天, en: One day short}}
    - {id: B, text: {zh: "35.61", en: "35.61"}, why: {zh: 正确, en: Right}}
    - {id: C, text: {zh: "69.00", en: "69.00"}, why: {zh: 未折算, en: Not prorated}}
  key: B
  rationale: {zh: 按日折算, en: Prorated by day}
"""

MULTIPLE = """\
- code: BIL-002
  kind: multiple
  difficulty: 1
  rule: "1.6"
  stem: {zh: 哪些可以核身？（选2项）, en: Which identify a caller? (choose 2)}
  options:
    - {id: A, text: {zh: 服务密码, en: Password}, why: {zh: 是, en: Yes}}
    - {id: B, text: {zh: 证件号码, en: ID number}, why: {zh: 是, en: Yes}}
    - {id: C, text: {zh: 昵称, en: Nickname}, why: {zh: 否, en: No}}
    - {id: D, text: {zh: 声音, en: Voice}, why: {zh: 否, en: No}}
  key: [A, B]
  rationale: {zh: 两项, en: Both}
"""

NUMERIC = """\
- code: BIL-003
  kind: numeric
  difficulty: 3
  rule: "1.5"
  stem: {zh: 折算后月费是多少？, en: What is the prorated fee?}
  key: "35.61"
  tolerance: "0.01"
  unit: {zh: 元, en: yuan}
  rationale: {zh: 按日, en: By day}
"""

ORDERING = """\
- code: BIL-004
  kind: ordering
  difficulty: 2
  rule: "2.1"
  stem: {zh: 排出正确步骤。, en: Put the steps in order.}
  steps:
    - {id: A, text: {zh: 核身, en: Identify}}
    - {id: B, text: {zh: 查询, en: Look up}}
    - {id: C, text: {zh: 答复, en: Answer}}
  key: [A, B, C]
  rationale: {zh: 先核身, en: Identify first}
"""

WRITTEN = """\
- code: BIL-005
  kind: written
  difficulty: 3
  rule: "3.2"
  stem: {zh: 如何安抚客户？, en: How would you calm the customer?}
  guide:
    - id: empathy
      name: {zh: 共情表达, en: Empathy}
      points: 3
      look_for: {zh: 复述感受, en: Names the feeling}
  model_answer: {zh: 理解您的心情, en: I understand}
  rationale: {zh: 先情绪后事情, en: Feelings first}
"""

ALL_KINDS = SINGLE + MULTIPLE + NUMERIC + ORDERING + WRITTEN

BLUEPRINT = """\
code: quick
title: {zh: 小测, en: Quick}
minutes: 10
pass_total: 80
exposure_cap: 1
sections:
  - section: business
    weight: 100
    picks:
      - {kind: single, count: 1, points: 2}
"""


def topic(questions: str, head: str = HEAD) -> str:
    """A whole topic file; line 5 is the first question's first."""
    return head + indent(dedent(questions), "  ")


def write(folder: Path, text: str | bytes, name: str = "business-billing.yaml") -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def bank_of(folder: Path, questions: str) -> BankFiles:
    """The bank of one topic file with ``questions``."""
    write(folder, topic(questions))
    return read_bank(folder)


def said(bank: BankFiles) -> list[str]:
    """Each problem without its folder: ``business-billing.yaml:7: key: what — mend``."""
    return [
        str(problem).replace(f"{Path(problem.file).parent.as_posix()}/", "", 1) for problem in bank.problems
    ]
