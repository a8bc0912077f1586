"""Policy documents, their interpretations and public notices of the demo district. Invented in content."""

from __future__ import annotations

from cms.demo.writing import Day, DemoItem, Policy, h, listed, p, picture, table

PAPERS = (
    DemoItem(
        key="jiugai-banfa",
        item_type="policy_doc",
        place=("menhu", "zhengce"),
        column="zhengce",
        unit="qzfb",
        title="柳州市城中区城镇老旧小区改造实施办法（演示）",
        summary="明确老旧小区改造的范围、居民参与、资金筹措和施工管理要求，自印发之日起施行。",
        days_ago=20,
        keywords="老旧小区改造，城市更新",
        topics=("jiugai",),
        facts={
            "index_number": "演示/2026-00012",
            "category": "城乡建设",
            "subcategory": "城市更新",
            "issued_by": "柳州市城中区人民政府办公室",
            "doc_number": "演示政办发〔2026〕12号",
            "issued_on": Day(-24),
            "effective_on": Day(-20),
        },
        blocks=(
            p("各街道办事处，区直各部门："),
            p(
                "《柳州市城中区城镇老旧小区改造实施办法》已经区人民政府同意，现印发给你们，请认真组织实施。（演示）"
            ),
            h("第一章 总则"),
            p("<strong>第一条</strong> 为改善居民居住条件，规范城镇老旧小区改造，结合本区实际，制定本办法。"),
            p(
                "<strong>第二条</strong> 本办法所称老旧小区，是指城区内建成年代较早、配套设施不完善、社区服务设施"
                "不健全、居民改造意愿强烈的住宅小区。"
            ),
            h("第二章 改造内容"),
            p("<strong>第三条</strong> 改造内容分为以下三类："),
            listed(
                "基础类：供水、排水、供电、消防、道路和建筑物公共部位维修；",
                "完善类：停车位、照明、绿化、无障碍设施和加装电梯；",
                "提升类：养老、托育、便民市场和社区综合服务设施。",
            ),
            h("第三章 居民参与"),
            p(
                "<strong>第四条</strong> 改造方案应当在小区内公示，公示期不少于5个工作日，并征得法定比例的业主同意。"
            ),
            p(
                "<strong>第五条</strong> 街道办事处负责组织居民议事，收集意见并反馈采纳情况；社区居民委员会协助做好"
                "政策宣传和矛盾调处。"
            ),
            h("第四章 资金和实施"),
            table(
                "资金分担（演示）",
                ("改造类别", "财政", "居民和产权单位", "社会资本"),
                ("基础类", "全额保障", "不承担", "不参与"),
                ("完善类", "适当补助", "合理分担", "可以参与"),
                ("提升类", "以奖代补", "自愿分担", "鼓励参与"),
            ),
            p("<strong>第六条</strong> 本办法自印发之日起施行。《城中区老旧小区整治管理办法》同时废止。"),
            p("柳州市城中区人民政府办公室"),
        ),
    ),
    DemoItem(
        key="zhengzhi-banfa",
        item_type="policy_doc",
        place=("menhu", "zhengce"),
        column="zhengce",
        unit="qzfb",
        title="城中区老旧小区整治管理办法（演示）",
        summary="本办法已废止，请查看现行的老旧小区改造实施办法。",
        days_ago=120,
        keywords="老旧小区",
        topics=("jiugai",),
        facts={
            "index_number": "演示/2019-00031",
            "category": "城乡建设",
            "subcategory": "城市更新",
            "issued_by": "柳州市城中区人民政府办公室",
            "doc_number": "演示政办发〔2019〕31号",
            "issued_on": Day(-2600),
            "status": "repealed",
            "status_on": Day(-24),
            "status_note": "由《柳州市城中区城镇老旧小区改造实施办法》替代",
            "replaced_by": Policy("jiugai-banfa"),
        },
        blocks=(
            p("各街道办事处，区直各部门："),
            p("现将《城中区老旧小区整治管理办法》印发给你们，请遵照执行。（演示）"),
            h("一、整治范围"),
            p("辖区内建成年代较早、失管失修的居民小区。"),
            h("二、工作要求"),
            listed("坚持居民自愿；", "坚持先急后缓；", "坚持建管并重。"),
        ),
    ),
    DemoItem(
        key="jiugai-jiedu",
        item_type="interpretation",
        place=("menhu", "jiedu"),
        column="jiedu",
        unit="qzfb",
        title="《柳州市城中区城镇老旧小区改造实施办法》政策解读（演示）",
        summary="哪些小区能改、改什么、钱从哪里来、居民怎么参与，一次说清。",
        days_ago=20,
        keywords="老旧小区改造，政策解读",
        topics=("jiugai",),
        interprets=("jiugai-banfa",),
        facts={"form": "问答"},
        blocks=(
            h("一、制定背景"),
            p(
                "原整治管理办法实施以来，配套设施和居民需求发生了变化。为规范改造程序，区政府办公室制定了《实施办法》。"
            ),
            h("二、主要内容"),
            p("<strong>问：哪些小区可以纳入改造？</strong>"),
            p(
                "答：建成年代较早、配套设施不完善、居民改造意愿强烈的住宅小区，由社区摸底、街道申报、住建部门审核后列入"
                "年度计划。"
            ),
            p("<strong>问：居民要不要出钱？</strong>"),
            p("答：基础类由财政保障；完善类由居民、产权单位合理分担；提升类鼓励社会资本参与。"),
            p("<strong>问：方案不同意怎么办？</strong>"),
            p("答：改造方案要在小区内公示，居民可以在公示期内向社区或街道提出意见，街道应当反馈采纳情况。"),
            h("三、咨询渠道"),
            p("咨询电话：0772-0000000（演示）。"),
        ),
    ),
    DemoItem(
        key="jiugai-tujie",
        item_type="interpretation",
        place=("menhu", "jiedu"),
        column="jiedu",
        unit="zjj",
        title="一图读懂：老旧小区怎么改（演示）",
        summary="一张图看懂老旧小区改造的三类内容和五个步骤。",
        days_ago=18,
        keywords="老旧小区改造，图解",
        cover=11,
        topics=("jiugai",),
        interprets=("jiugai-banfa",),
        facts={
            "form": "图解",
            "transcript": "改什么：基础类、完善类、提升类三类内容。\n"
            "怎么改：居民提议，社区摸底，街道申报，住建审核，公示施工，共五步。\n"
            "谁出钱：基础类财政保障，完善类合理分担，提升类鼓励社会资本参与。",
        },
        blocks=(picture(11, "老旧小区改造图解，文字内容见下方说明", "图解（演示配图）"),),
    ),
    DemoItem(
        key="jiugai-gongshi",
        item_type="public_notice",
        place=("menhu", "gongshi"),
        column="gongshi",
        unit="zjj",
        title="城中区下一年度老旧小区改造拟纳入计划项目公示（演示）",
        summary="拟纳入下一年度改造计划的小区名单公示，公示期内可以提出意见。",
        days_ago=1,
        keywords="公示，老旧小区改造",
        topics=("jiugai",),
        streets=("tanzhong", "hedong"),
        facts={
            "start_on": Day(-1),
            "end_on": Day(6),
            "objection_phone": "0772-0000000（演示）",
            "objection_address": "柳州市城中区住房和城乡建设局城市更新股（演示地址）",
            "objection_email": "demo@example.gov.cn",
        },
        blocks=(
            p("经社区摸底、街道申报、住建部门审核，下列小区拟纳入下一年度老旧小区改造计划，现予公示。"),
            table(
                "拟纳入计划的小区（演示）",
                ("序号", "小区", "所属街道和社区", "户数", "主要内容"),
                ("1", "演示小区三", "潭中街道文昌社区", "186", "雨污分流、楼道照明、停车位"),
                ("2", "演示小区四", "潭中街道晨华社区", "92", "消防设施、加装扶手"),
                ("3", "演示小区五", "河东街道文博社区", "240", "供水管网、绿化补植"),
            ),
            p("公示期内对公示内容有异议的，请以真实姓名通过上述渠道书面反映，以便核实和答复。"),
        ),
    ),
    DemoItem(
        key="zhiyuan-gongshi",
        item_type="public_notice",
        place=("menhu", "gongshi"),
        column="gongshi",
        unit="qwxcb",
        title="城中区文明实践优秀志愿服务项目拟推荐名单公示（演示）",
        summary="拟推荐的志愿服务项目名单公示，公示期已结束。",
        days_ago=26,
        keywords="公示，志愿服务，文明城市",
        topics=("wenming",),
        facts={
            "start_on": Day(-26),
            "end_on": Day(-19),
            "objection_phone": "0772-0000000（演示）",
            "objection_email": "demo@example.gov.cn",
        },
        blocks=(
            p("经各街道推荐、评审，拟推荐以下志愿服务项目为文明实践优秀项目，现予公示。"),
            table(
                "拟推荐项目（演示）",
                ("序号", "项目名称", "推荐单位"),
                ("1", "邻里守望（演示项目）", "潭中街道办事处"),
                ("2", "河岸净滩（演示项目）", "河东街道办事处"),
            ),
        ),
    ),
)
