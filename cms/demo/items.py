"""The items of the demo district: realistic in form, invented in content. No persons, no real numbers.

`{day+1}` and the like stand for a date counted from the day of loading, so that notices are still ahead.
"""

from __future__ import annotations

from cms.demo.writing import DemoItem, h, listed, p, picture, table

ITEMS = (
    DemoItem(
        key="chengshi-gengxin",
        item_type="news",
        place=("menhu", "yaowen"),
        column="yaowen",
        unit="qwxcb",
        title="城中区召开城市更新工作推进会 部署老旧小区改造年度任务",
        summary="会议通报今年以来城市更新进展，要求把群众反映集中的问题优先列入改造清单。",
        days_ago=1,
        keywords="城市更新，老旧小区，民生",
        cover=1,
        topics=("jiugai",),
        blocks=(
            p(
                "近日，城中区召开城市更新工作推进会，通报今年以来老旧小区改造、背街小巷整治和滨江步道建设进展，"
                "部署下一阶段重点任务。"
            ),
            picture(1, "柳江两岸的楼房与远山（示意图）", "柳江两岸城区风貌（演示配图）"),
            p(
                "会议指出，城市更新一头连着民生，一头连着发展。各有关单位要坚持<b>先体检、后更新</b>，把排水、停车、"
                "加装电梯、适老设施等群众反映集中的问题优先列入改造清单，做到改一处、成一处、管一处。"
            ),
            h("三项重点"),
            listed(
                "老旧小区改造：完成年度项目的方案公示，逐户征求意见，开工前张贴施工时序表；",
                "背街小巷整治：同步解决路面破损、架空线缆和夜间照明问题；",
                "滨江步道建设：贯通断点，增设无障碍坡道和休息座椅。",
            ),
            p("会议要求，各街道每周报送进展，重要节点及时向社会公开，主动接受群众监督。"),
        ),
    ),
    DemoItem(
        key="yingshang",
        item_type="news",
        place=("menhu", "yaowen"),
        column="yaowen",
        unit="qzfb",
        title="城中区推出“高效办成一件事”便民举措 二十个高频事项就近可办",
        summary="首批二十个高频事项下沉到街道便民服务中心，群众少跑一趟路。",
        days_ago=4,
        keywords="营商环境，政务服务",
        cover=3,
        blocks=(
            p(
                "为方便群众和企业就近办事，城中区将首批二十个高频政务服务事项下沉至各街道便民服务中心办理，"
                "涵盖社会保障、民政救助、个体工商户登记等领域。"
            ),
            p(
                "在街道便民服务中心，综合窗口实行“一窗受理、后台流转”。窗口工作人员介绍，过去需要到区级大厅办理的业务，"
                "现在家门口就能提交材料，办理进度通过短信告知。"
            ),
            picture(3, "街道便民服务中心所在片区的街景（示意图）", "便民服务中心周边（演示配图）"),
            ("quote", ("让数据多跑路，让群众少跑腿。", "街道便民服务中心工作人员")),
            p("下一步，城中区将根据办件量和群众意见动态调整下沉事项清单，并向社会公布。"),
        ),
    ),
    DemoItem(
        key="wenhua-jieqi",
        item_type="news",
        place=("xinhua", "yaowen"),
        column="yaowen",
        unit="qwxcb",
        title="窑埠古镇非遗市集开市 本地手艺走近市民",
        summary="市集设置手工技艺体验、地方小吃和民歌展演三个片区，周末免费开放。",
        days_ago=6,
        keywords="非遗，文旅",
        cover=2,
        blocks=(
            p("周末，窑埠古镇非遗市集开市。竹编、扎染、木雕等手工技艺集中亮相，市民可以现场学做一件带走。"),
            picture(2, "江边古镇建筑与山影（示意图）", "江边古镇（演示配图）"),
            p(
                "市集沿江设置技艺体验、地方小吃、民歌展演三个片区，并安排志愿者引导停车。"
                "主办方提醒，现场人流较多，请看护好老人和儿童。"
            ),
            p("市集每周六、周日开放，遇暴雨等天气顺延，具体安排以现场公告为准。"),
            p('各摊位的手艺介绍见<a href="https://www.example.org/">非遗市集网站</a>（演示链接）。'),
        ),
    ),
    DemoItem(
        key="rsj-zhaopinhui",
        item_type="news",
        place=("menhu", "bumen"),
        column="bumen",
        unit="rsj",
        title="区人社局开展秋冬季就业服务进社区活动",
        summary="活动把岗位信息、技能培训和政策咨询送到社区，帮助求职群众就近就业。",
        days_ago=9,
        keywords="就业，社区",
        blocks=(
            p(
                "连日来，城中区人力资源和社会保障局组织就业服务小分队走进社区，为求职群众提供岗位推荐、技能培训报名和"
                "政策咨询服务。"
            ),
            p(
                "活动现场设置零工信息专栏，按工种和工作地点分类张贴岗位。工作人员逐一登记求职意愿，"
                "对有培训需求的群众推荐家政、电工、养老护理等课程。"
            ),
            p(
                "区人社局表示，将每月公布岗位信息，并对就业困难人员开展一对一帮扶。咨询电话：0772-0000000（演示）。"
            ),
        ),
    ),
    DemoItem(
        key="tanzhong-zhiyuan",
        item_type="news",
        place=("tanzhong", "dongtai"),
        column="jiceng",
        unit="tanzhong",
        title="潭中街道文昌社区：清洁家园 共建共享",
        summary="社区居民、物业和志愿者一起清理楼道杂物和卫生死角。",
        days_ago=2,
        keywords="志愿服务，环境整治",
        streets=("tanzhong",),
        topics=("wenming",),
        blocks=(
            p(
                "（城中区潭中街道讯）近日，潭中街道文昌社区组织居民代表、物业人员和志愿者开展“清洁家园”行动，"
                "集中清理楼道堆放的杂物和小区卫生死角。"
            ),
            picture(5, "绿树掩映的居民楼（示意图）", "整治后的小区环境（演示配图）"),
            p(
                "活动中，志愿者分组入户宣传消防安全知识，提醒居民不在楼道停放电动车、不堵塞消防通道，"
                "并收集对社区环境的意见建议。"
            ),
            p("下一步，社区将把每月第一个周末定为清洁日，请居民群众共同参与。（信息员甲）"),
        ),
    ),
    DemoItem(
        key="hedong-fanghuo",
        item_type="news",
        place=("hedong", "dongtai"),
        column="jiceng",
        unit="hedong",
        title="河东街道开展沿街商铺用火用电安全检查",
        summary="检查组现场指出隐患并督促整改，同时发放安全提示单。",
        days_ago=7,
        keywords="安全生产，消防",
        streets=("hedong",),
        blocks=(
            p(
                "（城中区河东街道讯）进入干燥季节，河东街道会同有关单位对辖区沿街商铺、餐饮场所开展用火用电安全检查，"
                "重点查看燃气软管、线路敷设和疏散通道。"
            ),
            p("对检查中发现的私拉电线、灭火器过期等问题，检查组现场开具提示单，约定整改时限并安排复查。"),
            listed(
                "营业结束后关闭燃气总阀和不用的电器；",
                "不在店内为电动车充电；",
                "保持疏散通道畅通，不堆放货物。",
                ordered=False,
            ),
        ),
    ),
    DemoItem(
        key="jiaoyu-kehou",
        item_type="news",
        place=("jiaoyu", "dongtai"),
        column="jiaoyu",
        unit="jyj",
        title="城中区中小学课后服务增设劳动与科学实践课程",
        summary="各校结合实际开设园艺、烹饪、航模等课程，学生自愿选择。",
        days_ago=11,
        keywords="教育，课后服务",
        cover=4,
        blocks=(
            p(
                "本学期，城中区中小学在课后服务中增设劳动与科学实践课程，园艺、烹饪、航模、编程等内容受到学生欢迎。"
            ),
            picture(4, "校园教学楼与操场方向的远景（示意图）", "校园远景（演示配图）"),
            p("区教育局要求各校坚持自愿原则，不增加学业负担，课程安排和收费标准提前公示。"),
        ),
    ),
    DemoItem(
        key="zhaopin",
        item_type="notice",
        place=("menhu", "gonggao"),
        column="gonggao",
        unit="rsj",
        title="城中区街道公开招聘编外工作人员公告（演示）",
        summary="面向社会公开招聘综合服务、网格管理等岗位工作人员，报名时间、岗位和材料见正文。",
        days_ago=3,
        keywords="招聘，街道",
        facts={"doc_number": "城人社演〔2026〕1号", "index_number": "演示-0001"},
        blocks=(
            p("根据工作需要，经研究决定，面向社会公开招聘街道编外工作人员。现将有关事项公告如下："),
            h("一、岗位与人数"),
            table(
                "招聘岗位表（演示）",
                ("岗位", "用人单位", "人数", "学历要求"),
                ("综合服务", "潭中街道办事处", "2", "大专及以上"),
                ("网格管理", "河东街道办事处", "3", "高中（中专）及以上"),
                ("便民窗口", "静兰街道办事处", "1", "大专及以上"),
            ),
            h("二、报名时间和方式"),
            p(
                "报名时间为{day+2}至{day+9}（工作日）。请下载附件报名表，填写后送至用人单位，咨询电话：0772-0000000（演示）。"
            ),
            h("三、报名材料"),
            listed(
                "报名表一式两份；", "居民身份证原件及复印件；", "学历证书原件及复印件；", "近期免冠照片两张。"
            ),
            ("document", ("招聘报名表（演示）.docx", "招聘报名表")),
            p("柳州市城中区人力资源和社会保障局"),
        ),
    ),
    DemoItem(
        key="gongshi",
        item_type="notice",
        place=("menhu", "gonggao"),
        column="gonggao",
        unit="zjj",
        title="关于老旧小区改造项目方案的公示（演示）",
        summary="公示期内，居民可通过电话、书面等方式反映意见。",
        days_ago=5,
        keywords="公示，老旧小区",
        facts={"doc_number": "城住建演〔2026〕2号"},
        topics=("jiugai",),
        streets=("tanzhong", "hedong"),
        blocks=(
            p(
                "为充分听取居民意见，现将城中区老旧小区改造项目方案予以公示。公示时间为{day-5}至{day+2}，共七个自然日。"
            ),
            table(
                "拟改造小区（演示）",
                ("小区", "所属社区", "主要内容"),
                ("演示小区一", "文昌社区", "雨污分流、楼道照明、停车位"),
                ("演示小区二", "清华坊社区", "外墙修缮、加装扶手、绿化补植"),
            ),
            p(
                "公示期间，如有意见建议，请以书面形式送柳州市城中区住房和城乡建设局，或致电 0772-0000000（演示），"
                "电子邮箱 demo@example.gov.cn。"
            ),
        ),
    ),
    DemoItem(
        key="tingshui",
        item_type="service_notice",
        place=("tanzhong", "bianmin"),
        column="bianmin",
        unit="tanzhong",
        title="停水通知（文昌路片区）",
        summary="因供水管道检修，文昌路片区部分用户临时停水，请提前储水。",
        days_ago=0,
        keywords="停水，文昌路",
        facts={
            "kind": "water",
            "area": "潭中街道文昌社区、晨华社区沿线用户",
            "starts_at": (1, 22),
            "ends_at": (2, 6),
            "contact": "供水服务热线 0772-0000000（演示）",
        },
        streets=("tanzhong",),
        blocks=(
            p(
                "因供水管道检修需要，定于{day+1}22时至{day+2}6时，对文昌路片区部分用户临时停水。"
                "请受影响的用户提前储水，关好用水设备。"
            ),
            p("如遇天气等特殊情况，恢复供水时间可能顺延。恢复供水初期水质可能短时浑浊，请先放水片刻再使用。"),
        ),
    ),
    DemoItem(
        key="yibao",
        item_type="service_notice",
        place=("menhu", "bianmin"),
        column="bianmin",
        unit="ybj",
        title="下一年度城乡居民基本医疗保险集中缴费提醒",
        summary="集中缴费期内可通过手机、银行网点和社区代办点缴费，请按时参保。",
        days_ago=8,
        keywords="医保，缴费",
        cover=6,
        facts={
            "kind": "payment",
            "area": "全区城乡居民",
            "deadline": (38, 18),
            "contact": "医保服务热线 12393，咨询电话 0772-0000000（演示）",
        },
        blocks=(
            p(
                "下一年度城乡居民基本医疗保险正在集中缴费。请尚未缴费的居民在截止日期前完成缴费，以免影响待遇享受。"
            ),
            h("缴费方式"),
            listed(
                "手机缴费：通过官方渠道按提示办理；",
                "银行网点：携带居民身份证办理；",
                "社区代办：到所在社区便民服务站办理。",
            ),
            picture(6, "城区楼房与江面（示意图）", "配图为示意图（演示）"),
            p("缴费标准和待遇政策以医疗保障部门公布为准。请勿点击陌生短信中的缴费链接，谨防诈骗。"),
        ),
    ),
    DemoItem(
        key="ruxue",
        item_type="service_notice",
        place=("jiaoyu", "dongtai"),
        column="jiaoyu",
        unit="jyj",
        title="义务教育阶段转学申请材料预审提示",
        summary="寒假转学材料预审即将开始，请家长提前准备户籍、居住等证明。",
        days_ago=14,
        keywords="转学，教育",
        facts={
            "kind": "sign_up",
            "area": "城中区义务教育阶段学生",
            "starts_at": (20, 9),
            "ends_at": (26, 17),
            "deadline": (26, 17),
            "contact": "区教育局基础教育股 0772-0000000（演示）",
        },
        blocks=(
            p("寒假期间义务教育阶段转学材料预审安排如下，请有需要的家长按时提交，逾期顺延至下一学期办理。"),
            table(
                "预审安排（演示）",
                ("年级", "受理地点", "受理时间"),
                ("一至三年级", "演示小学", "工作日 9:00—11:30"),
                ("四至六年级", "演示小学", "工作日 15:00—17:00"),
            ),
            listed("户口簿；", "房产证或居住证；", "转出学校学籍信息表。"),
        ),
    ),
    DemoItem(
        key="fangyi",
        item_type="service_notice",
        place=("hedong", "bianmin"),
        column="bianmin",
        unit="hedong",
        title="社区义诊活动安排（清华坊社区、文博社区）",
        summary="义诊提供血压血糖测量、中医咨询和用药指导，居民可免费参加。",
        days_ago=1,
        keywords="义诊，健康",
        facts={
            "area": "河东街道清华坊社区、文博社区",
            "starts_at": (3, 9),
            "ends_at": (3, 12),
            "contact": "河东街道办事处 0772-0000000（演示）",
        },
        streets=("hedong",),
        blocks=(
            p(
                "{day+3}上午9时至12时，社区义诊活动在清华坊社区、文博社区居民活动室举行，提供血压血糖测量、中医咨询和用药指导。"
            ),
            p("请有慢性病史的居民带上近期检查单和正在服用的药品说明。行动不便的老人可联系社区预约上门服务。"),
        ),
    ),
)
