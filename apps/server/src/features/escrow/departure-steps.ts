import type { DepartureStepName } from "@pomona/contract";
import type { WriteTransaction } from "../../kernel/store.ts";
import type { OrderRow } from "../agents/index.ts";
import { readDevice } from "../devices/index.ts";
import { readAccountStatus } from "./agent-findings.ts";
import { askByOrder } from "./ask.ts";
import { findingsOf } from "./departure-findings.ts";
import { type DepartureRow, type Finding, STEP_STATES, type StepState, stepAfter } from "./departure-model.ts";
import { putDeparture } from "./departures.sql.ts";
import { proveRecoveryKey } from "./file-vault.ts";
import type { EscrowParts } from "./ports.ts";
import { isAsked } from "./rotations.sql.ts";
import { readHeld, readSecret, updateSecret } from "./secrets.sql.ts";

/** What changes with a step. */
export interface StepChange {
  readonly todo?: string | null;
  readonly findings?: readonly Finding[];
}

/** Moves the current step, by the table; a step that is over begins the next one. @returns the row as it is now stored */
export async function moveStep(
  tx: WriteTransaction,
  parts: EscrowParts,
  row: DepartureRow,
  state: StepState,
  { todo = null, findings }: StepChange = {},
): Promise<DepartureRow> {
  const { step } = row;
  if (row.state !== "open" || step === null) return row;
  const before = row.steps[step];
  if (!STEP_STATES[before.state].includes(state)) return row;
  const moved = { state, todo, findings: findings ?? before.findings, at: tx.now };
  let next: DepartureRow = { ...row, steps: { ...row.steps, [step]: moved } };
  const isOver = state === "done" || state === "skipped";
  if (isOver) {
    const following = stepAfter(step);
    next =
      following === undefined ? { ...next, state: "done", step: null, endedAt: tx.now } : { ...next, step: following };
  }
  await putDeparture(tx, next);
  await tx.publish({ type: "escrow.departure-changed", deviceId: row.deviceId, data: { step, state } });
  return isOver && next.state === "open" ? beginStep(tx, parts, next) : next;
}

/** What a step does when its turn has come. */
export async function beginStep(tx: WriteTransaction, parts: EscrowParts, row: DepartureRow): Promise<DepartureRow> {
  switch (row.step as DepartureStepName) {
    case "escrow":
    case "verify":
      return askTheMac(tx, parts, row);
    case "decide":
      return moveStep(tx, parts, row, "needsPerson", { todo: "Choose whether this Mac is erased or handed over." });
    case "update":
      return beginUpdate(tx, parts, row);
    case "account":
      return moveStep(tx, parts, row, "needsPerson", {
        todo: "Name the account: one that is on the Mac, or a new one.",
        findings: accountFindings(row),
      });
    case "login":
      return moveStep(tx, parts, row, "needsPerson", {
        todo: `Have ${row.account?.name ?? "the next person"} log in once at the Mac's own login window.`,
      });
  }
}

const NO_AGENT = "The agent is not on this Mac, and only it can look. Look at the Mac yourself, and mark this as done.";

/** Has the agent look at tokens, accounts and key; its answers go on with the step. */
export async function askTheMac(tx: WriteTransaction, parts: EscrowParts, row: DepartureRow): Promise<DepartureRow> {
  const about = { deviceId: row.deviceId, kind: "bootstrapToken", purpose: "status" } as const;
  const isAsking =
    (await askByOrder(tx, parts, about, "bootstrap-token-status")) &&
    (await askByOrder(tx, parts, about, "secure-token-status"));
  const key =
    (await readHeld(tx, row.deviceId, "fileVaultKey", "pending")) ??
    (await readHeld(tx, row.deviceId, "fileVaultKey", "current"));
  if (isAsking && key !== undefined && row.step !== "login") await proveRecoveryKey(tx, parts, key);
  if (isAsking) return moveStep(tx, parts, row, "running");
  const findings = await findingsOf(tx, row);
  return moveStep(tx, parts, row, "needsPerson", { findings, todo: NO_AGENT });
}

