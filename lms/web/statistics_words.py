"""What the figures of a test mean, in words that help a trainer to decide."""

from dataclasses import dataclass

from flask_babel import gettext as _

from lms.domain.statistics import Flag
from lms.domain.values import shown
from lms.services.statistics import ENOUGH, Report
from lms.web.words import WORDS, word

GOOD, FAIR = 80, 70  # reliability in percent: fit to decide on people, fit with care


@dataclass(frozen=True, slots=True)
class Figure:
    """One card: its name, its value, and what that value means; ``tone`` as in the badge."""

    name: str
    value: str
    meaning: str
    tone: str = ""


def tone_of(flag: Flag) -> str:
    """How loud a flag is; that few people had a question says nothing about the question itself."""
    return {Flag.LIKELY_WRONG_KEY: "bad", Flag.FEW_CANDIDATES: "quiet"}.get(flag, "soon")


def flag_word(family: str, flag: Flag, kind: str) -> str:
    """What a flag is called, or advises, for a question of this kind: a case has neither key nor options."""
    own = f"{flag}-{kind}"
    return word(family, own if own in WORDS[family] else flag)


def figures_in_words(report: Report) -> list[Figure]:
    return [_papers(report), _mean(report), _passed(report), _spread(report), _reliability(report), _error(report)]


def _papers(report: Report) -> Figure:
    n = report.exam.n
    value = _("%(papers)s 份（%(people)s 人）", papers=n, people=report.people)
    if n >= ENOUGH and 2 * sum(line.figures.n < ENOUGH for line in report.lines) > len(report.lines):
        meaning = _("随机抽题，每道题的作答不多：单题的数字只宜参考，可到“全部场次的试题”合并来看。")
        return Figure(_("有效答卷"), value, meaning)
    if n < ENOUGH:
        meaning = _("不足 %(enough)s 份：以下数字波动较大，只宜参考，不宜据此淘汰试题。", enough=ENOUGH)
    elif report.people < n:
        return Figure(_("有效答卷"), value, _("有人不止一份：这些答卷并非相互独立，数字只宜参考。"), "soon")
    else:
        meaning = _("答卷足够，各题的区分度可以采信。")
    return Figure(_("有效答卷"), value, meaning, "soon" if n < ENOUGH else "")


def _mean(report: Report) -> Figure:
    mean, whole = report.exam.mean, report.highest
    if mean is None:
        return Figure(_("平均分"), "—", _("还没有评完的答卷。"))
    if whole is None:
        return Figure(_("平均分"), f"{mean:.1f}", _("各份试卷的满分不同，平均分只能粗略比较。"))
    share = _("平均得分率 %(share)s%%：一般考生拿到了试卷分数的这一部分。", share=f"{100 * mean / float(whole):.0f}")
    return Figure(_("平均分"), _("%(mean)s / %(whole)s", mean=f"{mean:.1f}", whole=shown(whole)), share)


def _passed(report: Report) -> Figure:
    outcomes = report.outcomes
    if outcomes.pass_rate is None or outcomes.pass_interval is None:
        return Figure(_("合格率"), "—", _("还没有成绩。"))
    low, high = outcomes.pass_interval
    meaning = _(
        "%(n)s 份答卷中 %(passed)s 份合格。换一批同样的新员工，合格率多半在 %(low)s%%–%(high)s%% 之间。",
        n=outcomes.n, passed=outcomes.passed, low=f"{low:.0f}", high=f"{high:.0f}",
    )  # fmt: skip
    return Figure(_("合格率"), f"{outcomes.pass_rate:.0f}%", meaning)


def _spread(report: Report) -> Figure:
    sd = report.exam.sd
    if sd is None:
        return Figure(_("标准差"), "—", _("至少两份答卷才有分数的离散程度。"))
    return Figure(_("标准差"), f"{sd:.1f}", _("考生的分数离平均分通常有这么远；越大，考试把人拉得越开。"))


def _reliability(report: Report) -> Figure:
    if report.exam.n < ENOUGH:
        return Figure(_("信度"), "—", _("不足 %(enough)s 份答卷：现在算出的信度还没有意义。", enough=ENOUGH))
    alpha = report.exam.cic
    drawn = alpha is None
    found = report.dependability
    percent = (found.coefficient if found else None) if drawn else alpha
    name = _("信度（随机抽题估计）") if drawn and found else _("信度（克隆巴赫 α）")
    if percent is None:
        return Figure(name, "—", _("答卷太少、份份同分，或某种分值的题只有一道，无法估计。"))
    meaning, tone = _judged(percent)
    return Figure(name, f"{percent / 100:.2f}", meaning, tone)


def _judged(percent: float) -> tuple[str, str]:
    if percent >= GOOD:
        return _("分数可信，可以据此判定是否合格。"), "good"
    if percent >= FAIR:
        return _("基本可信；合格线附近的考生宜再看一遍。"), "soon"
    if percent >= 0:
        return _("偏低：分数里运气成分较多，宜增加题量，并先处理下面被标记的题。"), "bad"
    return _("为负：题目之间互相矛盾，请先复核标准答案。"), "bad"


def _error(report: Report) -> Figure:
    error = report.exam.standard_error
    if error is None and report.dependability:
        error = report.dependability.standard_error
    if error is None or report.exam.n < ENOUGH:
        return Figure(_("标准误"), "—", _("有了信度才能估计。"))
    meaning = _("同一个人再考一次，约三分之二的情况下分数变化不超过 ±%(error)s 分。", error=f"{error:.1f}")
    return Figure(_("标准误"), _("±%(error)s 分", error=f"{error:.1f}"), meaning)
