// A small OpenID Connect provider on the loopback, with a page that asks who somebody is.
import { createHash, createSign, generateKeyPairSync, KeyObject, randomBytes } from "node:crypto";
import { createServer, IncomingMessage, Server } from "node:http";
import { AddressInfo } from "node:net";

export const CLIENT = "offing";
export const SECRET = "the client's secret";

type Claims = Record<string, unknown>;

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

async function body(request: IncomingMessage): Promise<URLSearchParams> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return new URLSearchParams(text);
}

export class Provider {
  /** By the name that somebody gives there. */
  people: Record<string, Claims> = {};
  private readonly codes = new Map<string, { asked: URLSearchParams; name: string }>();

  private constructor(
    private readonly server: Server,
    private readonly key: KeyObject,
    private readonly published: object,
  ) {}

  static async start(): Promise<Provider> {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const server = createServer((request, response) => {
      void provider.answer(request).then(({ status, type, text, location }) => {
        response.writeHead(status, { "content-type": type, ...(location ? { location } : {}) });
        response.end(text);
      });
    });
    const jwk = { ...publicKey.export({ format: "jwk" }), use: "sig", alg: "RS256", kid: "one" };
    const provider = new Provider(server, privateKey, jwk);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    return provider;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; type: string; text: string; location?: string }> {
    const url = new URL(request.url ?? "/", this.issuer);
    const json = (value: unknown, status = 200) => ({ status, type: "application/json", text: JSON.stringify(value) });
    switch (url.pathname) {
      case "/.well-known/openid-configuration":
        return json({
          issuer: this.issuer,
          authorization_endpoint: `${this.issuer}/authorize`,
          token_endpoint: `${this.issuer}/token`,
          jwks_uri: `${this.issuer}/jwks`,
          response_types_supported: ["code"],
          subject_types_supported: ["public"],
          id_token_signing_alg_values_supported: ["RS256"],
          token_endpoint_auth_methods_supported: ["client_secret_post"],
        });
      case "/jwks":
        return json({ keys: [this.published] });
      case "/authorize": {
        const form = `<!doctype html><title>Example</title><form action="/enter"><label>Who are you? <input name="name"></label>
          <input type="hidden" name="asked" value="${encodeURIComponent(url.search)}"><button>Enter</button></form>`;
        return { status: 200, type: "text/html", text: form };
      }
      case "/enter": {
        const asked = new URLSearchParams(decodeURIComponent(url.searchParams.get("asked") ?? ""));
        const name = url.searchParams.get("name") ?? "";
        const code = randomBytes(16).toString("base64url");
        this.codes.set(code, { asked, name });
        const back = new URL(asked.get("redirect_uri") ?? "");
        back.searchParams.set("state", asked.get("state") ?? "");
        if (this.people[name]) back.searchParams.set("code", code);
        else back.searchParams.set("error", "access_denied");
        return { status: 302, type: "text/plain", text: "", location: back.href };
      }
      case "/token": {
        const form = await body(request);
        const given = this.codes.get(form.get("code") ?? "");
        this.codes.delete(form.get("code") ?? "");
        const challenge = createHash("sha256").update(form.get("code_verifier") ?? "").digest("base64url");
        const known = form.get("client_id") === CLIENT && form.get("client_secret") === SECRET;
        if (!known || !given || given.asked.get("code_challenge") !== challenge) return json({ error: "invalid_grant" }, 400);
        return json({ access_token: "nothing", token_type: "Bearer", id_token: this.token(given.asked, given.name) });
      }
      default:
        return { status: 404, type: "text/plain", text: "" };
    }
  }

  private token(asked: URLSearchParams, name: string): string {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: this.issuer, aud: CLIENT, nonce: asked.get("nonce"), iat: now, exp: now + 300, ...this.people[name] };
    const signed = `${part({ alg: "RS256", kid: "one", typ: "JWT" })}.${part(claims)}`;
    return `${signed}.${createSign("sha256").update(signed).sign(this.key, "base64url")}`;
  }
}
