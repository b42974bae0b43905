import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { openStage } from "./stage.ts";
import { macOnline, runOrder } from "./walk.ts";

/** A certificate as an operator brings it: from another authority, made with openssl. */
function makeCertificate(folder: string): { certificate: string; key: string; ca: string } {
  const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  openssl(
    "req",
    "-x509",
    ...newKey,
    "-keyout",
    "ca.key",
    "-out",
    "ca.pem",
    "-days",
    "30",
    "-subj",
    "/CN=Operator root",
  );
  openssl("req", ...newKey, "-keyout", "key.pem", "-out", "leaf.csr", "-subj", "/CN=localhost");
  writeFileSync(path.join(folder, "ext"), "subjectAltName=DNS:localhost,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n");
  openssl(
    "x509",
    "-req",
    "-in",
    "leaf.csr",
    "-CA",
    "ca.pem",
    "-CAkey",
    "ca.key",
    "-CAcreateserial",
    "-days",
    "20",
    "-extfile",
    "ext",
    "-out",
    "cert.pem",
  );
  const read = (name: string) => readFileSync(path.join(folder, name), "utf8");
  return { certificate: read("cert.pem"), key: read("key.pem"), ca: read("ca.pem") };
}

test("walk: with a certificate of the operator's own authority Macs enroll, and agents come over both ways", {
  timeout: 120_000,
}, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "pomona-tls-"));
  const tls = makeCertificate(folder);
  {
    await using stage = await openStage({ tls });
    assert.equal(stage.ca, tls.ca);
    const { mac, deviceId } = await macOnline(stage);
    assert.equal((await runOrder(stage, deviceId, { type: "ping" })).order.state, "succeeded");
    mac.blockMqtt(true);
    const { order } = await runOrder(stage, deviceId, { type: "ping" });
    assert.equal(order.state, "succeeded");
  }
  rmSync(folder, { recursive: true });
});
