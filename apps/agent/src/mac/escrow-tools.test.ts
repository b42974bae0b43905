import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { installFakeTools, installTool, PRINTED } from "../testing/fake-tools.ts";
import { escrowTools } from "./escrow-tools.ts";
import { openToolBox } from "./run-tool.ts";

const KEY = "ABCD-EFGH-JKLM-NPQR-STUV-2345";

describe("the tools for keys and accounts", () => {
  let folder: string;
  /** Every argument and every input of every tool, as a process list and a pipe would show them. */
  const seen = (name: string) => readFileSync(join(folder, name), "utf8");
  const escrow = () => escrowTools(openToolBox(folder), folder);

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "pomona-escrow-tools-"));
    installFakeTools(folder, {
      ...PRINTED,
      dscl: {
        ...PRINTED["dscl"],
        ". -read /Users/amelie GeneratedUID": "GeneratedUID: 0A0A0A0A-0000-4000-8000-00000000AAAA",
      },
      profiles: {
        "status -type bootstraptoken":
          "profiles: Bootstrap Token supported on server: YES\nprofiles: Bootstrap Token escrowed to server: NO",
      },
      diskutil: {
        "apfs listUsers /":
          "Cryptographic users for disk3s1s1 (2 found)\n|\n+-- 0A0A0A0A-0000-4000-8000-00000000AAAA\n|   Type: Local Open Directory User\n|   Volume Owner: Yes\n|\n+-- EBC6C064-0000-11AA-AA11-00306543ECAC\n    Type: Personal Recovery User\n    Volume Owner: No",
      },
    });
    const noted = `printf '%s\\n' "$*" >> '${join(folder, "arguments")}'`;
    installTool(
      folder,
      "fdesetup",
      `${noted}\ncat > '${join(folder, "input")}'\ngrep -q '${KEY}' '${join(folder, "input")}' && { echo true; exit 0; }\necho false; exit 2`,
    );
    installTool(
      folder,
      "sysadminctl",
      `${noted}\nif [ "$1" = -secureTokenStatus ]; then echo 'sysadminctl[1]: Secure token is ENABLED for user X' >&2; exit 0; fi\n` +
        `cat > '${join(folder, "password")}'\ntouch '${join(folder, "made-")}'"$2"`,
    );
    installTool(folder, "id", `${noted}\n[ -f '${join(folder, "made-")}'"$2" ] || exit 1\necho 505`);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("prove a recovery key on standard input, and no argument ever has it", async () => {
    assert.equal(await escrow().validateRecoveryKey(KEY), "right");
    assert.match(seen("input"), /<key>Password<\/key><string>ABCD-EFGH-JKLM-NPQR-STUV-2345<\/string>/);
    assert.equal(await escrow().validateRecoveryKey("ABCD-EFGH-JKLM-NPQR-STUV-9999"), "wrong");
    assert.equal(await escrow().validateRecoveryKey("</string>"), "unknown");
    assert.match(seen("arguments"), /^validaterecovery -inputplist$/m);
    assert.ok(!seen("arguments").includes("ABCD"));
  });

  it("say what the Mac thinks of its bootstrap token", async () => {
    assert.deepEqual(await escrow().bootstrapToken(), { isSupported: true, isEscrowed: false });
  });

  it("say who has a secure token and who owns the volume", async () => {
    assert.deepEqual(await escrow().accounts(), [
      { name: "amelie", isAdmin: true, hasSecureToken: true, isVolumeOwner: true },
    ]);
  });

  it("make an account whose password only its input has, and look whether it is there", async () => {
    const account = { name: "next.person", fullName: "Next Person", isAdmin: false, password: "Walnut-7482-Harbor" };
    assert.equal(await escrow().createAccount(account), undefined);
    assert.equal(seen("password"), "Walnut-7482-Harbor\n");
    assert.match(seen("arguments"), /^-addUser next.person -fullName Next Person -password -$/m);
    assert.ok(!seen("arguments").includes("Walnut"));
    assert.match((await escrow().createAccount(account)) ?? "", /already/);
    assert.match((await escrow().createAccount({ ...account, name: "-admin" })) ?? "", /not one that macOS takes/);
  });

  it("read the CMS that macOS left, within its bounds", async () => {
    assert.equal(await escrow().recoveryKeyEscrow(), undefined);
    mkdirSync(join(folder, "var/db"), { recursive: true });
    writeFileSync(join(folder, "var/db/FileVaultPRK.dat"), Buffer.from([0x30, 0x03, 1, 2, 3]));
    assert.equal((await escrow().recoveryKeyEscrow())?.length, 5);
    writeFileSync(join(folder, "var/db/FileVaultPRK.dat"), Buffer.alloc(40_000));
    assert.equal(await escrow().recoveryKeyEscrow(), undefined);
  });
});
