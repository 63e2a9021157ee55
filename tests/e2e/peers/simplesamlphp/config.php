<?php
$peer = require __DIR__ . '/peer.php';

$config = [
    'baseurlpath' => $peer['base'],
    'certdir' => $peer['folder'],
    'loggingdir' => $peer['folder'],
    'datadir' => $peer['folder'],
    'tempdir' => $peer['folder'],
    'metadatadir' => __DIR__ . '/metadata',
    'timezone' => 'UTC',
    'secretsalt' => $peer['salt'],
    'auth.adminpassword' => $peer['salt'],
    'admin.checkforupdates' => false,
    'logging.level' => 4,
    'logging.handler' => 'file',
    'enable.saml20-idp' => true,
    'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
    'session.cookie.secure' => false,
    'session.cookie.samesite' => 'Lax',
    'session.phpsession.savepath' => $peer['folder'],
    'language.default' => 'en',
    'language.cookie.secure' => false,
    'language.cookie.samesite' => 'Lax',
    'store.type' => 'phpsession',
    'metadata.sources' => [['type' => 'flatfile']],
    'production' => true,
];
