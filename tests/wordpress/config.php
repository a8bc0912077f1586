<?php
/* One WordPress for tests: Debian's files, a database and a content folder of its own. Everything comes by environment. */
define('ABSPATH', '/usr/share/wordpress/');
define('DB_NAME', getenv('WP_DB_NAME'));
define('DB_USER', DB_NAME);
define('DB_PASSWORD', getenv('WP_DB_PASSWORD'));
define('DB_HOST', getenv('WP_DB_HOST'));
define('DB_CHARSET', 'utf8mb4');
define('WP_CONTENT_DIR', getenv('WP_CONTENT'));
define('WP_HOME', getenv('WP_URL'));
define('WP_SITEURL', getenv('WP_URL'));
/* Application passwords need https or this. */
define('WP_ENVIRONMENT_TYPE', 'local');
/* No test leaves this machine, and none waits for an update. */
define('WP_HTTP_BLOCK_EXTERNAL', true);
define('WP_ACCESSIBLE_HOSTS', '127.0.0.1');
define('DISABLE_WP_CRON', true);
define('AUTOMATIC_UPDATER_DISABLED', true);
define('WP_DEBUG', false);
foreach (['AUTH', 'SECURE_AUTH', 'LOGGED_IN', 'NONCE'] as $name) {
    define("{$name}_KEY", "test-key-$name");
    define("{$name}_SALT", "test-salt-$name");
}
$table_prefix = 'wp_';
