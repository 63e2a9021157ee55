<?php
// `php -S` takes a path with a dot in it for a file: SimpleSAMLphp has such paths after module.php.
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
if (preg_match('#^(/[a-z0-9/]*?/?(?:[A-Za-z]+\.php))(/.*)$#', $path, $found)) {
    $script = $_SERVER['DOCUMENT_ROOT'] . $found[1];
    if (is_file($script)) {
        $_SERVER['SCRIPT_NAME'] = $_SERVER['PHP_SELF'] = $found[1];
        $_SERVER['SCRIPT_FILENAME'] = $script;
        $_SERVER['PATH_INFO'] = $found[2];
        chdir(dirname($script));
        require $script;
        return true;
    }
}
return false;
