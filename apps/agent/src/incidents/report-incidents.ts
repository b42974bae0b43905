import { randomUUID } from "node:crypto";
import type { IncidentMessage } from "@pomona/agent-protocol";
import type { RulesInForce } from "../desired-state/hold-desired-state.ts";
import type { Log } from "../log.ts";
import type { DialogText, MacTools } from "../mac/mac-tools.ts";
import type { Outbox } from "../outbox.ts";
import type { Hit } from "../sensors/hit.ts";
import { createRateLimit } from "./rate-limit.ts";
import { redactArguments } from "./redact-arguments.ts";
import { createUserNames } from "./user-names.ts";

const MINUTE = 60_000;
/** Incidents of one rule per minute; a rule that reports everything must not fill the spool. */
const INCIDENTS_PER_MINUTE = 120;
const MAX_ARGUMENT_BYTES = 65_536;

export interface ReportIncidentsOptions {
  readonly mac: MacTools;
  readonly outbox: Outbox;
  readonly now: () => number;
  readonly log: Log;
  inForce(): RulesInForce;
}

/** What follows a hit, after the sensor has acted on it: the user is told, the server is told. */
export interface Incidents {
  onHit(hit: Hit): void;
  /** Hits that were not reported because their rule had too many. */
  suppressed(): number;
}

export function reportIncidents({ mac, outbox, now, log, inForce }: ReportIncidentsOptions): Incidents {
  const dialogs = createRateLimit(1, MINUTE);
  const reports = createRateLimit(INCIDENTS_PER_MINUTE, MINUTE);
  const names = createUserNames(mac);
  /** At once when the user's name is known, which it is from their second incident on. */
  const send = (hit: Hit, userMessage: string | null) => {
    const uid = uidOf(hit);
    const put = (user: string | null) => outbox.control("incident", incidentOf(hit, user, userMessage));
    const name = uid === undefined ? null : names.recall(uid);
    if (uid === undefined || name !== undefined) put(name ?? null);
    else names.find(uid).then(put, () => undefined);
  };
  let suppressed = 0;
  return {
    onHit(hit) {
      if (!reports.allows(hit.rule.id, now())) {
        suppressed += 1;
        return;
      }
      const dialog =
        hit.action === "killed" && dialogs.allows(hit.rule.id, now()) ? dialogOf(hit, inForce().helpUrl) : undefined;
      send(hit, dialog?.text ?? null);
      log.info("incidents.hit", { ruleId: hit.rule.id, outcome: outcomeOf(hit) });
      if (dialog === undefined) return;
      mac.showDialog(dialog).then(
        (outcome) => log.info("incidents.dialog", { ruleId: hit.rule.id, outcome }),
        () => log.warn("incidents.dialog-failed", { ruleId: hit.rule.id }),
      );
    },
    suppressed: () => suppressed,
  };
}

/** What was blocked, why, and whom to ask. */
function dialogOf({ rule, event }: Hit, helpUrl: string | undefined): DialogText {
  const name = event.target.path.slice(event.target.path.lastIndexOf("/") + 1);
  const url = rule.message?.url ?? helpUrl;
  return {
    title: clip(rule.message?.title ?? `${name} was blocked`, 100),
    text: clip(
      rule.message?.text ?? `${name} is not allowed on this Mac (rule: ${rule.name}). Ask your IT team.`,
      1000,
    ),
    button: clip(rule.message?.button ?? "OK", 40),
    ...(url?.startsWith("https://") ? { url } : {}),
  };
}

function outcomeOf({ action, kill }: Hit): string {
  if (action === "killed" || action === "reported") return action;
  return action === "budgetSpent" ? "budget" : (kill?.outcome ?? "failed");
}

function incidentOf(hit: Hit, user: string | null, userMessage: string | null): IncidentMessage {
  const { event, rule, times, parentPath } = hit;
  const { target } = event;
  return {
    id: randomUUID(),
    ruleId: clip(rule.id, 64),
    process: {
      path: clip(target.path, 4096),
      signingId: clipOrNull(target.signingId, 512),
      teamId: clipOrNull(target.teamId, 20),
      cdhash: clipOrNull(target.cdhash?.toLowerCase(), 40),
      pid: target.token.pid,
      user: clipOrNull(user ?? undefined, 256),
      parentPath: clipOrNull(parentPath, 4096),
      arguments: fitting(redactArguments(event.args.slice(0, 64)).map((argument) => clip(argument, 1024))),
    },
    eventAt: times.eventAt,
    actionAt: times.killedAt ?? times.decidedAt,
    action: hit.action === "killed" || hit.action === "killFailed" ? "kill" : "report",
    outcome: clip(outcomeOf(hit), 60),
    userMessage,
  };
}

/**
 * Arguments that fit a message: control characters take six bytes each in JSON, and a message that is too large would
 * never leave the Mac. Whoever starts a process chooses its arguments.
 */
function fitting(args: readonly string[]): string[] {
  let room = MAX_ARGUMENT_BYTES;
  const end = args.findIndex((argument) => {
    room -= Buffer.byteLength(JSON.stringify(argument)) + 1;
    return room < 0;
  });
  return end < 0 ? [...args] : args.slice(0, end);
}

/** From the audit token: its second word is the effective user. */
const uidOf = ({ event }: Hit): number | undefined => event.target.token.words?.[1];

const clip = (text: string, units: number) => (text.length <= units ? text : text.slice(0, units));
const clipOrNull = (text: string | undefined, units: number) => (text === undefined ? null : clip(text, units));
