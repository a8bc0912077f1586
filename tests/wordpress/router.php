<?php
/* What Apache's rewrite rules do: uploaded files as they are, everything else through WordPress. */
$path = urldecode(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
$uploads = realpath(getenv('WP_CONTENT') . '/uploads');
$file = realpath(getenv('WP_CONTENT') . substr($path, strlen('/wp-content')));
if (str_starts_with($path, '/wp-content/') && $file && str_starts_with($file, "$uploads/") && is_file($file)) {
    header('Content-Type: ' . mime_content_type($file));
    readfile($file);
    return true;
}
$_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = '/index.php';
define('WP_USE_THEMES', true);
require __DIR__ . '/config.php';
require ABSPATH . 'wp-settings.php';
wp();
require ABSPATH . WPINC . '/template-loader.php';
return true;
