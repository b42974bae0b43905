import { spawnSync } from "node:child_process";
import { createPublicKey, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Certificate } from "@pomona/pki";

/** Some hundred milliseconds for each, so not for all. */
const MOST = 40;
const MOST_CERTIFICATES = 5000;

interface Accepted {
  readonly bytes: Uint8Array;
  readonly content?: Uint8Array | undefined;
}

/** What we took for true is shown to openssl, as far as it differs from what it has seen. */
export class SecondOpinion {
  readonly #seen = new Set<string>();
  #certificates = 0;
  readonly #requests: Accepted[] = [];
  readonly #signed: Accepted[] = [];
  /** How many it took for true as well. */
  agreed = 0;
  /** Certificates that both read, and that we alone read. */
  readonly certificates = { both: 0, oursAlone: [] as Uint8Array[], different: [] as string[] };

  certificate(bytes: Uint8Array, ours: Certificate): void {
    if (this.#certificates >= MOST_CERTIFICATES || !this.#isNew(bytes)) return;
    this.#certificates += 1;
    let theirs: X509Certificate;
    try {
      theirs = new X509Certificate(bytes);
      theirs.publicKey.export({ type: "spki", format: "der" });
    } catch {
      this.certificates.oursAlone.push(bytes);
      return;
    }
    this.certificates.both += 1;
    const serial = theirs.serialNumber.toLowerCase().replace(/^0+(?=.)/, "");
    const hex = Buffer.from(bytes).toString("hex");
    // A negative one, which no CA may give, we keep as its octets.
    if (!serial.startsWith("-") && serial !== ours.serialHex.replace(/^0+(?=.)/, ""))
      this.certificates.different.push(`serial ${serial}, ours ${ours.serialHex}: ${hex}`);
    // It looks at more than the constraint, and at nothing less.
    if (theirs.ca && !ours.isCa) this.certificates.different.push(`a CA, ours not: ${hex}`);
    const theirKey = theirs.publicKey.export({ type: "spki", format: "der" });
    const ourKey = createPublicKey({ key: Buffer.from(ours.spki), type: "spki", format: "der" });
    if (!theirKey.equals(ourKey.export({ type: "spki", format: "der" })))
      this.certificates.different.push(`key: ${hex}`);
  }

  request(bytes: Uint8Array): void {
    if (this.#requests.length < MOST && this.#isNew(bytes)) this.#requests.push({ bytes });
  }

  signed(bytes: Uint8Array, content: Uint8Array | undefined): void {
    if (this.#signed.length < MOST && this.#isNew(bytes)) this.#signed.push({ bytes, content });
  }

  /**
   * @returns those that we took for true and it says are false, with their bytes in hex. What it cannot read is none of them:
   * it is stricter where nothing depends on it, as in the parameters of an algorithm that has none
   */
  disagreements(): readonly string[] {
    const folder = mkdtempSync(path.join(tmpdir(), "pomona-opinion-"));
    try {
      const file = path.join(folder, "message");
      const content = path.join(folder, "content");
      const ask = (of: readonly Accepted[], command: readonly string[]): string[] =>
        of.flatMap((accepted) => {
          writeFileSync(file, accepted.bytes);
          if (accepted.content !== undefined) writeFileSync(content, accepted.content);
          const detached = accepted.content === undefined ? [] : ["-content", content];
          const args = [...command, "-inform", "DER", "-in", file, ...detached];
          const { status, stderr } = spawnSync("openssl", args, { encoding: "utf8" });
          if (status === 0 && !/failure/i.test(stderr)) {
            this.agreed += 1;
            return [];
          }
          if (/asn1 encoding routines|no signer|unsupported|unknown/i.test(stderr)) return [];
          return [`${command[0]}: ${stderr.trim().slice(0, 300)} ${Buffer.from(accepted.bytes).toString("hex")}`];
        });
      return [
        ...ask(this.#requests, ["req", "-verify", "-noout"]),
        ...ask(this.#signed, ["cms", "-verify", "-noverify", "-binary", "-out", path.join(folder, "out")]),
      ];
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  #isNew(bytes: Uint8Array): boolean {
    const key = Buffer.from(bytes).toString("latin1");
    if (this.#seen.has(key)) return false;
    this.#seen.add(key);
    return true;
  }
}