async function beginUpdate(tx: WriteTransaction, parts: EscrowParts, row: DepartureRow): Promise<DepartureRow> {
  const version = (await readDevice(tx, row.deviceId))?.osVersion ?? "";
  const token = await readHeld(tx, row.deviceId, "bootstrapToken", "current");
  const findings: Finding[] = [
    { isGood: null, text: `It runs macOS ${version === "" ? "of an unknown version" : version}.` },
  ];
  if (token === undefined)
    findings.push({
      isGood: false,
      text: "Without the bootstrap token a Mac with Apple silicon asks for an owner's password.",
    });
  const todo =
    Number.parseInt(version, 10) >= 27
      ? "Update it at the Mac, then mark this as done; or skip it."
      : "Go on to have the Mac install what it offers, mark this as done, or skip it.";
  return moveStep(tx, parts, row, "needsPerson", { findings, todo });
}

const accountFindings = ({ accounts }: DepartureRow): readonly Finding[] =>
  (accounts?.accounts ?? []).map(({ name, hasSecureToken, isAdmin }) => ({
    isGood: hasSecureToken,
    text: `${name}${isAdmin ? " (administrator)" : ""}: ${hasSecureToken === true ? "has a secure token" : hasSecureToken === false ? "has no secure token" : "secure token not known"}`,
  }));

/** The agent answered: goes on with the step that asked. Called once for every order of escrow's on that Mac. */
export async function goOnWithDeparture(
  tx: WriteTransaction,
  parts: EscrowParts,
  stored: DepartureRow,
  order: OrderRow,
): Promise<void> {
  let row = stored;
  const found = order.type === "secure-token-status" ? readAccountStatus(order.data) : undefined;
  if (found !== undefined) {
    row = { ...row, accounts: found };
    await putDeparture(tx, row);
  }
  if (row.step === null) return;
  if (order.type === "create-account") return settleAccount(tx, parts, row, order);
  const isLooking = row.steps[row.step].state === "running";
  if (row.step === "login" && found !== undefined) return settleLogin(tx, parts, row);
  if (!isLooking || (row.step !== "escrow" && row.step !== "verify")) return;
  // All three answers belong together.
  if (await isAsked(tx, row.deviceId, "bootstrapToken", "status")) return;
  if (await isAsked(tx, row.deviceId, "fileVaultKey", "verify")) return;
  const findings = await findingsOf(tx, row);
  const isWell = findings.every(({ isGood }) => isGood !== false);
  if (isWell) await moveStep(tx, parts, row, "done", { findings });
  else
    await moveStep(tx, parts, row, "needsPerson", {
      findings,
      todo: "See what is wrong, mend it and look again; or skip this step with a reason.",
    });
}

async function settleAccount(
  tx: WriteTransaction,
  parts: EscrowParts,
  row: DepartureRow,
  order: OrderRow,
): Promise<void> {
  const pending = await readHeld(tx, row.deviceId, "accountPassword", "pending");
  if (order.state === "succeeded") {
    if (pending !== undefined) await parts.book.confirm(tx, pending);
    const text = `${row.account?.name} is there. Its password is in escrow.`;
    if (row.step === "account") await moveStep(tx, parts, row, "done", { findings: [{ isGood: true, text }] });
    return;
  }
  // It may have been made all the same: the password stays where it can be read.
  const kept = pending === undefined ? undefined : await readSecret(tx, pending.id);
  if (kept !== undefined)
    await updateSecret(tx, kept.id, { note: `${row.account?.name}: ${order.error ?? order.state}` });
  if (row.step !== "account") return;
  const text = order.error ?? "The agent did not say whether the account was made.";
  await moveStep(tx, parts, row, "failed", {
    findings: [{ isGood: false, text }],
    todo: "Try again, or pick another.",
  });
}

async function settleLogin(tx: WriteTransaction, parts: EscrowParts, row: DepartureRow): Promise<void> {
  const account = row.accounts?.accounts.find(({ name }) => name === row.account?.name);
  if (account?.hasSecureToken === true) {
    const text = `${account.name} logged in and has a secure token.`;
    await moveStep(tx, parts, row, "done", { findings: [{ isGood: true, text }] });
    return;
  }
  if (row.steps.login.state !== "running") return;
  const name = row.account?.name ?? "The account";
  const text = account === undefined ? `${name} is not on this Mac.` : `${name} has no secure token yet.`;
  await moveStep(tx, parts, row, "needsPerson", {
    findings: [{ isGood: false, text }],
    todo: `Have ${name} log in once at the Mac's own login window.`,
  });
}
