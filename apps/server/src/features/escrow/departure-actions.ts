import {
  abortDeparture,
  continueDeparture,
  type InputOf,
  listDepartures,
  showDeparture,
  skipDepartureStep,
  startDeparture,
} from "@pomona/contract";
import { asId } from "@pomona/facts";
import { type BoundAction, bindAction } from "../../kernel/action.ts";
import { notFound, PomonaError } from "../../kernel/errors.ts";
import type { ReadTransaction, WriteTransaction } from "../../kernel/store.ts";
import { readDevice, readDeviceNames } from "../devices/index.ts";
import { askByCommand, askByOrder } from "./ask.ts";
import { type DepartureRow, type Finding, newSteps, toDeparture, toOpenDeparture } from "./departure-model.ts";
import { askTheMac, beginStep, moveStep } from "./departure-steps.ts";
import { putDeparture, readDeparture, readOpenDepartures } from "./departures.sql.ts";
import { makeNonce, makePassword } from "./generate-secrets.ts";
import type { EscrowParts } from "./ports.ts";

export const departureActions = (parts: EscrowParts): readonly BoundAction[] => [
  bindAction(showDeparture, {
    run: async ({ tx }, { deviceId }) => {
      if ((await readDevice(tx, asId<"device">(deviceId))) === undefined) throw notFound("device", deviceId);
      const row = await readDeparture(tx, asId<"device">(deviceId));
      return { departure: row === undefined ? null : toDeparture(row) };
    },
  }),

  bindAction(listDepartures, {
    run: async ({ tx }, { limit = 100, cursor }) => {
      const rows = await readOpenDepartures(tx, cursor, limit + 1);
      const shown = rows.slice(0, limit);
      const names = await readDeviceNames(
        tx,
        shown.map(({ deviceId }) => deviceId),
      );
      const items = shown.map((row) => toOpenDeparture(row, names.get(row.deviceId) ?? row.deviceId));
      return { items, nextCursor: rows.length > limit ? shown.at(-1)!.deviceId : null };
    },
  }),

  bindAction(startDeparture, {
    run: async ({ tx, scope }, { deviceId: id }) => {
      const deviceId = asId<"device">(id);
      if ((await readDevice(tx, deviceId)) === undefined) throw notFound("device", id);
      if ((await readDeparture(tx, deviceId))?.state === "open")
        throw new PomonaError(
          "conflict",
          "escrow.departure-open",
          "The runbook of this Mac is open already. Go on with it.",
        );
      const row: DepartureRow = {
        deviceId,
        state: "open",
        startedAt: tx.now,
        startedBy: scope.actor.name,
        endedAt: null,
        choice: null,
        account: null,
        step: "escrow",
        steps: newSteps(),
        accounts: null,
      };
      await putDeparture(tx, row);
      return toDeparture(await beginStep(tx, parts, row));
    },
  }),

  bindAction(continueDeparture, {
    riskOf: ({ choice }) => (choice === "erase" ? "destructive" : "rootEquivalent"),
    run: async ({ tx }, input) => {
      const row = await openRow(tx, input.deviceId, input.step);
      return toDeparture(await goOn(tx, parts, row, input));
    },
  }),

  bindAction(skipDepartureStep, {
    run: async ({ tx, scope }, { deviceId, step, reason }) => {
      const row = await openRow(tx, deviceId, step);
      const text = `Skipped by ${scope.actor.name}: ${reason}`;
      const findings = [...row.steps[step].findings, { isGood: null, text }];
      return toDeparture(await moveStep(tx, parts, row, "skipped", { findings }));
    },
  }),

  bindAction(abortDeparture, {
    run: async ({ tx }, { deviceId }) => {
      const row = await openRow(tx, deviceId);
      const ended: DepartureRow = { ...row, state: "aborted", endedAt: tx.now };
      await putDeparture(tx, ended);
      const data = { step: row.step, state: "aborted" };
      await tx.publish({ type: "escrow.departure-changed", deviceId: row.deviceId, data });
      return toDeparture(ended);
    },
  }),
];

/** @throws PomonaError when none is open, or another step is the current one by now */
async function openRow(tx: ReadTransaction, id: string, step?: string): Promise<DepartureRow> {
  const deviceId = asId<"device">(id);
  if ((await readDevice(tx, deviceId)) === undefined) throw notFound("device", id);
  const row = await readDeparture(tx, deviceId);
  if (row === undefined || row.state !== "open" || row.step === null)
    throw new PomonaError("conflict", "escrow.no-departure", "No runbook is open for this Mac. Start one.");
  if (step !== undefined && step !== row.step)
    throw new PomonaError("conflict", "escrow.other-step", `The runbook is at "${row.step}" by now. Look again.`);
  return row;
}

