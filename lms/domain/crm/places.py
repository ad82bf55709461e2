"""People, homes and firms of the invented city 澄湾市, as `people_and_places.yaml` lists them, and outage notices."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from lms.domain.values import Texts, Value

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Pinyin = Annotated[str, StringConstraints(pattern=r"^[a-z]+( [a-z]+)*$", max_length=40)]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]
Setting = Literal["urban", "rural"]


class Surname(Value):
    """``pinyin`` without tones, a word a syllable; ``weight``: how common."""

    zh: Name
    pinyin: Pinyin
    weight: int = Field(ge=1)


class GivenName(Value):
    zh: Name
    pinyin: Pinyin


class Homophones(Value):
    """Writings that sound alike: 张 and 章."""

    kind: Literal["surname", "given"]
    pinyin: Pinyin
    zh: tuple[Name, ...] = Field(min_length=2)


class Area(Value):
    slug: Slug
    zh: Name
    en: Name
    setting: Setting

    @property
    def name(self) -> Texts:
        return Texts(zh=self.zh, en=self.en)


class Estate(Value):
    zh: Name
    en: Name
    area: Slug
    setting: Setting


class Street(Value):
    zh: Name
    en: Name
    area: Slug


class Firm(Value):
    zh: Name
    en: Name


class PeopleAndPlaces(Value):
    """The file `people_and_places.yaml`. ``villages`` have groups and house numbers instead of buildings."""

    surnames: tuple[Surname, ...] = Field(min_length=1)
    given: tuple[GivenName, ...] = Field(min_length=1)
    homophones: tuple[Homophones, ...] = Field(min_length=2)
    areas: tuple[Area, ...] = Field(min_length=1)
    estates: tuple[Estate, ...] = Field(min_length=1)
    streets: tuple[Street, ...] = ()
    villages: tuple[Street, ...] = Field(min_length=1)
    firms: tuple[Firm, ...] = Field(min_length=1)
    never_together: tuple[Name, ...] = ()  # full names of well-known people
