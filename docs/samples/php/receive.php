<?php
/*
 * 接收推送：区信息发布平台签发、更正、撤稿时立即送到这里，一篇稿件存为一个文件，并由本文件显示。
 *
 * POST receive.php          平台推送（按 Standard Webhooks 签名）
 * GET  receive.php          列表
 * GET  receive.php?id=…     正文；已撤稿的答复 410
 *
 * PHP 7.4 及以上，不需要扩展和数据库。RECEIVE_STORE 须可写。
 */
const RECEIVE_SECRET = '';                                     // 填写与平台约定的签名密钥，形如 whsec_…；不填则一律不收
const RECEIVE_URL = 'https://www.example.gov.cn/receive.php';  // 改成本文件的公开地址
const RECEIVE_STORE = __DIR__ . '/tongsheng-items';            // 稿件存在这里
const RECEIVE_TOLERANCE = 300;                                 // 时间相差超过多少秒的推送不收，防止重放
const RECEIVE_REMEMBERED = 50;                                 // 每篇稿件记住最近多少次推送

if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    receive_push((string) file_get_contents('php://input'));
} elseif (isset($_GET['id'])) {
    receive_show((string) $_GET['id']);
} else {
    receive_index();
}

function receive_push(string $body): void
{
    $message = $_SERVER['HTTP_WEBHOOK_ID'] ?? '';
    $time = $_SERVER['HTTP_WEBHOOK_TIMESTAMP'] ?? '';
    if (!receive_is_signed($message, $time, $body, $_SERVER['HTTP_WEBHOOK_SIGNATURE'] ?? '')) {
        receive_answer(401, ['error' => '签名不符，或时间相差超过 ' . RECEIVE_TOLERANCE . ' 秒']);
        return;
    }
    $event = json_decode($body, true);
    $kind = $event['type'] ?? '';
    if ($kind === 'hub.ping') { // 试连：不带稿件，答复成功即可
        receive_answer(200, []);
        return;
    }
    $data = $event['data'] ?? [];
    $id = receive_id($data['uri'] ?? '');
    if ($id === '' || !in_array($kind, ['item.published', 'item.withdrawn'], true) || !isset($data['version'])) {
        receive_answer(422, ['error' => '不认识的推送']);
        return;
    }
    $is_stored = receive_store($id, $message, $kind, $data);
    receive_answer($is_stored ? 200 : 500, ['id' => $id, 'url' => RECEIVE_URL . "?id=$id"]);
}

/* 签名是对“编号.时间.内容”的 HMAC-SHA256；更换密钥期间可能有多个，用空格分开，有一个相符即可。 */
function receive_is_signed(string $message, string $time, string $body, string $signatures): bool
{
    $key = receive_key();
    if ($key === '' || $message === '' || !preg_match('/^\d+$/D', $time) || abs(time() - (int) $time) > RECEIVE_TOLERANCE) {
        return false;
    }
    $expected = 'v1,' . base64_encode(hash_hmac('sha256', "$message.$time.$body", $key, true));
    foreach (explode(' ', $signatures) as $given) {
        if (hash_equals($expected, $given)) {
            return true;
        }
    }
    return false;
}

/* whsec_ 之后是 BASE64；没有这个开头的，原样用作密钥。 */
function receive_key(): string
{
    $is_encoded = strpos(RECEIVE_SECRET, 'whsec_') === 0;
    return $is_encoded ? (string) base64_decode(substr(RECEIVE_SECRET, 6), true) : RECEIVE_SECRET;
}

