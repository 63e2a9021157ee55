<?php
$peer = require dirname(__DIR__) . '/peer.php';

foreach ($peer['services'] as $service) {
    $metadata[$service['entity']] = [
        'AssertionConsumerService' => [[
            'Binding' => 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST',
            'Location' => $service['return'],
            'index' => 0,
        ]],
        'SingleLogoutService' => [[
            'Binding' => $service['logoutBinding'],
            'Location' => $service['logout'],
        ]],
        'keys' => [
            ['type' => 'X509Certificate', 'signing' => true, 'encryption' => false, 'X509Certificate' => $service['signing']],
            ['type' => 'X509Certificate', 'signing' => false, 'encryption' => true, 'X509Certificate' => $service['encryption']],
        ],
        'assertion.encryption' => true,
    ];
}
