import { getArray, getString, isDictionary, type PlistDictionary, type PlistValue } from "@pomona/plist";
import { type ErrorLink, readErrorChain } from "./error-chain.ts";
import { type EnrollmentIdentifier, identifierOf } from "./identifiers.ts";
import { type Outcome, read, unreadable } from "./outcome.ts";

export type ReportStatus = "Idle" | "Acknowledged" | "Error" | "CommandFormatError" | "NotNow";
const STATUSES: ReadonlySet<string> = new Set<ReportStatus>([
  "Idle",
  "Acknowledged",
  "Error",
  "CommandFormatError",
  "NotNow",
]);

/** A poll: what became of the last command, and the wish for the next. */
export interface Report {
  readonly from: EnrollmentIdentifier;
  readonly status: ReportStatus;
  /** Always there but for `Idle`. */
  readonly commandUuid?: string;
  readonly errorChain: readonly ErrorLink[];
  readonly raw: PlistDictionary;
}

/** Reads a poll. A status other than `Idle` speaks of a command and must name it. */
export function readReport(value: PlistValue): Outcome<Report> {
  if (!isDictionary(value)) return unreadable("the report is not a dictionary");
  const status = getString(value, "Status");
  if (status === undefined) return unreadable("a report without Status");
  if (!STATUSES.has(status)) return unreadable("a report with an unknown Status");
  const from = identifierOf(value);
  if (!from.ok) return from;
  const report = { from: from.value, status: status as ReportStatus, raw: value };
  if (status === "Idle") return read({ ...report, errorChain: [] });
  const commandUuid = getString(value, "CommandUUID");
  if (commandUuid === undefined || commandUuid === "" || commandUuid.length > 255) {
    return unreadable(`${status} without CommandUUID`);
  }
  return read({ ...report, commandUuid, errorChain: readErrorChain(getArray(value, "ErrorChain")) });
}
