import type { EsEvent } from "../../endpoint-security/es-event.ts";
import { eventLine } from "../../endpoint-security/event-line.ts";
import { esEventNames } from "../../endpoint-security/event-names.ts";
import type { Tool, ToolContext, ToolRun } from "../tool.ts";

const LONG_LINE_BYTES = 1_100_000;
/** Like the kernel's queue: what a client does not take in time is lost, and its numbers with it. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** `eslogger --list-events` and `eslogger [--format json] event...`. One unknown name and it refuses the whole command. */
export const eslogger: Tool = (run, context) => {
  const names = esEventNames(context.model.os.endpointSecurityVersion);
  if (run.argv.includes("--list-events")) {
    run.stdout(`${names.join("\n")}\n`);
    return 0;
  }
  const wanted = run.argv.filter((argument, at) => !argument.startsWith("--") && run.argv[at - 1] !== "--format");
  const unknown = wanted.filter((name) => !names.includes(name));
  if (wanted.length === 0 || unknown.length > 0) {
    run.stderr(
      `Error: not a valid event type: ${unknown.join(", ")}\nUsage: eslogger [--format <format>] <event> ...\n`,
    );
    return 64;
  }
  if (!context.hasFullDiskAccess()) {
    run.stderr("Not permitted to create an ES Client: ES_NEW_CLIENT_RESULT_ERR_NOT_PERMITTED\n");
    return 1;
  }
  return follow(run, context, new Set(wanted));
};

function follow(run: ToolRun, context: ToolContext, wanted: ReadonlySet<string>): Promise<number> {
  const faults = context.eslogger;
  const sequences = new Map<string, number>();
  let globalSeq = 0;
  const { promise: ended, resolve } = Promise.withResolvers<number>();

  const write = (event: EsEvent): void => {
    if (!wanted.has(event.name)) return;
    const seq = sequences.get(event.name) ?? 0;
    sequences.set(event.name, seq + 1);
    const numbers = { seq, globalSeq: globalSeq++ };
    if (faults.skipEvents > 0 || run.waiting() > MAX_WAITING_BYTES) {
      faults.skipEvents = Math.max(0, faults.skipEvents - 1);
      return;
    }
    const isLong = faults.writeLongLine && event.name === "exec";
    if (isLong) faults.writeLongLine = false;
    const told = isLong ? { ...event, args: [...event.args, "x".repeat(LONG_LINE_BYTES)] } : event;
    const line = eventLine(told, {
      ...numbers,
      version: context.model.os.endpointSecurityVersion,
      random: Math.random,
    });
    if (faults.dieInLine) {
      faults.dieInLine = false;
      run.stdout(line.slice(0, Math.floor(line.length / 2)));
      resolve(1);
    } else {
      run.stdout(`${line}\n`);
    }
  };

  const unsubscribe = context.events.subscribe(write);
  run.ended.addEventListener("abort", () => resolve(0), { once: true });
  return ended.finally(unsubscribe);
}
