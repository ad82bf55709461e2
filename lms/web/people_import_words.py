"""What the import says: columns, what is wrong with a cell, and how to mend it."""

from flask_babel import LazyString
from flask_babel import gettext as _
from flask_babel import lazy_gettext as __

from lms.domain.people_plan import Present
from lms.domain.people_rows import COLUMNS
from lms.web.words import word

COLUMN: dict[str, LazyString] = {
    "number": __("工号"),
    "name": __("姓名"),
    "roles": __("角色"),
    "leader": __("直属主管工号"),
    "cohorts": __("批次编号"),
    "active": __("状态"),
}
FILE: dict[str, LazyString] = {
    "missing": __("请选择一个 CSV 或 XLSX 文件。"),
    "large": __("文件过大：上限 2 MB，解压后 12 MB。请拆成几个文件。"),
    "rows": __("行数过多：一次最多导入 5,000 人，且表格不超过 20,000 行。请拆成几个文件，或删去表尾的空行。"),
    "old-excel": __("这是旧版 .xls 或带密码的工作簿。请在 Excel 中另存为“.xlsx”（不设密码）或“CSV UTF-8”。"),
    "encoding": __("无法识别文字编码。请在 Excel 中另存为“.xlsx”或“CSV UTF-8”。"),
    "csv": __("不是完整的 CSV：可能有未闭合的引号。请用模板重新整理。"),
    "xlsx": __("工作簿已损坏或不是 .xlsx 文件。请重新另存后再上传。"),
    "empty": __("文件里没有人员：第一行应为列名，其后每行一人。"),
    "no-number": __("缺少“工号”列。请使用模板中的列名。"),
    "column-twice": __("有两列同名，请只保留一列。"),
    "stale": __("预览已失效，请重新上传文件。"),
}
# code → (what is wrong, how to mend it)
PROBLEM: dict[str, tuple[LazyString, LazyString]] = {
    "number-missing": (__("缺少工号"), __("填写工号")),
    "bad-number": (__("不是有效的工号"), __("2–32 位字母、数字、点、横线或下划线")),
    "twice": (__("同一工号在文件中出现多次"), __("只保留一行")),
    "name-missing": (__("新人员缺少姓名"), __("填写姓名")),
    "bad-name": (__("姓名过长或含不可见字符"), __("改为 80 字以内的姓名")),
    "unknown-role": (__("没有这个角色"), __("用：新员工、培训师、考官、直属主管、管理员，多个用顿号分隔")),
    "unknown-status": (__("看不懂的状态"), __("填“在职”或“离职”")),
    "leader-unknown": (__("没有这位主管"), __("先建立此人，或写进同一文件")),
    "leader-refused": (__("主管所在的行有误，未被接受"), __("先改正那一行")),
    "leader-role": (__("此人已离职或没有直属主管角色"), __("换一位主管，或先授予角色")),
    "leader-self": (__("不能做自己的主管"), __("换一位主管，或填“无”")),
    "cohort-unknown": (__("没有这个批次"), __("先在“批次”中建立，或改正编号")),
    "cohort-trainer": (__("此人是该批次的培训师"), __("先移出培训师，或去掉该批次")),
    "cohort-role": (__("此人没有新员工角色，不能作学员"), __("加上“新员工”角色，或去掉批次")),
    "own-administration": (__("不能停用自己或取消自己的管理员角色"), __("请由另一位管理员操作")),
}


def shown(field: str, person: Present) -> str:
    """One field of a person as a cell of the file: what :mod:`lms.domain.people_rows` reads back."""
    if field == "roles":
        return str(_("、")).join(word("role", role) for role in sorted(person.roles))
    if field == "cohorts":
        return str(_("、")).join(sorted(person.cohorts))
    if field == "active":
        return str(_("在职") if person.active else _("离职"))
    return str(getattr(person, field))


def heading_row() -> list[str]:
    return [str(COLUMN[name]) for name in COLUMNS]


def notes() -> list[str]:
    """The second sheet of the template."""
    return [
        _("每行一人，以工号为准：已有工号会更新，没有的会新建。"),
        _("留空的单元格不作更改；要去掉直属主管或批次，请填“无”。"),
        _("角色可写多个，用顿号或逗号分隔：新员工、培训师、考官、直属主管、管理员。新人员留空即为新员工。"),
        _("直属主管填工号，可以是同一文件中的新人员；批次填编号，须已在系统中建立。"),
        _("状态填“在职”或“离职”；离职人员会立即退出登录。"),
        _("文件中没有的人不会自动停用。"),
    ]
