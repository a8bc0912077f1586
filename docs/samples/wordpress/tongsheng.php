<?php
/*
 * 让 WordPress 的 RSS 区块每 5 分钟取一次区信息发布平台的内容；取不到时沿用上次的内容。
 *
 * 放到 wp-content/mu-plugins/ 目录（没有就新建），不需要启用。不放也能用，但 WordPress 每 12 小时才取一次。
 */
const TONGSHENG_HUB = 'https://hub.example.gov.cn/'; // 平台的地址，以 / 结尾
const TONGSHENG_REFRESH = 300;                       // 每隔多少秒取一次

add_action('wp_feed_options', function ($feed, $url) {
    if (is_string($url) && strpos($url, TONGSHENG_HUB) === 0) {
        $feed->set_cache_duration(TONGSHENG_REFRESH);
        $feed->force_cache_fallback(true);
        $feed->set_timeout(20); // 已有内容时只等它的十分之一，即 2 秒
    }
}, 10, 2);

/* 平台在政务内网、或不用 80、443、8080 端口时，WordPress 本来不肯访问。只放行平台一处。 */
add_filter('http_request_host_is_external', function ($is_allowed, $host) {
    return $is_allowed || $host === parse_url(TONGSHENG_HUB, PHP_URL_HOST);
}, 10, 2);
add_filter('http_allowed_safe_ports', function ($ports, $host) {
    $is_hub = $host === parse_url(TONGSHENG_HUB, PHP_URL_HOST);
    return $is_hub ? array_merge($ports, [parse_url(TONGSHENG_HUB, PHP_URL_PORT)]) : $ports;
}, 10, 2);