/* 同一次推送重复到达、旧版本晚到，都不改变已有的内容。写不下去时返回 false，平台稍后重发。 */
function receive_store(string $id, string $message, string $kind, array $data): bool
{
    if (!is_dir(RECEIVE_STORE) && !@mkdir(RECEIVE_STORE, 0755, true)) {
        return false;
    }
    $lock = @fopen(RECEIVE_STORE . '/lock', 'c');
    if ($lock === false || !flock($lock, LOCK_EX)) {
        return false;
    }
    $held = receive_load($id);
    $messages = $held['messages'] ?? [];
    $version = (int) $data['version'];
    $is_known = in_array($message, $messages, true);
    if ($is_known || ($held !== null && $version < $held['version'])) {
        $item = $held;
    } else {
        $item = ['uri' => "urn:uuid:$id", 'version' => $version] + receive_item($kind, $data);
    }
    $item['messages'] = $is_known ? $messages : array_slice([...$messages, $message], -RECEIVE_REMEMBERED);
    $is_stored = receive_save($id, $item);
    fclose($lock);
    return $is_stored;
}

/* 撤稿后不留标题和正文：存放稿件的目录可能可以直接访问。 */
function receive_item(string $kind, array $data): array
{
    if ($kind === 'item.withdrawn') {
        return ['withdrawn' => true];
    }
    $headlines = array_column($data['headlines'] ?? [], 'value');
    return [
        'title' => $headlines[0] ?? '',
        'html' => $data['body_html'] ?? '',
        'published' => $data['firstCreated'] ?? '',
        'withdrawn' => false,
    ];
}

function receive_load(string $id): ?array
{
    $text = @file_get_contents(RECEIVE_STORE . "/$id.json");
    return $text === false ? null : json_decode($text, true);
}

/* 先写临时文件再改名：正在读的人看到的始终是完整的内容。 */
function receive_save(string $id, array $item): bool
{
    $file = RECEIVE_STORE . "/$id.json";
    $text = json_encode($item, JSON_UNESCAPED_UNICODE);
    return @file_put_contents("$file.new", $text) === strlen($text) && rename("$file.new", $file);
}

/* 稿件编号（UUID）；其他写法一律不认，编号要用作文件名。 */
function receive_id(string $text): string
{
    return preg_match('/^(?:urn:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/D', $text, $found) ? $found[1] : '';
}

function receive_answer(int $status, array $answer): void
{
    http_response_code($status);
    header('Content-Type: application/json');
    echo json_encode((object) $answer, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES);
}

function receive_show(string $text): void
{
    $id = receive_id($text);
    $item = $id === '' ? null : receive_load($id);
    if ($item === null || $item['withdrawn']) {
        http_response_code($item === null ? 404 : 410);
        receive_page('', $item === null ? '<p>没有这条信息。</p>' : '<p>该信息已由发布单位撤回。</p>');
        return;
    }
    /* 平台按这两个标记回读核对；正文已由平台清除脚本和样式，标题是纯文本。 */
    $marks = '<meta name="tongsheng:item" content="' . receive_text($item['uri']) . '">'
        . '<meta name="tongsheng:version" content="' . (int) $item['version'] . '">';
    receive_page($item['title'], '<h1>' . receive_text($item['title']) . "</h1>\n" . $item['html'], $marks);
}

function receive_index(): void
{
    $items = [];
    foreach (glob(RECEIVE_STORE . '/*.json') as $file) {
        $item = receive_load(basename($file, '.json'));
        if ($item !== null && !$item['withdrawn']) {
            $items[basename($file, '.json')] = $item;
        }
    }
    uasort($items, function ($a, $b) {
        return strcmp($b['published'], $a['published']);
    });
    $lines = '';
    foreach ($items as $id => $item) {
        $lines .= "<li><a href=\"?id=$id\">" . receive_text($item['title']) . "</a></li>\n";
    }
    receive_page('转载信息', "<ul>\n$lines</ul>");
}

/* 换成本站的页头、页脚时改这里，保留 $head。 */
function receive_page(string $title, string $body, string $head = ''): void
{
    header('Content-Type: text/html; charset=utf-8');
    echo "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head><meta charset=\"utf-8\"><title>", receive_text($title),
        "</title>$head</head>\n<body>\n$body\n</body>\n</html>\n";
}

function receive_text(string $text): string
{
    return htmlspecialchars($text, ENT_QUOTES, 'UTF-8');
}
