// An OpenID provider for tests: a real one, that lets in whoever the browser's login hint names.
// Arguments: the client's id, its secret, and the address of the installation that signs people in there.
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [clientId, clientSecret, installation] = process.argv.slice(2);
const people = JSON.parse(process.env.PEOPLE);

const server = createServer((request, response) => handler(request, response));
let handler;

server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{
      client_id: clientId,
      client_secret: clientSecret,
      redirect_uris: [`${installation}/sign-in/council/return`],
      post_logout_redirect_uris: [`${installation}/`],
      backchannel_logout_uri: `${installation}/sign-in/council/ended`,
      backchannel_logout_session_required: true,
    }],
    claims: { openid: ["sub", "sid", "tid", "oid"], email: ["email", "email_verified"] },
    conformIdTokenClaims: true,
    pkce: { required: () => true },
    features: {
      devInteractions: { enabled: false },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        logoutSource: (ctx, form) => { ctx.body = form; },
      },
    },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, id) => id in people && ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    // Messages go to this very machine, which the provider's own client refuses.
    fetch: (url, options) => { delete options.dispatcher; return globalThis.fetch(url, options); },
    cookies: { keys: ["of these tests alone"] },
  });
  provider.use(async (ctx, next) => (ctx.path.startsWith("/interaction/") ? letIn(provider, ctx) : next()));
  handler = provider.callback();
  console.log(issuer);
});

async function letIn(provider, ctx) {
  const details = await provider.interactionDetails(ctx.req, ctx.res);
  const accountId = details.params.login_hint ?? details.session?.accountId;
  const grant = new provider.Grant({ accountId, clientId: details.params.client_id });
  grant.addOIDCScope("openid email profile");
  const result = accountId === "nobody"
    ? { error: "access_denied" }
    : { login: { accountId }, consent: { grantId: await grant.save() } };
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result));
}
