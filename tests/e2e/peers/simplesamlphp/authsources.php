<?php
$peer = require __DIR__ . '/peer.php';

$config = ['people' => ['exampleauth:UserPass'] + $peer['people']];
