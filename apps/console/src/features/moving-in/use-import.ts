import { listDevices, showFleet, showMovingIn, showPush } from "@pomona/contract";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useSession } from "../../client/session.tsx";
import { batchesOf, type ReadLines } from "./import-lines.ts";
import { type LineOutcome, sendBatch } from "./send-import.ts";

/** How far a file has come, tried or for good. */
export interface ImportRun {
  readonly isDryRun: boolean;
  readonly isRunning: boolean;
  readonly total: number;
  readonly outcomes: readonly LineOutcome[];
  readonly problem: Error | null;
}

/** Sends a file batch by batch, and tells of each as it comes back; it can be sent again, whatever is here is left as it is. */
export const useImport = () => {
  const tenantId = useSession().tenant.id;
  const queries = useQueryClient();
  const [run, setRun] = useState<ImportRun | null>(null);
  const current = useRef(0);
  const start = async ({ lines, faults }: ReadLines, isDryRun: boolean): Promise<void> => {
    const mine = ++current.current;
    const named = faults.map(
      ({ number, reason }): LineOutcome => ({
        line: number,
        kind: "enrollment",
        name: "",
        outcome: "refused",
        reason,
        brings: [],
        leaves: [],
      }),
    );
    const started: ImportRun = {
      isDryRun,
      isRunning: true,
      total: lines.length + faults.length,
      outcomes: named,
      problem: null,
    };
    const show = (change: (before: ImportRun) => ImportRun) => {
      if (current.current === mine) setRun((before) => change(before ?? started));
    };
    setRun(started);
    try {
      for (const batch of batchesOf(lines)) {
        if (current.current !== mine) return;
        const outcomes = await sendBatch(batch, isDryRun, { tenantId });
        show((before) => ({ ...before, outcomes: [...before.outcomes, ...outcomes] }));
      }
      show((before) => ({ ...before, isRunning: false }));
    } catch (cause) {
      const problem = cause instanceof Error ? cause : new Error(String(cause));
      show((before) => ({ ...before, isRunning: false, problem }));
    }
    if (isDryRun) return;
    for (const read of [showMovingIn, showPush, listDevices, showFleet])
      void queries.invalidateQueries({ queryKey: [read.name, tenantId] });
  };
  const forget = () => {
    current.current += 1;
    setRun(null);
  };
  return { run, start, forget };
};
