import { closeAssociation, importRecords, type MovingOutcome, openAssociation, showMovingIn } from "@pomona/contract";
import { parseCertificate } from "@pomona/pki";
import { type BoundAction, bindAction } from "../../kernel/action.ts";
import { PomonaError } from "../../kernel/errors.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import type { Association } from "./associate.ts";
import { type ImportPorts, takeOver } from "./import-records.ts";
import { countMoved, readIssuers, readWindow, setWindow } from "./moving-in.sql.ts";

const MOST_MS = 30 * 86_400_000;

/** Takes what a dry run did back, and carries what it found. */
class DryRun extends Error {
  override readonly name = "DryRun";
  readonly outcomes: MovingOutcome[];
  constructor(outcomes: MovingOutcome[]) {
    super("a dry run changes nothing");
    this.outcomes = outcomes;
  }
}

async function moving(tx: ReadTransaction) {
  const until = await readWindow(tx);
  const issuers = await readIssuers(tx, "tenant");
  return {
    ...(await countMoved(tx)),
    issuers: issuers.map(({ certificate }) => parseCertificate(certificate).subject.text),
    windowUntil: until === null ? null : new Date(until).toISOString(),
  };
}

export const movingInActions = (ports: ImportPorts, association: Association): readonly BoundAction[] => [
  bindAction(importRecords, {
    // Nothing is sent to a Mac.
    devicesTouched: () => 0,
    // A dry run does the very same and is taken back, so that it cannot promise what the import would not do.
    prepare: async (scope, { dryRun, records }) => {
      if (!dryRun) return undefined;
      return ports.kernel.store
        .write(scope, async (tx): Promise<MovingOutcome[]> => {
          throw new DryRun(await takeOver(tx, ports, records));
        })
        .catch((error: unknown) => {
          if (error instanceof DryRun) return error.outcomes;
          throw error;
        });
    },
    run: async ({ tx, prepared }, { records }) => {
      if (prepared !== undefined) return { outcomes: prepared };
      tx.afterCommit(() => association.forget());
      return { outcomes: await takeOver(tx, ports, records) };
    },
  }),

  bindAction(showMovingIn, { run: async ({ tx }) => moving(tx) }),

  bindAction(openAssociation, {
    devicesTouched: () => 0,
    run: async ({ tx }, { until }) => {
      const end = Date.parse(until);
      if (!(end > tx.now) || end > tx.now + MOST_MS) {
        throw new PomonaError(
          "invalid",
          "moving-in.window",
          "The window must end in the future, and within thirty days.",
        );
      }
      await setWindow(tx, end);
      tx.afterCommit(() => association.forget());
      return moving(tx);
    },
  }),

  bindAction(closeAssociation, {
    devicesTouched: () => 0,
    run: async ({ tx }) => {
      await setWindow(tx, null);
      tx.afterCommit(() => association.forget());
      return moving(tx);
    },
  }),
];