type Input = InputOf<typeof continueDeparture>;

async function goOn(tx: WriteTransaction, parts: EscrowParts, row: DepartureRow, input: Input): Promise<DepartureRow> {
  const byHand = (): Promise<DepartureRow> => {
    const text = `Marked as done by ${tx.scope.actor.name}.`;
    const findings: readonly Finding[] = [...row.steps[input.step].findings, { isGood: null, text }];
    return moveStep(tx, parts, row, "done", { findings });
  };
  switch (input.step) {
    case "escrow":
    case "login":
    case "verify":
      return input.isDone === true ? byHand() : askTheMac(tx, parts, row);
    case "decide":
      return decide(tx, parts, row, input.choice);
    case "update":
      return input.isDone === true ? byHand() : update(tx, parts, row);
    case "account":
      return chooseAccount(tx, parts, row, input.account);
  }
}

async function decide(
  tx: WriteTransaction,
  parts: EscrowParts,
  row: DepartureRow,
  choice: Input["choice"],
): Promise<DepartureRow> {
  if (choice === undefined) throw missing("choice");
  const chosen = { ...row, choice };
  if (choice === "handOver")
    return moveStep(tx, parts, chosen, "done", { findings: [{ isGood: null, text: "It is handed over." }] });
  // Without obliteration where Erase All Content and Settings cannot run: a Mac that cannot be restored helps nobody.
  const input = { obliterationBehavior: "DoNotObliterate" };
  await parts.queue.enqueue(tx, { deviceId: row.deviceId, requestType: "EraseDevice", input });
  const text =
    "EraseDevice is queued; what became of it is in the Mac's commands. The next person starts in Setup Assistant.";
  const done = { state: "done", todo: null, findings: [{ isGood: true, text }], at: tx.now } as const;
  const skipped = { state: "skipped", todo: null, findings: [], at: tx.now } as const;
  const ended: DepartureRow = {
    ...chosen,
    state: "done",
    step: null,
    endedAt: tx.now,
    steps: { ...row.steps, decide: done, update: skipped, account: skipped, login: skipped, verify: skipped },
  };
  await putDeparture(tx, ended);
  const data = { step: "decide", state: "done" };
  await tx.publish({ type: "escrow.departure-changed", deviceId: row.deviceId, data });
  return ended;
}

async function update(tx: WriteTransaction, parts: EscrowParts, row: DepartureRow): Promise<DepartureRow> {
  const about = { deviceId: row.deviceId, kind: "bootstrapToken", purpose: "update" } as const;
  await askByCommand(tx, parts, about, "AvailableOSUpdates");
  return moveStep(tx, parts, row, "running", {
    findings: [{ isGood: null, text: "The Mac was asked what it offers." }],
  });
}

async function chooseAccount(
  tx: WriteTransaction,
  parts: EscrowParts,
  row: DepartureRow,
  account: Input["account"],
): Promise<DepartureRow> {
  if (account === undefined) throw missing("account");
  const { name, create, fullName = name, isAdmin = false } = account;
  const chosen = { ...row, account: { name, isNew: create } };
  const isThere = row.accounts?.accounts.some((each) => each.name === name);
  if (!create) {
    if (isThere === false)
      throw new PomonaError("conflict", "escrow.no-account", `There is no account ${name} on this Mac.`);
    const text = isThere === true ? `${name} is on this Mac.` : `${name}; whether it is on this Mac is not known.`;
    return moveStep(tx, parts, chosen, "done", { findings: [{ isGood: isThere === true ? true : null, text }] });
  }
  if (isThere === true)
    throw new PomonaError("conflict", "escrow.account-exists", `There is an account ${name} already. Pick it.`);
  const password = makePassword();
  const about = { deviceId: row.deviceId, kind: "accountPassword" } as const;
  // In escrow before the order is: nobody shall meet an account whose password was lost on the way.
  const { id: secretId } = await parts.book.keepPending(tx, {
    ...about,
    value: password,
    source: "create-account",
    note: name,
  });
  const order = { name, fullName, isAdmin, password, nonce: makeNonce() };
  const isAsked = await askByOrder(tx, parts, { ...about, purpose: "account", secretId }, "create-account", order);
  if (!isAsked)
    throw new PomonaError(
      "conflict",
      "escrow.no-agent",
      "Only the agent can make an account, and it is not on this Mac.",
    );
  return moveStep(tx, parts, chosen, "running", { findings: [{ isGood: null, text: `The agent makes ${name}.` }] });
}

const missing = (field: string): PomonaError =>
  new PomonaError("invalid", "input.invalid", `This step needs ${field}.`, {
    detail: { errors: [{ path: `/${field}`, message: "is missing" }] },
  });
