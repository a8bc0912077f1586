"""The typed fields of an edition: kept by JSON, shown by every format, and nothing new for editions made before them."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import UUID

import pytest

from channels.adapters.wechat_mp.article.render import Style, render
from channels.completeness import ELEMENTS, is_seriously_incomplete, missing
from channels.edition import (
    AltId,
    Asset,
    Attachment,
    Edition,
    GuideFacts,
    InterpretationFacts,
    ItemList,
    ItemType,
    Material,
    PolicyFacts,
    PolicyStatus,
    PublicityFacts,
    Question,
    Relation,
    RelationKind,
    Table,
)
from channels.formats import ninjs
from channels.formats.extracts import TYPE_LABELS, enclosures
from channels.formats.html import article_html
from channels.formats.plain_facts import plain_facts, related
from channels.formats.text import article_text
from channels.formats.typed import chinese_day, days, fact_rows, spelled_out
from tests.channels import builders

OTHER = "urn:uuid:00000000-0000-4000-8000-00000000000a"
FORM = Asset(sha256="f" * 64, content_type="application/msword", name="表.doc", size=2048)
GUIDE = GuideFacts(
    kind="行政许可",
    department="城中区演示局",
    basis=("《演示条例》第一条",),
    conditions=("已登记", "已缴费"),
    materials=(
        Material(name="申请表", kind="原件", copies=2, form=FORM, note="本人签字"),
        Material(name="身份证<原件>", kind="原件核验"),
    ),
    steps=("申请", "受理", "办结"),
    legal_days=20,
    promised_days=0,
    fee="不收费",
    visits=1,
    online_url="https://example.gov.cn/ban",
    address="政务大厅",
    hours="工作日",
    phone="0772-0000000",
    questions=(Question(question="能代办吗？", answer="能。"),),
)
POLICY = PolicyFacts(
    category="城乡建设",
    subcategory="城市更新",
    issued_by="区政府办",
    status=PolicyStatus.REPEALED,
    status_on="2026-01-08",
    status_note="由新办法替代",
)


def make_edition(**fields: object) -> Edition:
    value = builders.edition(UUID(int=7))
    return replace(value, permalink=f"https://hub.example/i/{value.content_id}/", **fields)  # type: ignore[arg-type]


def url(asset: Asset) -> str:
    return f"https://hub.example/{asset.path}"


def a_guide(**changes: object) -> Edition:
    facts = replace(GUIDE, **changes)  # type: ignore[arg-type]
    return make_edition(type=ItemType.SERVICE_GUIDE, guide=facts, body=())


def a_policy(**changes: object) -> Edition:
    numbers = (
        AltId(role="doc_number", value="城政办发〔2026〕3号"),
        AltId(role="index_number", value="甲/1"),
    )
    facts = replace(POLICY, **changes)  # type: ignore[arg-type]
    return make_edition(type=ItemType.POLICY_DOC, policy=facts, alt_ids=numbers, issued_on="2025-12-31")


@pytest.mark.parametrize(
    "typed",
    [
        {"policy": POLICY, "relations": (Relation(kind=RelationKind.REPLACED_BY, uri=OTHER, headline="新"),)},
        {"interpretation": InterpretationFacts(form="图解", transcript=("一", "二"))},
        {"publicity": PublicityFacts(start_on="2026-11-02", end_on="2026-11-09", email="a@example.gov.cn")},
        {"guide": GUIDE},
        {"guide": GuideFacts()},
    ],
)
def test_typed_fields_survive_the_journey_through_json(typed: dict[str, object]) -> None:
    value = make_edition(**typed)
    again = Edition.from_json(value.to_json())
    assert again == value
    assert again.checksum == value.checksum != make_edition().checksum


def test_an_edition_without_them_is_written_as_before() -> None:
    document = json.loads(make_edition().to_json())
    assert not {"policy", "interpretation", "publicity", "guide", "relations"} & set(document)


def test_an_item_cannot_be_related_to_itself() -> None:
    own = make_edition().uri
    with pytest.raises(ValueError, match="itself"):
        make_edition(relations=(Relation(kind=RelationKind.INTERPRETS, uri=own, headline="自己"),))


def test_empty_forms_are_files_of_the_edition() -> None:
    assert a_guide().assets == (FORM,)
    assert [file.url for file in enclosures(a_guide(), url)] == [url(FORM)]


def test_a_policy_tells_its_numbers_and_since_when_it_is_void() -> None:
    rows = dict(fact_rows(a_policy()))
    assert rows["主题分类"] == "城乡建设\\城市更新"
    assert (rows["索引号"], rows["发文字号"]) == ("甲/1", "城政办发〔2026〕3号")
    assert rows["成文日期"] == "2025年12月31日"
    assert rows["有效性"] == "废止（2026年1月8日起；由新办法替代）"
    assert (
        dict(fact_rows(a_policy(status=PolicyStatus.VALID, status_on="", status_note="")))["有效性"] == "有效"
    )


def test_the_unit_stands_for_an_issuing_organ_that_is_not_named() -> None:
    value = a_policy(issued_by="")
    assert dict(fact_rows(value))["发文机关"] == value.issuer.name


def test_a_public_notice_tells_its_period_and_where_to_object() -> None:
    facts = PublicityFacts(start_on="2026-11-02", end_on="2026-11-09", phone="0772-0000000")
    rows = fact_rows(make_edition(publicity=facts))
    assert rows == [("公示期", "2026年11月2日至2026年11月9日"), ("异议电话", "0772-0000000")]


def test_materials_are_a_table_and_steps_an_ordered_list() -> None:
    blocks = spelled_out(a_guide()).body
    (table,) = [block for block in blocks if isinstance(block, Table)]
    assert table.rows[0] == ("序号", "材料名称", "形式", "份数", "说明")
    assert table.rows[1] == ("1", "申请表", "原件", "2 份", "本人签字")
    assert ItemList(items=("申请", "受理", "办结"), ordered=True) in blocks
    assert [block.asset for block in blocks if isinstance(block, Attachment)] == [FORM]
    html = article_html(a_guide(), url)
    assert "<ol><li>申请</li><li>受理</li><li>办结</li></ol>" in html
    assert "身份证&lt;原件&gt;" in html
    assert "<dt>承诺时限</dt><dd>当场办结</dd>" in html


def test_spelling_out_twice_is_as_good_as_once() -> None:
    value = make_edition(guide=GUIDE, interpretation=InterpretationFacts(form="图解", transcript=("字",)))
    once = spelled_out(value)
    assert spelled_out(once) == once
    assert once.body[-1].html == "字"  # type: ignore[union-attr]
    assert spelled_out(make_edition()) is not None
    assert spelled_out(make_edition()).body == make_edition().body


def test_a_guide_without_a_body_is_an_article_in_wechat() -> None:
    rendering = render(spelled_out(a_guide()), Style())
    content = rendering.payload["content"]
    for words in ("办理机构", "申请表", "受理", "能代办吗", "不收费"):
        assert words in content


def test_plain_text_says_all_that_the_fields_say() -> None:
    text = article_text(a_guide())
    for words in ("事项类型：行政许可", "申请材料", "1. 申请", "能代办吗", "[附件：申请表（空白表格）]"):
        assert words in text


def test_machines_get_the_fields_by_name_and_files_by_address() -> None:
    facts = plain_facts(a_guide(), url)
    assert facts["guide"]["promised_days"] == 0
    assert facts["guide"]["materials"][0] == {
        "name": "申请表",
        "kind": "原件",
        "copies": 2,
        "form": url(FORM),
        "note": "本人签字",
    }
    assert plain_facts(make_edition(), url) == {}
    body = next(body for body in ninjs.document(a_policy(), url)["bodies"] if body["role"] == "facts")
    assert json.loads(body["value"])["policy"]["status"] == "repealed"


def test_a_related_item_is_named_with_its_lasting_address() -> None:
    value = make_edition(relations=(Relation(kind=RelationKind.INTERPRETS, uri=OTHER, headline="办法"),))
    (link,) = related(value)
    assert link["url"] == value.permalink.replace(str(value.content_id), OTHER.rpartition(":")[2])
    (found,) = [one for one in ninjs.document(value, url)["associations"] if one["rel"] == "interprets"]
    assert (found["uri"], found["name"]) == (OTHER, "办法")


def test_every_type_has_a_name() -> None:
    assert set(TYPE_LABELS) == set(ItemType)
    assert TYPE_LABELS[ItemType.SERVICE_GUIDE] == "办事指南"


def test_a_complete_guide_lacks_nothing_and_an_empty_one_all_but_its_name() -> None:
    assert missing(GUIDE, "事项") == ()
    assert missing(GuideFacts(), "") == ELEMENTS
    assert missing(replace(GUIDE, fee="", materials=()), "事项") == ("办理材料", "收费标准")


@pytest.mark.parametrize(("lacking", "serious"), [(3, False), (4, True)])
def test_four_missing_elements_are_serious(lacking: int, serious: bool) -> None:
    fields = ("basis", "conditions", "address", "hours")[:lacking]
    guide = replace(GUIDE, **{name: type(getattr(GUIDE, name))() for name in fields})
    assert is_seriously_incomplete(guide, "事项") is serious


def test_days_and_limits_are_written_for_people() -> None:
    assert [days(count) for count in (None, 0, 5)] == ["", "当场办结", "5 个工作日"]
    assert [chinese_day(day) for day in ("2026-01-08", "", "年底")] == ["2026年1月8日", "", "年底"]
