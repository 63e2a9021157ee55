// The certified OpenID provider `oidc-provider`, set up like a broker of the Finnish Trust Network.
//
//     node oidc_provider.mjs settings.json
//
// The settings (written by provider.py) hold: port, issuer, jwks, signed_keys, clients, accounts, acr.
// It prints READY when it listens on 127.0.0.1.

import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

import { Provider } from "oidc-provider";

const settings = JSON.parse(readFileSync(process.argv[2], "utf8"));
const identityClaims = Object.keys(Object.values(settings.accounts)[0]);

const provider = new Provider(settings.issuer, {
  acrValues: [settings.acr],
  claims: { acr: null, auth_time: null, iss: null, openid: ["sub"], ftn_hetu: identityClaims },
  clients: settings.clients,
  conformIdTokenClaims: false,
  cookies: { keys: [randomBytes(32).toString("hex")] },
  enabledJWA: {
    clientAuthSigningAlgValues: ["ES256", "RS256", "PS256"],
    idTokenEncryptionAlgValues: ["RSA-OAEP", "RSA-OAEP-256", "ECDH-ES"],
    idTokenEncryptionEncValues: ["A128CBC-HS256", "A128GCM", "A256GCM"],
    idTokenSigningAlgValues: ["RS256", "PS256", "ES256"],
    requestObjectSigningAlgValues: ["ES256", "RS256", "PS256"],
  },
  features: {
    devInteractions: { enabled: false },
    encryption: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    requestObjects: { enabled: true },
    userinfo: { enabled: false },
  },
  extraParams: ["ftn_spname", "ftn_idp_id"],
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...settings.accounts[id] }) }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  jwks: settings.jwks,
  loadExistingGrant: grantEverything,
  pkce: { required: () => true },
  scopes: ["openid", "ftn_hetu"],
});

// A broker asks nobody for consent: what it hands over is in its contract.
async function grantEverything(ctx) {
  const { client, session } = ctx.oidc;
  const grant = new ctx.oidc.provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  grant.addOIDCScope("openid ftn_hetu");
  grant.addOIDCClaims(identityClaims);
  await grant.save();
  return grant;
}

function page(language, wrong) {
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><title>Certified provider</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>Certified provider</h1>${wrong ? "<p role=\"alert\">Nobody of that name.</p>" : ""}
<form method="post"><p><label for="login">Login</label> <input id="login" name="login" autocomplete="off"></p>
<p><button name="deed" value="login">Log in</button> <button name="deed" value="cancel">Cancel</button></p>
</form></main></body></html>`;
}

async function formOf(request) {
  let body = "";
  for await (const chunk of request) body += chunk;
  return new URLSearchParams(body);
}

async function interact(request, response) {
  const { params } = await provider.interactionDetails(request, response);
  const language = ["fi", "sv", "en"].find((known) => (params.ui_locales ?? "").startsWith(known)) ?? "fi";
  const form = request.method === "POST" ? await formOf(request) : undefined;
  if (form?.get("deed") === "cancel") {
    return provider.interactionFinished(request, response, { error: "access_denied" });
  }
  const accountId = form?.get("login")?.trim();
  if (accountId && Object.hasOwn(settings.accounts, accountId)) {
    const login = { accountId, acr: settings.acr, remember: false };
    return provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
  }
  response.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" });
  return response.end(page(language, form !== undefined));
}

// A broker keeps no session of its own: without this, the next person in the same browser would
// be asked to log the first one out, on a page that needs a script.
function forgetSession(request) {
  const kept = (request.headers.cookie ?? "").split("; ").filter((cookie) => !cookie.startsWith("_session"));
  request.headers.cookie = kept.join("; ");
}

const answer = provider.callback();
const server = createServer((request, response) => {
  forgetSession(request);
  if (request.url === "/signed-keys") {
    response.writeHead(200, { "Content-Type": "application/jwk-set+jwt" });
    return response.end(settings.signed_keys);
  }
  if (!request.url.startsWith("/interaction/")) return answer(request, response);
  return interact(request, response).catch((error) => {
    response.writeHead(400, { "Content-Type": "text/plain" });
    response.end(`${error.name}\n`);
  });
});

provider.on("server_error", (_, error) => console.error(error));
for (const event of ["authorization.error", "grant.error", "pushed_authorization_request.error"]) {
  provider.on(event, (_, error) => console.error(event, error.error, error.error_description ?? "", error.error_detail ?? ""));
}
server.listen(settings.port, "127.0.0.1", () => console.log("READY"));
