import type { KeyObject } from "node:crypto";
import { asId, type TenantId } from "@pomona/facts";
import { isId } from "../../kernel/clock.ts";
import type { HttpRequest, HttpResponse, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { readTenant } from "../tenants/index.ts";
import { type AccountJwk, algorithmOf, importJwk, readJwk } from "./account-key.ts";
import { readAccount } from "./accounts.sql.ts";
import { type AcmeUrls, acmeUrls } from "./acme-urls.ts";
import { parseObject, readJws, verifyJws } from "./jws.ts";
import type { Account } from "./model.ts";
import { Nonces } from "./nonces.ts";
import type { AcmePorts } from "./ports.ts";
import { AcmeProblem, problemResponse } from "./problem.ts";

/** Who signed a request: an account that is valid, or a key that the request brought. */
export type Signer =
  | { readonly kind: "account"; readonly account: Account; readonly key: KeyObject }
  | { readonly kind: "key"; readonly jwk: AccountJwk; readonly key: KeyObject };

/** A request whose signature, URL and nonce are right. */
export interface SignedRequest<By extends Signer = Signer> {
  readonly tenantId: TenantId;
  readonly urls: AcmeUrls;
  readonly signer: By;
  readonly payload: Uint8Array;
  readonly params: HttpRequest["params"];
  readonly address: string;
  readonly now: number;
}

export type ByAccount = Extract<Signer, { kind: "account" }>;
export type ByKey = Extract<Signer, { kind: "key" }>;

/** What every route of ACME goes through: tenant, JWS, account, nonce; problems and fresh nonces on the way out. */
export class AcmeDoor {
  readonly nonces = new Nonces();
  readonly #kernel: Kernel;
  readonly #ports: AcmePorts;

  constructor(kernel: Kernel, ports: AcmePorts) {
    this.#kernel = kernel;
    this.#ports = ports;
  }

  /** A request without a signature: directory and new nonces. */
  async open(
    request: HttpRequest,
    handle: (context: { readonly tenantId: TenantId; readonly urls: AcmeUrls }) => HttpResponse,
  ): Promise<HttpResponse> {
    const tenantId = await this.#tenant(request);
    if (tenantId === undefined) return { status: 404 };
    return handle({ tenantId, urls: acmeUrls(this.#ports.deviceUrl(), tenantId) });
  }

  byAccount(request: HttpRequest, handle: (signed: SignedRequest<ByAccount>) => Promise<HttpResponse>) {
    return this.bySigner(request, (signed) => {
      if (signed.signer.kind !== "account") throw new AcmeProblem("malformed", "This request is signed with a kid.");
      return handle({ ...signed, signer: signed.signer });
    });
  }

  byKey(request: HttpRequest, handle: (signed: SignedRequest<ByKey>) => Promise<HttpResponse>) {
    return this.bySigner(request, (signed) => {
      if (signed.signer.kind !== "key") throw new AcmeProblem("malformed", "This request is signed with a jwk.");
      return handle({ ...signed, signer: signed.signer });
    });
  }

  async bySigner(
    request: HttpRequest,
    handle: (signed: SignedRequest) => Promise<HttpResponse>,
  ): Promise<HttpResponse> {
    const tenantId = await this.#tenant(request);
    if (tenantId === undefined) return { status: 404 };
    const urls = acmeUrls(this.#ports.deviceUrl(), tenantId);
    let answer: HttpResponse;
    try {
      answer = await handle(await this.#signed(request, tenantId, urls));
    } catch (error) {
      if (!(error instanceof AcmeProblem)) throw error;
      this.#kernel.log.warn("acme.refused", { tenantId, type: error.type, detail: error.message });
      answer = problemResponse(error);
    }
    return {
      ...answer,
      headers: {
        // A resource may name a second link, to which this one is added.
        ...answer.headers,
        link: [`<${urls.directory}>;rel="index"`, answer.headers?.["link"]].filter(Boolean).join(", "),
        "replay-nonce": this.nonces.issue(),
        "cache-control": "no-store",
      },
    };
  }

  /** Cheap checks first, then the signature, and only then is the nonce spent: nobody can spend another's. */
  async #signed(request: HttpRequest, tenantId: TenantId, urls: AcmeUrls): Promise<SignedRequest> {
    if (String(request.headers["content-type"]).split(";")[0]?.trim().toLowerCase() !== "application/jose+json")
      throw new AcmeProblem("unsupportedContentType", "Requests come as application/jose+json.");
    const jws = readJws(request.body);
    const { header } = jws;
    if (header.url !== this.#ports.deviceUrl() + request.url)
      throw new AcmeProblem("unauthorized", "The url of the protected header is not the one that was asked.");
    const { nonce } = header;
    if (nonce === undefined || !this.nonces.isFresh(nonce)) throw badNonce();
    const signer = await this.#signer(tenantId, urls, header.kid, header.jwk);
    const algorithm = algorithmOf(signer.kind === "account" ? signer.account.jwk : signer.jwk);
    const payload = await verifyJws(jws, signer.key, algorithm);
    if (!this.nonces.spend(nonce)) throw badNonce();
    // Only now: who cannot sign for the account is not told in what state it is.
    if (signer.kind === "account" && signer.account.status !== "valid")
      throw new AcmeProblem("unauthorized", "This account was deactivated.");
    const { params, address } = request;
    return { tenantId, urls, signer, payload, params, address, now: this.#kernel.clock.now() };
  }

  async #signer(tenantId: TenantId, urls: AcmeUrls, kid: string | undefined, jwk: unknown): Promise<Signer> {
    if (kid === undefined) return { kind: "key", ...readJwk(jwk) };
    const prefix = urls.account("");
    const id = kid.startsWith(prefix) ? kid.slice(prefix.length) : "";
    const account = isId(id)
      ? await this.#kernel.store.read(systemScope(tenantId, "acme"), (tx) => readAccount(tx, id))
      : undefined;
    if (account === undefined) throw new AcmeProblem("accountDoesNotExist", "There is no such account here.");
    return { kind: "account", account, key: importJwk(account.jwk) };
  }

  /** Only of tenants that exist: a CA is made when it is first asked for. */
  async #tenant(request: HttpRequest): Promise<TenantId | undefined> {
    const text = request.params["tenantId"] ?? "";
    if (!isId(text)) return undefined;
    const tenant = await this.#kernel.store.read(systemScope(PLATFORM, "acme"), (tx) =>
      readTenant(tx, asId<"tenant">(text)),
    );
    return tenant?.id;
  }
}

const badNonce = (): AcmeProblem =>
  new AcmeProblem("badNonce", "The nonce is unknown, old or used. Try again with the one of this answer.");

/** The payload as a JSON object. @throws AcmeProblem `malformed` */
export const payloadOf = (request: SignedRequest): Readonly<Record<string, unknown>> =>
  parseObject(request.payload, "The payload is no JSON object.");

/** POST-as-GET (RFC 8555 section 6.3). @throws AcmeProblem `malformed` when there is a payload */
export function expectNoPayload(request: SignedRequest): void {
  if (request.payload.length > 0) throw new AcmeProblem("malformed", "This resource is read with an empty payload.");
}

export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpResponse => ({
  status,
  headers: { ...headers, "content-type": "application/json" },
  body: JSON.stringify(body),
});
