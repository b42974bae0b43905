import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  changeRecipient,
  confirmDrill,
  listDevices,
  listEntries,
  revealRecoveryKey,
  rotateDataKey,
  rotateSecret,
  showEscrow,
} from "@pomona/contract";
import { type ApiClient, ApiProblem, startFakeKms } from "@pomona/testkit";
import { escrowKey, secretOf } from "./escrow.ts";
import { eventually, openStage } from "./stage.ts";
import { macOnline } from "./walk.ts";

const MAIN = fileURLToPath(new URL("../../apps/cli/src/main.ts", import.meta.url));
const PASSPHRASE = "nine dull apples, one sharp knife";

interface Ran {
  readonly code: number;
  readonly out: string;
}
function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const { PATH = "", HOME = "" } = process.env;
  return new Promise((resolve) => {
    const options = { env: { PATH, HOME, ...env }, maxBuffer: 64 << 20 };
    const child = execFile(program, [...args], options, (error, out, words) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), out: out + words }),
    );
    child.stdin!.end();
  });
}

const recoveryOf = async (api: ApiClient) => (await api.call(showEscrow, {})).recovery;
const becomes = (api: ApiClient, state: string) =>
  eventually(`recovery is ${state}`, async () => ((await recoveryOf(api)).state === state ? true : undefined));

