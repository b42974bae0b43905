import { asId, type TenantId } from "@pomona/facts";
import { buildCertRepFailure, buildCertRepSuccess, PkiError, parsePkiMessage } from "@pomona/pki";
import { isId } from "../../kernel/clock.ts";
import type { HttpRequest, HttpResponse, HttpRoute, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import { type Authority, readTenant } from "../tenants/index.ts";
import type { Enrollments } from "./enrollments.ts";
import { grantIdentity } from "./grant-identity.ts";
import { messageOf, operationOf } from "./scep-message.ts";

interface ScepPorts {
  readonly kernel: Kernel;
  readonly authority: Authority;
  readonly enrollments: Enrollments;
  /** Single DES, which only a test client sends. */
  readonly allowDes: boolean;
}

/** One per line, in exactly this spelling; macOS says that renewal is not supported where `Renewal` is missing. */
const CAPABILITIES = ["Renewal", "SHA-1", "SHA-256", "SHA-512", "AES", "DES3", "SCEPStandard", "POSTPKIOperation"].join(
  "\n",
);
const BAD_REQUEST: HttpResponse = { status: 400 };
const MAX_BODY = 65_536;

/** SCEP (RFC 8894) of each tenant's own CA. Content types stand without a charset: clients compare the whole string. */
export const scepRoutes = (ports: ScepPorts): readonly HttpRoute[] =>
  (["GET", "POST"] as const).map((method) => ({
    door: "device",
    method,
    path: "/scep/{tenantId}",
    maxBodyBytes: MAX_BODY,
    handle: async (request) => {
      const tenantId = await knownTenant(ports.kernel, request.params["tenantId"] ?? "");
      if (tenantId === undefined) return { status: 404 };
      switch (operationOf(request.url)) {
        case "GetCACaps":
          return { status: 200, headers: { "content-type": "text/plain" }, body: CAPABILITIES };
        case "GetCACert": {
          const { certificate } = await ports.authority.intermediate(tenantId);
          return { status: 200, headers: { "content-type": "application/x-x509-ca-cert" }, body: certificate.raw };
        }
        case "PKIOperation":
          return pkiOperation(ports, tenantId, request);
        default:
          return BAD_REQUEST;
      }
    },
  }));

/** Only of tenants that exist: a CA is made when it is first asked for. */
async function knownTenant(kernel: Kernel, text: string): Promise<TenantId | undefined> {
  if (!isId(text)) return undefined;
  const tenant = await kernel.store.read(systemScope(PLATFORM, "scep"), (tx) => readTenant(tx, asId<"tenant">(text)));
  return tenant?.id;
}

async function pkiOperation(ports: ScepPorts, tenantId: TenantId, request: HttpRequest): Promise<HttpResponse> {
  const { authority, kernel } = ports;
  const message = messageOf(request);
  if (message === undefined) return BAD_REQUEST;
  const ca = await authority.intermediate(tenantId);
  const answer = (body: Uint8Array): HttpResponse => ({
    status: 200,
    headers: { "content-type": "application/x-pki-message" },
    body,
  });
  let parsed: ReturnType<typeof parsePkiMessage>;
  try {
    parsed = parsePkiMessage(authority.crypto, message, {
      caCertificate: ca.certificate,
      caKey: ca.key,
      allowDes: ports.allowDes,
    });
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    kernel.log.warn("scep.unreadable", { tenantId, code: error.code });
    return BAD_REQUEST;
  }
  if (!parsed.ok) {
    kernel.log.warn("scep.refused", { tenantId, reason: parsed.reason });
    return answer(
      buildCertRepFailure(authority.crypto, { request: parsed.header, signer: ca, failInfo: parsed.failInfo }),
    );
  }
  const grant = await grantIdentity(ports, tenantId, parsed.request);
  if (!grant.ok) {
    kernel.log.warn("scep.refused", { tenantId, reason: grant.reason });
    return answer(
      buildCertRepFailure(authority.crypto, { request: parsed.request, signer: ca, failInfo: grant.failInfo }),
    );
  }
  return answer(
    buildCertRepSuccess(authority.crypto, {
      request: parsed.request,
      signer: ca,
      certificate: grant.issued.der,
      extraCertificates: grant.issued.issuers,
    }),
  );
}
