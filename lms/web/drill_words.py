"""A drill's rules in words: the formula that its page, its start page and its results all show."""

from fractions import Fraction

from flask_babel import gettext as _

from lms.domain.drills.plans import DrillPlan, LookupRules, WorkflowRules


def formula(plan: DrillPlan, factor: Fraction = Fraction(1)) -> list[str]:
    """How the drill is scored, one sentence each; ``factor`` lengthens every time (extra time, a slower clock)."""
    return _of_lookup(plan, plan.lookup, factor) if plan.lookup else _of_workflow(plan, plan.workflow, factor)


def seconds(limit: int, factor: Fraction) -> str:
    """``30``, or with extra time ``37.5``."""
    whole = limit * factor
    return str(int(whole)) if whole.denominator == 1 else f"{float(whole):.1f}"


def _of_lookup(plan: DrillPlan, rules: LookupRules, factor: Fraction) -> list[str]:
    return [
        _(
            "一题计入 = %(within)s 秒内提交，且客户、各字段和对应条款全部正确；%(ends)s 秒时强制结束。",
            within=seconds(rules.within, factor), ends=seconds(rules.ends, factor),
        ),
        _(
            "得分 = 100 × 计入题数 ÷ %(tasks)s；%(tasks)s 题中至少计入 %(pass_tasks)s 题为通过。",
            tasks=plan.tasks, pass_tasks=rules.pass_tasks,
        ),
        _("信息调取错误逐处列出；在全流程演练中每处扣 %(cost)s 分。", cost=rules.error_cost),
        _("核验之前泄露客户信息为严重失误，整场不通过。"),
    ]  # fmt: skip


def _of_workflow(plan: DrillPlan, rules: WorkflowRules | None, factor: Fraction) -> list[str]:
    assert rules is not None  # held by the plan's validator
    tied = [_("效率分再乘以（准确分 ÷ %(accuracy)s）。", accuracy=rules.accuracy)] if rules.tie_to_accuracy else []
    return [
        _(
            "一题得分 = max(0, %(accuracy)s − %(cost)sn) + %(efficiency)s × 效率，n 为信息调取错误的处数。",
            accuracy=rules.accuracy, cost=rules.error_cost, efficiency=rules.efficiency,
        ),
        _(
            "效率：%(full)s 秒内为 1，随后匀速下降，%(zero)s 秒为 0；%(ends)s 秒时强制结束，未提交的题没有效率分。",
            full=seconds(rules.full_until, factor), zero=seconds(rules.zero_at, factor),
            ends=seconds(rules.ends, factor),
        ),
        *tied,
        _(
            "总分 = %(tasks)s 道题的平均分，%(line)s 分为通过。", tasks=plan.tasks, line=rules.pass_total,
        ),
        _("写到别的客户名下，或核验之前泄露客户信息，为严重失误，整场不通过。"),
    ]  # fmt: skip
