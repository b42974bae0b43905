import { generateKeyPair as generate } from "node:crypto";
import { promisify } from "node:util";
import type { TenantId } from "@pomona/facts";
import {
  type Certificate,
  type Crypto,
  issueCertificate,
  type NameSpec,
  type PrivateKeyHandle,
  parseCertificate,
} from "@pomona/pki";
import { privateKeyFromPem } from "@pomona/pki/node";
import type { Kernel } from "../../kernel/feature.ts";
import { systemScope } from "../../kernel/scope.ts";
import { putKey, readKey } from "./authority.sql.ts";
import { BACKDATE_MS } from "./authority-roles.ts";

/** A key of ours in use, with the certificate over it. */
export interface AuthorityKey {
  readonly certificate: Certificate;
  readonly key: PrivateKeyHandle;
}

export type AuthorityKeyType = "rsa-2048" | "ec-p256";

/** Off the event loop: an RSA key takes a tenth of a second and more. @returns PKCS#8 PEM */
async function newKeyPem(type: AuthorityKeyType): Promise<string> {
  const { privateKey } =
    type === "rsa-2048"
      ? await promisify(generate)("rsa", { modulusLength: 2048 })
      : await promisify(generate)("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }) as string;
}

const place = (name: string) => ({ table: "authority_keys", row: name, field: "sealed_key" });

/** Opens the key that a tenant keeps under a name. */
export async function openKey(kernel: Kernel, tenantId: TenantId, name: string): Promise<AuthorityKey | undefined> {
  const stored = await kernel.store.read(systemScope(tenantId, "authority"), (tx) => readKey(tx, name));
  if (stored === undefined) return undefined;
  const pem = kernel.vault.open(tenantId, place(name), stored.sealedKey);
  return {
    certificate: parseCertificate(stored.certificate),
    key: privateKeyFromPem(Buffer.from(pem.expose()).toString("utf8")),
  };
}

export interface NewKeySpec {
  readonly type: AuthorityKeyType;
  readonly subject: NameSpec;
  readonly validForMs: number;
  /** Who signs the certificate; itself when not given. */
  readonly issuer?: AuthorityKey;
  readonly extensions: NonNullable<Parameters<typeof issueCertificate>[1]["extensions"]>;
}

/** Makes a key and its certificate, and keeps both under the name, the key sealed. */
export async function makeKey(
  kernel: Kernel,
  crypto: Crypto,
  tenantId: TenantId,
  name: string,
  spec: NewKeySpec,
): Promise<AuthorityKey> {
  const pem = await newKeyPem(spec.type);
  const key = privateKeyFromPem(pem);
  const now = kernel.clock.now();
  const notAfter = now + spec.validForMs;
  const der = issueCertificate(crypto, {
    issuer: spec.issuer ?? { certificate: "self", key },
    subject: spec.subject,
    spki: crypto.publicKeyOf(key),
    notBefore: now - BACKDATE_MS,
    notAfter: Math.min(notAfter, spec.issuer?.certificate.notAfter ?? notAfter),
    extensions: spec.extensions,
  });
  const sealedKey = kernel.vault.seal(tenantId, place(name), Buffer.from(pem, "utf8"));
  await kernel.store.write(systemScope(tenantId, "authority"), (tx) =>
    putKey(tx, name, { certificate: der, sealedKey }),
  );
  return { certificate: parseCertificate(der), key };
}
