"""Outages and enrolment of the demo district: notices with times, areas and streets, ahead, running and over."""

from __future__ import annotations

from cms.demo.writing import DemoItem, p, table

OUTAGES = (
    DemoItem(
        key="tingdian-zhou",
        item_type="service_notice",
        place=("menhu", "bianmin"),
        column="bianmin",
        unit="qzfb",
        title="计划停电公告（城中、中南、潭中片区）",
        summary="因线路检修，城中、中南、潭中街道部分区域分时段停电，请提前做好准备。",
        days_ago=1,
        keywords="停电，计划停电",
        streets=("chengzhong", "zhongnan", "tanzhong"),
        facts={
            "area": "城中街道五星社区、东门社区，中南街道西门社区，潭中街道康顺社区",
            "starts_at": (2, 8),
            "ends_at": (4, 18),
            "contact": "供电服务热线 95598，咨询电话 0772-0000000（演示）",
        },
        blocks=(
            p("因线路检修需要，以下区域分时段停电，检修提前结束的提前送电，送电不再另行通知。"),
            table(
                "停电安排（演示）",
                ("日期", "时段", "影响范围", "原因"),
                ("{day+2}", "8:00—12:00", "城中街道五星社区、东门社区", "线路检修"),
                ("{day+3}", "8:00—17:00", "中南街道西门社区", "更换变压器"),
                ("{day+4}", "13:00—18:00", "潭中街道康顺社区", "线路改造"),
            ),
            p("停电期间请关闭电器电源，使用电梯的居民请错峰出行，有生命支持设备的家庭请提前联系社区。"),
        ),
    ),
    DemoItem(
        key="tingshui-hedong",
        item_type="service_notice",
        place=("hedong", "bianmin"),
        column="bianmin",
        unit="hedong",
        title="停水通知（清华坊、山水社区）",
        summary="因供水管道抢修，清华坊社区、山水社区部分用户正在停水，预计今晚恢复。",
        days_ago=0,
        keywords="停水，抢修",
        streets=("hedong",),
        facts={
            "area": "河东街道清华坊社区、山水社区",
            "starts_at": (-1, 20),
            "ends_at": (1, 20),
            "contact": "供水服务热线 0772-0000000（演示）",
        },
        blocks=(
            p("因供水管道破损抢修，清华坊社区、山水社区部分用户停水，预计{day+1}20时恢复供水。"),
            p("社区已在居民活动室设置临时取水点，行动不便的居民可联系社区送水。"),
        ),
    ),
    DemoItem(
        key="tingshui-jinglan",
        item_type="service_notice",
        place=("menhu", "bianmin"),
        column="bianmin",
        unit="jinglan",
        title="停水通知（静兰街道华展社区、三门江社区，沿江街道金泰苑社区）",
        summary="因新建管网接驳，三个社区部分用户将停水约十小时，请提前储水。",
        days_ago=0,
        keywords="停水，管网接驳",
        streets=("jinglan", "yanjiang"),
        facts={
            "area": "静兰街道华展社区、三门江社区，沿江街道金泰苑社区",
            "starts_at": (5, 22),
            "ends_at": (6, 8),
            "contact": "供水服务热线 0772-0000000（演示）",
        },
        blocks=(
            p("因新建管网接驳，定于{day+5}22时至{day+6}8时停水。请提前储水，关好用水设备。"),
            p("恢复供水初期水质可能短时浑浊，请先放水片刻再使用。"),
        ),
    ),
    DemoItem(
        key="zhaosheng",
        item_type="service_notice",
        place=("jiaoyu", "dongtai"),
        column="jiaoyu",
        unit="jyj",
        title="城中区义务教育招生报名公告（演示）",
        summary="明确报名时间、条件、材料和各学校招生范围，请家长按时报名。",
        days_ago=3,
        keywords="招生，入学，报名",
        streets=("chengzhong", "gongyuan", "tanzhong", "hedong"),
        facts={
            "area": "城中区义务教育阶段新生",
            "starts_at": (10, 9),
            "ends_at": (20, 17),
            "deadline": (20, 17),
            "contact": "区教育局基础教育股 0772-0000000（演示）",
        },
        blocks=(
            p(
                "城中区义务教育阶段招生实行网上报名，{day+10}9时开始，{day+20}17时截止。逾期由教育局统筹安排。"
            ),
            table(
                "招生范围（演示）",
                ("学校", "招生范围", "咨询电话"),
                ("演示小学", "潭中街道文昌社区、晨华社区", "0772-0000000"),
                ("演示第二小学", "河东街道清华坊社区、文博社区", "0772-0000000"),
                ("演示第三小学", "城中街道龙城社区、公园街道柳侯社区", "0772-0000000"),
            ),
            p("报名需要户口簿、居住证明和预防接种证明，网上上传照片即可，无须提交复印件。"),
        ),
    ),
)
