import assert from "node:assert/strict";
import { createHash, createPrivateKey, generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { type Certificate, createEnvelopedData, decodePem, issueCertificate, parseCertificate } from "@pomona/pki";
import { nodeCrypto, privateKeyFromPem } from "@pomona/pki/node";
import { PomonaError } from "../../../kernel/errors.ts";
import { type Sealed, type SealedColumn, Secret } from "../../../kernel/secret.ts";
import { drillBundle } from "./drill-bundle.ts";
import { drillCode, hashCode } from "./drill-code.ts";
import type { BundleLine } from "./lines.ts";
import { makeBundleKey } from "./make-bundle-key.ts";
import { type BundleKey, readBundle } from "./read-bundle.ts";
import { type BundleSource, writeBundle } from "./write-bundle.ts";

const NOW = Date.UTC(2026, 0, 1);
const PRK = "AAAA-BBBB-CCCC-DDDD-EEEE-1111";
const crypto = nodeCrypto();
const pems = [0, 1].map(
  () =>
    generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" }) as string,
) as [string, string];

function certify(pem: string): Certificate {
  const key = privateKeyFromPem(pem);
  return parseCertificate(
    issueCertificate(crypto, {
      issuer: { certificate: "self", key },
      subject: { CN: "test" },
      spki: crypto.publicKeyOf(key),
      notBefore: NOW,
      notAfter: NOW + 1000,
    }),
  );
}
const recovery: BundleKey = { certificate: certify(pems[0]), key: privateKeyFromPem(pems[0]) };
const escrowCertificate = certify(pems[1]);
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64");

const columns: readonly SealedColumn[] = [
  { table: "escrow_keys", column: "sealed_key", id: "id" },
  { table: "escrow_secrets", column: "sealed_value", id: "id" },
];
const dataKey = {
  kid: createHash("sha256").update(Buffer.alloc(32, 1)).digest("hex").slice(0, 16),
  key: Buffer.alloc(32, 1),
};

/** A tenant with one Mac; a value "sealed" is its text in a ciphertext. */
function source(): BundleSource {
  const seal = (text: string) => JSON.stringify({ ciphertext: text });
  const row = { tenant_id: "t1", device_id: "d1", id: "s1", kind: "fileVaultKey", slot: "current", created_at: NOW };
  const cms = base64(createEnvelopedData(crypto, Buffer.from(PRK), escrowCertificate, "aes-256-cbc"));
  const tables: Record<string, readonly Record<string, unknown>[]> = {
    devices: [{ tenant_id: "t1", id: "d1", serial_number: "C02ORCHARD", name: "Front desk" }],
    escrow_keys: [{ tenant_id: "t1", id: "k1", certificate: base64(escrowCertificate.raw), sealed_key: seal(pems[1]) }],
    escrow_secrets: [
      { ...row, sealed_value: seal(PRK) },
      { ...row, id: "s2", kind: "lockPin", sealed_value: seal("lost") },
      { ...row, id: "s3", tenant_id: "t2", sealed_value: seal("a neighbour's") },
    ],
    escrow_envelopes: [{ tenant_id: "t1", device_id: "d1", cms, opens: 1 }],
  };
  return {
    tenants: [{ id: "t1", name: "Orchard" }],
    rows: (table) => tables[table] ?? [],
    open: async (_tenantId, _place, sealed: Sealed) => {
      if (sealed.ciphertext === "lost") throw new Error("does not open");
      return new Secret(Buffer.from(sealed.ciphertext));
    },
    dataKeys: () => [dataKey],
  };
}
const order = { columns, recipients: [recovery.certificate], now: NOW, by: "root", version: "1.0.0" };
const linesOf = async () => readBundle((await writeBundle(source(), order)).bytes, recovery);
/** The lines with one of a type changed. */
const changed = async <Type extends BundleLine["type"]>(
  type: Type,
  change: (line: Extract<BundleLine, { type: Type }>) => object | undefined,
): Promise<readonly BundleLine[]> => {
  let isDone = false;
  return (await linesOf()).flatMap((line) => {
    if (line.type !== type || isDone) return [line];
    isDone = true;
    const to = change(line as never);
    return to === undefined ? [] : [{ ...line, ...to } as BundleLine];
  });
};

test("a bundle holds the values of its tenants in the open, what was lost by name, and its drill proves the canary", async () => {
  const { bytes, entry } = await writeBundle(source(), order);
  const lines = readBundle(bytes, recovery);
  const report = drillBundle(lines);
  assert.deepEqual(report.wrong, []);
  assert.match(report.notes[0]!, /^1 values did not open/);
  assert.equal(entry.codeHash, hashCode(report.code!.toLowerCase().replaceAll("-", " ")));
  assert.deepEqual(entry.tenants, [{ id: "t1", values: 2, unreadable: 1, kids: [dataKey.kid] }]);
  assert.ok(!JSON.stringify(lines).includes("a neighbour's"));
  assert.ok(!Buffer.from(bytes).includes(PRK), "outside it is ciphertext");
  assert.deepEqual(Object.fromEntries(report.tenants[0]!.counts), {
    "data keys": 1,
    escrow_keys: 1,
    fileVaultKey: 1,
    "unreadable already on the server": 1,
    "messages with recovery keys (CMS)": 1,
  });
});

test("before the first Mac is enrolled a drill proves the canary alone, and every bundle has another", async () => {
  const empty = { ...source(), rows: () => [], dataKeys: () => [] };
  const code = async () => drillBundle(readBundle((await writeBundle(empty, order)).bytes, recovery)).code;
  const codes = [await code(), await code()];
  assert.match(codes[0]!, /^[A-Z2-9]{6}(-[A-Z2-9]{6}){3}$/);
  assert.notEqual(codes[0], codes[1]);
});

test("a drill fails for each thing that would fail on the day, and gives no code", async () => {
  const other = base64(certify(pems[0]).raw);
  const cases: readonly (readonly [RegExp, readonly BundleLine[]])[] = [
    [/does not fit its certificate/, await changed("value", (line) => ({ row: { ...line.row, certificate: other } }))],
    [/does not open/, await changed("envelope", () => ({ cms: base64(Buffer.alloc(300, 1)) }))],
    [/recovery key does not open/, await changed("value", (line) => ({ ...line, table: "elsewhere" }))],
    [/not the one that its name says/, await changed("data-key", () => ({ key: base64(Buffer.alloc(32, 2)) }))],
    [/data keys of Orchard are not in it/, await changed("data-key", () => undefined)],
    [/the canary is not in it/, await changed("canary", () => undefined)],
    [
      /is no recovery key/,
      (await linesOf()).map((line) => (line.type === "value" && line.text === PRK ? { ...line, text: "x" } : line)),
    ],
    [/is empty/, await changed("value", () => ({ text: undefined }))],
  ];
  for (const [why, lines] of cases) {
    const { wrong, code } = drillBundle(lines);
    assert.match(wrong.join("\n"), why);
    assert.equal(code, undefined);
  }
});

test("a bundle from which something was cut or changed is refused, and so is one for somebody else", async () => {
  const text = (await linesOf()).map((line) => JSON.stringify(line)).join("\n");
  const again = (content: string) =>
    readBundle(createEnvelopedData(crypto, Buffer.from(content), recovery.certificate, "aes-256-cbc"), recovery);
  assert.equal(again(`${text}\n`).length, text.split("\n").length);
  assert.throws(() => again(text.replace(PRK, "AAAA-BBBB-CCCC-DDDD-EEEE-2222")), /missing or was changed/);
  assert.throws(() => again(text.slice(0, text.lastIndexOf("\n"))), /missing or was changed/);
  assert.throws(() => again(text.split("\n").toSpliced(1, 1).join("\n")), /missing or was changed/);
  const { bytes } = await writeBundle(source(), order);
  const foreign = { certificate: escrowCertificate, key: privateKeyFromPem(pems[1]) };
  assert.throws(() => readBundle(bytes, foreign), /was not encrypted to this certificate/);
  assert.throws(() => readBundle(bytes, { ...recovery, key: foreign.key }), /does not open the bundle/);
  assert.throws(() => readBundle(Buffer.from("no bundle"), recovery), /no recovery bundle/);
  await assert.rejects(writeBundle(source(), { ...order, mostCharacters: 2_000 }), /Make one for each tenant/);
});

test("a bundle key opens with its passphrase and with no other", async () => {
  const { certificate, key } = await makeBundleKey("board", "twelve letters", NOW);
  const [block] = decodePem(certificate, "CERTIFICATE");
  const passphrase = "twelve letters";
  const spki = createPrivateKey({ key, passphrase });
  assert.equal(spki.asymmetricKeyDetails?.modulusLength, 4096);
  assert.deepEqual(
    Buffer.from(crypto.publicKeyOf(privateKeyFromPem(key, passphrase))),
    Buffer.from(parseCertificate(block!.der).spki),
  );
  assert.throws(() => privateKeyFromPem(key, "other letters."), { code: "crypto.key" });
});

test("what only a KMS opens stays sealed and is named; opened through it, or there is no bundle", async () => {
  const sealed = { v: 1, alg: "A256GCM", kid: "k", recipient: "kms", keyId: "arn:ours", wrappedKey: "w", nonce: "n" };
  const row = { tenant_id: "t1", device_id: "d1", id: "s1", kind: "fileVaultKey", slot: "current", created_at: NOW };
  const rows = { ...row, sealed_value: JSON.stringify({ ...sealed, ciphertext: "c" }) };
  let fault: Error | undefined;
  const inKms: BundleSource = {
    ...source(),
    rows: (table) => (table === "escrow_secrets" ? [rows] : []),
    open: async () => {
      if (fault !== undefined) throw fault;
      return new Secret(Buffer.from(PRK));
    },
  };
  const kept = drillBundle(readBundle((await writeBundle(inKms, order)).bytes, recovery));
  assert.deepEqual(kept.wrong, []);
  assert.match(kept.notes.join(), /1 values open only with the KMS's key arn:ours/);
  const through = { ...order, throughKms: true };
  const lines = readBundle((await writeBundle(inKms, through)).bytes, recovery);
  assert.ok(lines.some((line) => line.type === "value" && line.text === PRK));
  fault = new PomonaError("unavailable", "kms.unreachable", "away");
  await assert.rejects(writeBundle(inKms, through), { code: "kms.unreachable" });
});

test("the code of a drill depends on the bundle and on what lies inside", () => {
  const canary = Buffer.alloc(32, 5);
  assert.equal(drillCode("a", canary), drillCode("a", canary));
  assert.notEqual(drillCode("a", canary), drillCode("b", canary));
  assert.notEqual(drillCode("a", canary), drillCode("a", Buffer.alloc(32, 6)));
});