test("what is in escrow leaves the server encrypted, opens without it, and a drill proves that before it is needed", {
  timeout: 240_000,
}, async () => {
  await using stage = await openStage();
  const { api, otherApi, folder } = stage;
  const { mac, deviceId } = await macOnline(stage, { chip: "apple" });
  const { serialNumber } = (await api.call(listDevices, {})).items.find(({ id }) => id === deviceId)!;
  await escrowKey(stage, mac, deviceId);
  const prk = mac.model.recovery.personalKey!;
  const file = (name: string) => path.join(folder, name);
  const env = { POMONA_DATA: file("server") };
  const recovery = (...args: string[]) => run(process.execPath, [MAIN, "recovery", ...args], env);
  assert.deepEqual(
    [(await recoveryOf(api)).state, (await recoveryOf(otherApi)).state],
    ["neverExported", "neverExported"],
  );

  // One key made by Pomona, one by OpenSSL alone.
  writeFileSync(file("pass"), `${PASSPHRASE}\n`);
  const made = await recovery("make-key", "--to", file("safe"), "--passphrase-file", file("pass"));
  assert.equal(made.code, 0, made.out);
  const request = ["req", "-x509", "-newkey", "rsa:3072", "-nodes", "-subj", "/CN=board", "-days", "3650"];
  await run("openssl", [...request, "-keyout", file("board.key"), "-out", file("board.crt")]);
  const both = ["--recipient", file("safe.crt"), "--recipient", file("board.crt")];
  const exported = await recovery("export", ...both, "--to", file("bundle.cms"));
  assert.equal(exported.code, 0, exported.out);
  assert.equal(statSync(file("bundle.cms")).mode & 0o777, 0o600);
  assert.equal((await recovery("export", ...both, "--to", file("bundle.cms"))).code, 1, "no bundle is overwritten");
  await becomes(api, "neverTested");
  await becomes(otherApi, "neverTested");
  assert.ok((await api.call(listEntries, {})).items.some(({ action }) => action === "recovery.export-bundle"));

  const withSafe = ["--key", file("safe.key"), "--passphrase-file", file("pass")];
  const drilled = await recovery("drill", "--bundle", file("bundle.cms"), ...withSafe);
  assert.equal(drilled.code, 0, drilled.out);
  assert.match(drilled.out, /1 {2}fileVaultKey/);
  assert.match(drilled.out, /1 {2}messages with recovery keys/);
  const code = /--code (\S+)/.exec(drilled.out)![1]!;
  const withBoard = ["--key", file("board.key"), "--certificate", file("board.crt")];
  const again = await recovery("drill", "--bundle", file("bundle.cms"), ...withBoard);
  assert.match(again.out, new RegExp(`--code ${code}`), "whoever opens it proves the same");
  for (const { out } of [made, exported, drilled, again])
    assert.ok(!out.includes(prk) && !out.includes(PASSPHRASE), "no secret is printed");

  // A wrong passphrase, a wrong key, a damaged bundle: said in words, with 1.
  writeFileSync(file("wrong"), "nine dull pears\n");
  const refused = [
    ["--bundle", file("bundle.cms"), "--key", file("safe.key"), "--passphrase-file", file("wrong")],
    ["--bundle", file("bundle.cms"), "--key", file("board.key"), "--certificate", file("safe.crt")],
  ];
  const damaged = readFileSync(file("bundle.cms"));
  damaged[damaged.length - 40]! ^= 1;
  writeFileSync(file("damaged.cms"), damaged);
  for (const args of [...refused, ["--bundle", file("damaged.cms"), ...withBoard]]) {
    const { code: status, out } = await recovery("drill", ...args);
    assert.equal(status, 1);
    assert.match(out, /pomona: (The|This) .*(passphrase|key|bundle)/);
    assert.ok(!out.includes("--code"));
  }

  // Pomona is gone: OpenSSL and grep.
  const decrypt = ["cms", "-decrypt", "-inform", "DER", "-in", file("bundle.cms"), "-out", file("opened")];
  await run("openssl", [...decrypt, "-recip", file("board.crt"), "-inkey", file("board.key")]);
  const isTheMacs = (line: string) =>
    line.includes(`"serialNumber":"${serialNumber}"`) && line.includes("fileVaultKey");
  const opened = () => readFileSync(file("opened"), "utf8").split("\n");
  assert.ok(opened().some((line) => isTheMacs(line) && line.includes(`"text":"${prk}"`)));
  writeFileSync(file("opened"), "");
  const passin = ["-passin", `file:${file("pass")}`];
  await run("openssl", [...decrypt, "-recip", file("safe.crt"), "-inkey", file("safe.key"), ...passin]);
  assert.ok(opened().some(isTheMacs), "the key that Pomona made opens it with OpenSSL too");

  const shown = await recovery(
    "open",
    "--bundle",
    file("bundle.cms"),
    ...withSafe,
    "--device",
    serialNumber!,
    "--kind",
    "fileVaultKey",
  );
  assert.match(shown.out, new RegExp(`^fileVaultKey\\tcurrent\\t\\S+\\t${prk}\\n$`));

  // A backup of the database that knows nothing of keys opens with the bundle.
  const database = new DatabaseSync(path.join(env.POMONA_DATA, "pomona.db"), { readOnly: true });
  database.exec(`VACUUM INTO '${file("backup.db")}'`);
  database.close();
  const withBackup = ["--bundle", file("bundle.cms"), ...withBoard, "--database", file("backup.db")];
  assert.match((await recovery("drill", ...withBackup)).out, /The database: [1-9]\d* sealed values open/);

  // The proof counts in the tenant that brings it; on the server itself, in all that the bundle covers.
  await assert.rejects(
    api.call(confirmDrill, { code: code.replaceAll("A", "B").slice(1).padEnd(27, "C") }),
    ApiProblem,
  );
  await api.call(confirmDrill, { code: code.toLowerCase() });
  assert.deepEqual([(await recoveryOf(api)).state, (await recoveryOf(otherApi)).state], ["tested", "neverTested"]);
  assert.equal((await recovery("confirm", "--code", code)).code, 0);
  await becomes(otherApi, "tested");

  // A data key that the tested bundle does not have.
  await api.call(rotateDataKey, {});
  await becomes(api, "outdated");
  assert.equal((await recoveryOf(otherApi)).state, "tested");
  const after = await recovery("drill", "--bundle", file("bundle.cms"), ...withBoard, "--database", file("backup.db"));
  assert.equal(after.code, 0, "a backup of before opens as ever");

  // A customer's own bundle has nothing of the neighbour.
  const own = ["--recipient", file("board.crt"), "--tenant", "Vineyard", "--to", file("vineyard.cms")];
  assert.equal((await recovery("export", ...own)).code, 0);
  const only = [...decrypt.slice(0, 4), "-in", file("vineyard.cms"), "-out", file("opened")];
  await run("openssl", [...only, "-recip", file("board.crt"), "-inkey", file("board.key")]);
  const text = readFileSync(file("opened"), "utf8");
  assert.ok(text.includes(stage.tenantIds[1]) && !text.includes(stage.tenantIds[0]) && !text.includes(prk));
  assert.ok(!text.includes('"platform"'));
});

