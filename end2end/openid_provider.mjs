// A real OpenID provider for tests: on a free port, with its own keys, and one page on which a visitor can be anybody.
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

import { interactionPolicy, Provider } from 'oidc-provider';

/** @typedef {import('node:http').IncomingMessage} Request */
/** @typedef {import('node:http').ServerResponse} Response */

const CLIENT_ID = 'heartogether';
const CLIENT_SECRET = 'a secret of the tests that is long enough';
/** What people call it. */
export const PROVIDER = 'Test Login';
/** One pixel. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

export class OpenIdProvider {
  /** Where it answers. */
  issuer = '';
  #server = createServer((request, response) => void this.#answer(request, response));
  /** @type {Provider | undefined} */
  #provider;

  /** Listens, and is asleep until {@link wake}. */
  static async start() {
    const provider = new OpenIdProvider();
    provider.#server.listen(0, '127.0.0.1');
    await once(provider.#server, 'listening');
    const address = provider.#server.address();
    if (!address || typeof address === 'string') throw new Error('no port');
    // Another host than the server's `localhost`, so that cookies meet what they meet in the world.
    provider.issuer = `http://127.0.0.1:${address.port}`;
    return provider;
  }

  /** The settings of a server that knows it. @returns {Record<string, string>} */
  get settings() {
    return {
      OIDC_ISSUER: this.issuer,
      OIDC_CLIENT_ID: CLIENT_ID,
      OIDC_CLIENT_SECRET: CLIENT_SECRET,
      OIDC_NAME: PROVIDER,
    };
  }

  /** Knows a server from now on. @param {string} url Where the server answers. */
  wake(url) {
    this.#provider = new Provider(this.issuer, configuration(this.issuer, url));
  }

  async close() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** @param {Request} request @param {Response} response */
  async #answer(request, response) {
    const path = request.url ?? '/';
    if (path === '/picture.png') return void response.setHeader('content-type', 'image/png').end(PICTURE);
    if (!this.#provider) return void response.writeHead(503).end();
    if (!path.startsWith('/interaction/')) return void this.#provider.callback()(request, response);
    try {
      await ask(this.#provider, request, response);
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  }
}

/**
 * Asks who somebody is, whether for the first time or to choose again.
 * @param {Provider} provider @param {Request} request @param {Response} response
 */
async function ask(provider, request, response) {
  if (request.method !== 'POST') {
    const { prompt } = await provider.interactionDetails(request, response);
    response.setHeader('content-type', 'text/html; charset=utf-8').end(`<!doctype html><title>${PROVIDER}</title>
      <main data-prompt="${prompt.name}"><h1>${PROVIDER}</h1><form method="post">
      <label>Account <input name="account"></label>
      <button name="answer" value="yes">Allow</button><button name="answer" value="no">Turn back</button></form></main>`);
    return;
  }
  let body = '';
  for await (const part of request) body += part;
  const form = new URLSearchParams(body);
  const accountId = form.get('account') ?? '';
  const result =
    form.get('answer') === 'yes'
      ? { login: { accountId, remember: true }, select_account: {} }
      : { error: 'access_denied', error_description: 'turned back' };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

/** @param {string} issuer @param {string} url @returns {import('oidc-provider').Configuration} */
function configuration(issuer, url) {
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    clients: [
      {
        client_id: CLIENT_ID,
        client_secret: CLIENT_SECRET,
        redirect_uris: [`${url}/auth/test-login/callback`],
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'RS256', kid: 'test' }] },
    cookies: { keys: ['a key of the tests'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'picture'] },
    features: { devInteractions: { enabled: false } },
    interactions: { policy, url: (_, interaction) => `/interaction/${interaction.uid}` },
    pkce: { required: () => true },
    findAccount: (_, sub) => ({
      accountId: sub,
      claims: () => ({
        sub,
        name: sub,
        email: `${sub.toLowerCase()}@example.org`,
        email_verified: true,
        picture: `${issuer}/picture.png`,
      }),
    }),
    // Nobody is asked what the server may know: it asks for the name and the address.
    loadExistingGrant: async (ctx) => {
      const { client, session } = ctx.oidc;
      const grant = new ctx.oidc.provider.Grant({ clientId: client?.clientId, accountId: session?.accountId });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
  };
}
