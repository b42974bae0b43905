import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Invitation } from "@pomona/contract";
import { getString } from "@pomona/plist";
import { type DeviceRig, deviceRig } from "./testing/device-rig.ts";
import { readProfile } from "./testing/test-mac.ts";

let rig: DeviceRig;
before(async () => {
  rig = await deviceRig();
});
after(() => rig[Symbol.asyncDispose]());

test("the page says what will happen, escapes names, and may load nothing", async () => {
  const tenant = await rig.newTenant(`<script>alert("x")</script> & Söhne`);
  const page = await rig.portal(await rig.invite(tenant, { serialNumber: `C02"><b>` }));
  assert.equal(page.status, 200);
  const html = page.body as string;
  assert.equal(html.includes("<script>"), false);
  assert.equal(html.includes("<b>"), false);
  assert.match(html, /&lt;script&gt;alert\(&quot;x&quot;\)&lt;\/script&gt; &amp; Söhne/);
  assert.match(html, /Download the profile/);
  assert.match(page.headers!["content-security-policy"]!, /^default-src 'none'; style-src 'sha256-[^']+';/);
  assert.equal(page.headers!["referrer-policy"], "no-referrer");
});

test("opening the page uses nothing up, and every profile has a challenge of its own", async () => {
  const tenant = await rig.newTenant("Acme");
  const invitation = await rig.invite(tenant, { maxUses: 1 });
  for (let i = 0; i < 5; i++) assert.equal((await rig.portal(invitation)).status, 200);
  const challenges = await Promise.all(
    [1, 2].map(async () => readProfile((await rig.portal(`${invitation}/profile`)).body as Uint8Array).challenge),
  );
  assert.notEqual(challenges[0], challenges[1]);
  const { items } = (await rig.act(tenant, "enrollment.list-invitations", {})) as { items: Invitation[] };
  assert.equal(items[0]!.uses, 0);
});

test("a wrong, revoked or expired code leads to one and the same page", async () => {
  const tenant = await rig.newTenant("Acme");
  const revoked = await rig.invite(tenant);
  const { items } = (await rig.act(tenant, "enrollment.list-invitations", {})) as { items: Invitation[] };
  await rig.act(tenant, "enrollment.revoke-invitation", { invitationId: items[0]!.id });
  const expired = await rig.invite(tenant, { expiresInSeconds: 60 });
  rig.clock.advance(61_000);
  const answers = [];
  for (const code of [revoked, expired, "/enroll/guess", `/enroll/${"A".repeat(43)}`]) {
    const { status, body } = await rig.portal(code);
    answers.push(`${status} ${body as string}`);
  }
  assert.equal(new Set(answers).size, 1);
  assert.match(answers[0]!, /^404/);
});

test("openssl verifies the profile's signature up to the root that it carries", async () => {
  const tenant = await rig.newTenant("Acme");
  const answer = await rig.portal(`${await rig.invite(tenant)}/profile`);
  assert.equal(answer.headers!["content-type"], "application/x-apple-aspen-config");
  const dir = mkdtempSync(path.join(tmpdir(), "pomona-portal-"));
  try {
    const [signed, root] = [path.join(dir, "profile"), path.join(dir, "root.pem")];
    writeFileSync(signed, answer.body as Uint8Array);
    writeFileSync(root, rig.authority.rootPem);
    const verify = ["cms", "-verify", "-inform", "DER", "-in", signed, "-CAfile", root, "-purpose", "any"];
    const content = execFileSync("openssl", verify, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
    assert.match(content, /com\.apple\.mdm/);
  } finally {
    rmSync(dir, { recursive: true });
  }
  const { payloads } = readProfile(answer.body as Uint8Array);
  assert.deepEqual(
    payloads.map((payload) => getString(payload, "PayloadType")),
    ["com.apple.security.root", "com.apple.security.pkcs1", "com.apple.security.scep", "com.apple.mdm"],
  );
});
