<?php
$peer = require dirname(__DIR__) . '/peer.php';

// As Suomi.fi does it: both signed, the assertion encrypted, a new name for each log-in.
$metadata[$peer['entity']] = [
    'host' => '__DEFAULT__',
    'privatekey' => 'idp.key',
    'certificate' => 'idp.crt',
    'auth' => 'people',
    'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    'saml20.sign.response' => true,
    'saml20.sign.assertion' => true,
    'sign.logout' => true,
    'validate.authnrequest' => true,
    'validate.logout' => true,
    'NameIDFormat' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
    'attributes.NameFormat' => 'urn:oasis:names:tc:SAML:2.0:attrname-format:uri',
    'authproc' => [
        10 => ['class' => 'saml:AuthnContextClassRef', 'AuthnContextClassRef' => $peer['level']],
    ],
];
