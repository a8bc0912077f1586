<?php
/*
 * 转载信息：从区信息发布平台取信息，在本站显示列表和正文。更正自动更新，撤稿自动撤下，平台暂时无法访问时沿用上次的内容。
 *
 * 直接打开：        tongsheng.php         列表页
 *                   tongsheng.php?id=…    正文页
 * 放进其他网页：    include 'tongsheng.php';    只输出列表
 *
 * PHP 7.4 及以上，不需要扩展和数据库。本文件所在目录须可写（或修改 TONGSHENG_STORE）。
 */
const TONGSHENG_FEED = 'https://hub.example.gov.cn/feeds/jinglan.json'; // 改成本单位的地址，以 .json 结尾
const TONGSHENG_STORE = __DIR__ . '/tongsheng-store.json';               // 内容存在这里
const TONGSHENG_REFRESH = 300;                                           // 每隔多少秒取一次
const TONGSHENG_COUNT = 10;                                              // 列表显示几条
const TONGSHENG_PAGE = 'tongsheng.php';                                  // 正文页的地址
const TONGSHENG_EMPTY = ['etag' => '', 'checked' => 0, 'items' => [], 'withdrawn' => []];

tongsheng_main();

function tongsheng_main(): void
{
    $store = tongsheng_refresh(tongsheng_load());
    if (realpath($_SERVER['SCRIPT_FILENAME']) !== __FILE__) {
        echo tongsheng_list($store);
    } elseif (isset($_GET['id'])) {
        tongsheng_article($store, (string) $_GET['id']);
    } else {
        tongsheng_page('转载信息', tongsheng_list($store));
    }
}

/* 到时间了就取一次；取不到时，下一次要再等 TONGSHENG_REFRESH 秒，访问者不会都卡在这里。 */
function tongsheng_refresh(array $store): array
{
    if (time() - $store['checked'] < TONGSHENG_REFRESH) {
        return $store;
    }
    [$status, $etag, $body] = tongsheng_get(TONGSHENG_FEED, $store['etag']);
    $feed = $status === 200 ? json_decode($body, true) : null;
    if (isset($feed['items']) && is_array($feed['items'])) {
        $store = tongsheng_merge($store, $feed);
        $store['etag'] = $etag;
    } elseif ($status === 410) { // 该订阅已停止提供
        $store = TONGSHENG_EMPTY;
    }
    $store['checked'] = time();
    tongsheng_save($store);
    return $store;
}

/* 返回 [状态码, ETag, 内容]；没有应答时状态码为 0。内容没有变化时平台答复 304，不重复传送。 */
function tongsheng_get(string $url, string $etag): array
{
    $options = ['timeout' => 5, 'ignore_errors' => true, 'header' => $etag === '' ? [] : ["If-None-Match: $etag"]];
    $answer = @fopen($url, 'rb', false, stream_context_create(['http' => $options]));
    if ($answer === false) {
        return [0, '', ''];
    }
    $headers = implode("\n", stream_get_meta_data($answer)['wrapper_data']);
    $body = (string) stream_get_contents($answer);
    fclose($answer);
    preg_match_all('~^HTTP/\S+ (\d+)~m', $headers, $statuses);
    preg_match('~^ETag: *(\S+)~mi', $headers, $tag);
    return [(int) end($statuses[1]), $tag[1] ?? '', $body];
}

function tongsheng_merge(array $store, array $feed): array
{
    $listed = [];
    $oldest = '';
    foreach ($feed['items'] as $item) {
        $oldest = rtrim($item['date_modified'], 'Z');
        $listed[$item['id']] = [
            'title' => $item['title'],
            'html' => $item['content_html'] ?? '',
            'published' => $item['date_published'],
            'modified' => $oldest,
            'version' => $item['_tongsheng']['version'],
        ];
    }
    if (empty($feed['next_url'])) { // 全部信息都在这里，没有列出的都不再提供
        $oldest = '';
    }
    $withdrawn = array_column($feed['_tongsheng']['deleted'] ?? [], 'when', 'id');
    /* 撤稿的删除；应当列出而没有列出的，是有效期已过，也删除。 */
    $kept = array_filter($store['items'], function ($held, $id) use ($withdrawn, $oldest) {
        return !isset($withdrawn[$id]) && strcmp($held['modified'], $oldest) <= 0;
    }, ARRAY_FILTER_USE_BOTH);
    return ['items' => $listed + $kept, 'withdrawn' => $withdrawn] + $store;
}

function tongsheng_load(): array
{
    $text = is_file(TONGSHENG_STORE) ? file_get_contents(TONGSHENG_STORE) : '';
    return (json_decode((string) $text, true) ?: []) + TONGSHENG_EMPTY;
}

/* 先写临时文件再改名：正在读的人看到的始终是完整的内容。 */
function tongsheng_save(array $store): void
{
    $new = TONGSHENG_STORE . '.' . getmypid();
    file_put_contents($new, json_encode($store, JSON_UNESCAPED_UNICODE));
    rename($new, TONGSHENG_STORE);
}

function tongsheng_list(array $store): string
{
    $items = $store['items'];
    uasort($items, function ($a, $b) {
        return strcmp($b['published'], $a['published']);
    });
    $lines = '';
    foreach (array_slice($items, 0, TONGSHENG_COUNT) as $id => $item) {
        $link = tongsheng_text(TONGSHENG_PAGE . '?id=' . urlencode($id));
        $lines .= "<li><a href=\"$link\">" . tongsheng_text($item['title']) . '</a> ' . tongsheng_day($item) . "</li>\n";
    }
    return $lines === '' ? "<p>暂无信息</p>\n" : "<ul class=\"tongsheng\">\n$lines</ul>\n";
}

function tongsheng_article(array $store, string $id): void
{
    $item = $store['items'][$id] ?? null;
    if ($item === null) {
        $is_withdrawn = isset($store['withdrawn'][$id]);
        http_response_code($is_withdrawn ? 410 : 404);
        tongsheng_page('', $is_withdrawn ? '<p>该信息已由发布单位撤回。</p>' : '<p>没有这条信息。</p>');
        return;
    }
    /* 正文已由平台清除脚本和样式，是可以直接显示的 HTML；标题是纯文本。 */
    $body = '<h1>' . tongsheng_text($item['title']) . '</h1>' . tongsheng_day($item) . "\n" . $item['html'];
    $marks = '<meta name="tongsheng:item" content="' . tongsheng_text($id) . '">'
        . '<meta name="tongsheng:version" content="' . (int) $item['version'] . '">';
    tongsheng_page($item['title'], $body, $marks);
}

/* 换成本站的页头、页脚时改这里。 */
function tongsheng_page(string $title, string $body, string $head = ''): void
{
    header('Content-Type: text/html; charset=utf-8');
    echo "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head><meta charset=\"utf-8\"><title>", tongsheng_text($title),
        "</title>$head</head>\n<body>\n$body\n</body>\n</html>\n";
}

/* 北京时间的日期。 */
function tongsheng_day(array $item): string
{
    $moment = new DateTime($item['published']);
    return '<span>' . $moment->setTimezone(new DateTimeZone('Asia/Shanghai'))->format('Y-m-d') . '</span>';
}

function tongsheng_text(string $text): string
{
    return htmlspecialchars($text, ENT_QUOTES, 'UTF-8');
}
