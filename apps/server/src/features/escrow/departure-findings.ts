import type { ReadTransaction } from "../../kernel/store.ts";
import { readDevice } from "../devices/index.ts";
import type { DepartureRow, Finding } from "./departure-model.ts";
import { readHeld } from "./secrets.sql.ts";

/** What is known of the way into this Mac: token, key, and who has what. */
export async function findingsOf(tx: ReadTransaction, row: DepartureRow): Promise<readonly Finding[]> {
  const { deviceId, accounts, step } = row;
  const token = await readHeld(tx, deviceId, "bootstrapToken", "current");
  const findings: Finding[] = [
    token === undefined
      ? {
          isGood: false,
          text: "The bootstrap token is not in escrow: a login of a new account brings it no secure token.",
        }
      : { isGood: token.opens !== false, text: "The bootstrap token is in escrow." },
    await keyFinding(tx, row),
  ];
  const holders = (accounts?.accounts ?? []).filter(({ hasSecureToken }) => hasSecureToken === true);
  if (step === "verify") return [...findings, accountFinding(row)];
  if (accounts !== null)
    findings.push(
      holders.length > 0
        ? { isGood: true, text: `Accounts with a secure token: ${holders.map(({ name }) => name).join(", ")}.` }
        : { isGood: null, text: "No account has a secure token." },
    );
  return findings;
}

async function keyFinding(tx: ReadTransaction, { deviceId, accounts }: DepartureRow): Promise<Finding> {
  const fileVault = accounts?.fileVault ?? (await readDevice(tx, deviceId))?.facts.fileVault;
  if (fileVault === false) return { isGood: null, text: "FileVault is off: the disk needs no key." };
  const current = await readHeld(tx, deviceId, "fileVaultKey", "current");
  const key = current ?? (await readHeld(tx, deviceId, "fileVaultKey", "pending"));
  if (key === undefined) return { isGood: false, text: "No FileVault recovery key is in escrow." };
  if (key.opens === false) return { isGood: false, text: "The FileVault recovery key in escrow does not open." };
  if (key.verdict === "right") return { isGood: true, text: "The FileVault recovery key opens the disk." };
  return key.verdict === "wrong"
    ? { isGood: false, text: "The FileVault recovery key in escrow does not open the disk." }
    : { isGood: null, text: "A FileVault recovery key is in escrow; whether it opens the disk was not proved." };
}

function accountFinding({ accounts, account }: DepartureRow): Finding {
  const found = accounts?.accounts.find(({ name }) => name === account?.name);
  if (account === null) return { isGood: null, text: "No account was chosen." };
  if (found === undefined) return { isGood: false, text: `${account.name} is not on this Mac.` };
  if (found.hasSecureToken !== true) return { isGood: false, text: `${account.name} has no secure token.` };
  return found.isVolumeOwner === false
    ? { isGood: false, text: `${account.name} has a secure token and does not own the volume.` }
    : { isGood: true, text: `${account.name} has a secure token and owns the volume.` };
}