test("a tenant whose recovery keys only a KMS opens: shown through it, in a bundle by name, and opened through it when asked", {
  timeout: 240_000,
}, async () => {
  await using fake = await startFakeKms();
  const credentials = path.join(tmpdir(), `pomona-kms-${process.pid}.json`);
  const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken } = fake.credentials;
  writeFileSync(credentials, JSON.stringify({ AccessKeyId, SecretAccessKey, SessionToken }), { mode: 0o600 });
  try {
    const masterKey = fake.newKey();
    await using stage = await openStage({ kms: { url: fake.url, credentials, masterKey } });
    const { api, folder } = stage;
    await api.call(changeRecipient, { keyId: fake.newKey() });
    const { mac, deviceId } = await macOnline(stage, { chip: "apple" });
    const { serialNumber } = (await api.call(listDevices, {})).items.find(({ id }) => id === deviceId)!;
    await escrowKey(stage, mac, deviceId);
    const prk = mac.model.recovery.personalKey!;
    const reason = "walked through the KMS";
    assert.equal((await api.call(revealRecoveryKey, { deviceId, reason })).value, prk);
    await api.call(rotateSecret, { deviceId, kind: "fileVaultKey" });
    await secretOf(stage, deviceId, "fileVaultKey", ({ rotation }) => rotation?.state === "done");
    const next = mac.model.recovery.personalKey!;
    assert.notEqual(next, prk);
    fake.mood = "denies";
    await assert.rejects(
      api.call(revealRecoveryKey, { deviceId, reason }),
      (error) => error instanceof ApiProblem && error.problem.status === 503 && error.problem.code === "kms.refused",
    );
    fake.mood = "works";

    const file = (name: string) => path.join(folder, name);
    const env = {
      POMONA_DATA: file("server"),
      POMONA_KMS_URL: fake.url,
      POMONA_KMS_CREDENTIALS: credentials,
      POMONA_KMS_MASTER_KEY: masterKey,
    };
    const recovery = (...args: string[]) => run(process.execPath, [MAIN, "recovery", ...args], env);
    const request = ["req", "-x509", "-newkey", "rsa:3072", "-nodes", "-subj", "/CN=board", "-days", "3650"];
    await run("openssl", [...request, "-keyout", file("board.key"), "-out", file("board.crt")]);
    const withBoard = ["--key", file("board.key"), "--certificate", file("board.crt")];
    const to = ["--recipient", file("board.crt"), "--to"];
    assert.equal((await recovery("export", ...to, file("sealed.cms"))).code, 0);
    assert.match(
      (await recovery("drill", "--bundle", file("sealed.cms"), ...withBoard)).out,
      /2 values open only with the KMS/,
    );
    const open = ["open", "--device", serialNumber!, "--kind", "fileVaultKey", ...withBoard];
    const shut = await recovery(...open, "--bundle", file("sealed.cms"));
    assert.ok(shut.out.includes("only the KMS's key") && !shut.out.includes(next));
    assert.ok((await recovery(...open, "--bundle", file("sealed.cms"), "--through-kms")).out.includes(next));
    assert.equal((await recovery("export", ...to, file("opened.cms"), "--through-kms")).code, 0);
    assert.ok((await recovery(...open, "--bundle", file("opened.cms"))).out.includes(next));
    fake.mood = "denies";
    const away = await recovery("export", ...to, file("none.cms"), "--through-kms");
    assert.equal(away.code, 1);
    assert.match(away.out, /KMS refused/);
    assert.ok(!existsSync(file("none.cms")), "no bundle with holes in it");
    fake.mood = "works";
  } finally {
    rmSync(credentials);
  }
});
