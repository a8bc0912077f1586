<?php
/* Installs WordPress's tables and the accounts; prints the application passwords as JSON: login -> password. */
$_SERVER['HTTP_HOST'] = parse_url(getenv('WP_URL'), PHP_URL_HOST);
$_SERVER['REQUEST_URI'] = '/';
define('WP_INSTALLING', true);
require __DIR__ . '/config.php';
function wp_new_blog_notification() { /* no mail */ }
require ABSPATH . 'wp-settings.php';
require ABSPATH . 'wp-admin/includes/upgrade.php';
/* Else the installer asks its own web server, which does not run yet. */
add_filter('pre_option_permalink_structure', fn() => '/%postname%/');
wp_install('街道网站', 'webmaster', 'webmaster@example.com', true, '', 'webmaster-password');
remove_all_filters('pre_option_permalink_structure');
update_option('permalink_structure', '/%postname%/');
update_option('timezone_string', 'Asia/Shanghai');
switch_theme('plain');
wp_insert_term('通知公告', 'category', ['slug' => 'tongzhi']);
$passwords = [];
foreach (['webmaster' => 'administrator', 'desk' => 'editor', 'writer' => 'author', 'second' => 'author', 'guest' => 'contributor'] as $login => $role) {
    $user = get_user_by('login', $login);
    $id = $user ? $user->ID : wp_insert_user(['user_login' => $login, 'user_pass' => "$login-password", 'role' => $role]);
    $passwords[$login] = WP_Application_Passwords::create_new_application_password($id, ['name' => 'Tongsheng'])[0];
}
echo json_encode($passwords);
