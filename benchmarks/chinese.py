"""Generated notices of a district, in the words and the length of real ones, and the queries that readers would send."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

STREETS = ["城中", "公园", "中南", "沿江", "潭中", "河东", "静兰"]
PLACES = ["文昌路", "东环大道", "桂中大道", "滨江东路", "学院路", "静兰路", "中山东路", "解放南路", "高新一路", "海关路", "水南路", "晨华路"]  # fmt: skip
COMMUNITIES = ["滨江", "文昌", "东台", "桂景", "龙潭", "水上", "映山", "斜阳", "弯塘", "雅儒", "景行", "驾鹤"]
UNITS = ["区政府办公室", "区教育局", "区民政局", "区卫生健康局", "区住房和城乡建设局", "区市场监督管理局", "区人力资源和社会保障局", "区应急管理局", "区城市管理行政执法局"]  # fmt: skip
MATTERS = ["停水", "停电", "道路封闭施工", "燃气管道检修", "老旧小区改造", "义务教育招生", "社保缴费", "医疗保障参保", "公益性岗位招聘", "垃圾分类", "森林防火", "防汛应急演练", "疫苗接种", "残疾人补贴申领", "公租房申请", "营商环境评价", "食品安全抽检", "志愿服务", "流动人口登记", "高龄津贴发放"]  # fmt: skip
ACTS = ["通知", "公告", "公示", "实施方案", "工作简报", "温馨提示", "情况说明"]
SENTENCES = [
    "为进一步做好{matter}工作，切实保障辖区居民的合法权益，{unit}会同{street}街道办事处研究制定了具体措施。",
    "本次{matter}涉及{place}沿线及{community}社区部分居民楼，请相关住户提前做好准备。",
    "{unit}将于{month}月{day}日上午{hour}时组织工作人员到{community}社区开展现场咨询，欢迎广大群众参加。",
    "各单位要高度重视，压实责任，确保{matter}各项任务落到实处，并于{month}月底前报送工作总结。",
    "符合条件的居民可携带身份证、户口簿等材料到{street}街道便民服务中心办理，也可以通过网上平台提交申请。",
    "据了解，今年以来{unit}已累计走访{community}社区群众{count}余户，解决{matter}方面的问题{hour}件。",
    "施工期间{place}由东向西实行交通管制，过往车辆请绕行{other}，由此带来不便，敬请谅解。",
    "咨询电话：0772-0000000，联系地址：柳州市城中区{place}{count}号，工作时间为周一至周五。",
    "柳州市城中区政府高度重视{matter}工作，多次召开专题会议，研究部署下一阶段的重点任务。",
    "居民{name}表示，{matter}办理流程简化以后，不用再来回跑，真正感受到了服务的便利。",
    "参与活动的志愿者{name}介绍，他们每周末都会到{place}劝导文明出行，{community}社区的面貌焕然一新。",
    "根据《关于做好{year}年度{matter}有关事项的{act}》要求，现将名单予以{act}，公示期为五个工作日。",
]
NAMES = ["甲某", "乙某", "丙某", "丁某"]
QUERIES = [
    "停水", "招生", "津贴", "防火", "施工", "接种", "招聘", "社区", "津贴", "演练",
    "文昌路", "城中区", "街道办", "公租房",
    "营商环境", "医疗保障", "老旧小区",
    "参加各单位", "文昌社区部分居民", "柳州市城中区政府高度重视停电",
]  # fmt: skip
"""Ten of two characters, four of three, three of four; three phrases that no dictionary has, one of which nothing has."""


@dataclass(frozen=True, slots=True)
class Article:
    title: str
    summary: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        """All that readers can read, part by part."""
        return unicodedata.normalize("NFKC", "\n".join((self.title, self.summary, *self.paragraphs)))


def articles(count: int, *, sentences: int = 24, seed: int = 20261126) -> Iterator[Article]:
    """The same for the same seed; about 40 characters a sentence."""
    dice = random.Random(seed)
    for _ in range(count):
        matter = dice.choice(MATTERS)
        wording = [_sentence(dice, matter) for _ in range(sentences)]
        title = f"关于{dice.choice(PLACES)}{dice.choice(COMMUNITIES)}社区{matter}的{dice.choice(ACTS)}"
        if dice.random() < 0.3:
            title = f"{dice.choice(STREETS)}街道{matter}{dice.choice(ACTS)}（{dice.randint(2024, 2026)}年第{dice.randint(1, 99)}期）"
        paragraphs = ("".join(wording[at : at + 4]) for at in range(1, sentences, 4))
        yield Article(title, wording[0], tuple(paragraphs))


def _sentence(dice: random.Random, matter: str) -> str:
    other = matter if dice.random() < 0.8 else dice.choice(MATTERS)
    number = str(dice.randint(2024, 2026))
    # Official copy often has figures in full width.
    year = number if dice.random() < 0.5 else "".join(chr(ord(digit) + 0xFEE0) for digit in number)
    return dice.choice(SENTENCES).format(
        matter=other,
        unit=dice.choice(UNITS),
        street=dice.choice(STREETS),
        place=dice.choice(PLACES),
        other=dice.choice(PLACES),
        community=dice.choice(COMMUNITIES),
        month=dice.randint(1, 12),
        day=dice.randint(1, 28),
        hour=dice.randint(8, 12),
        count=dice.randint(20, 900),
        name=dice.choice(NAMES),
        act=dice.choice(ACTS),
        year=year,
    )
