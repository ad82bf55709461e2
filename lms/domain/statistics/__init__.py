"""Item and test statistics 试题与试卷统计, from nothing but a table of marks."""

from lms.domain.statistics.dependability import Dependability, dependability
from lms.domain.statistics.exam import ExamStatistics, exam_statistics
from lms.domain.statistics.flags import Flag, Thresholds
from lms.domain.statistics.histogram import Bin, histogram
from lms.domain.statistics.interval import wilson
from lms.domain.statistics.items import ItemStatistics, item_statistics
from lms.domain.statistics.marks import Marks
from lms.domain.statistics.options import OptionUse, Picks, option_uses

__all__ = [
    "Bin",
    "Dependability",
    "ExamStatistics",
    "Flag",
    "ItemStatistics",
    "Marks",
    "OptionUse",
    "Picks",
    "Thresholds",
    "dependability",
    "exam_statistics",
    "histogram",
    "item_statistics",
    "option_uses",
    "wilson",
]
