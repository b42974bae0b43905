import type { AttestationAuthority } from "../acme/attestation-authority.ts";
import type { AgentSpeed } from "../agent/agent-speed.ts";
import type { PushNetwork } from "../apns/apns-receiver.ts";
import type { PackageCache } from "../install/package-cache.ts";
import type { IdentityMode } from "../mdm/enrollment-state.ts";
import type { MacModel } from "../model/mac-model.ts";
import type { EnrollmentKind } from "../model/management-state.ts";
import type { DeviceHttp } from "../network/device-http.ts";
import type { JournalEntry } from "./journal.ts";

/** How a Mac comes under management. */
export interface EnrollOptions {
  /** PEM; without it the public roots count. */
  readonly ca?: string;
  /**
   * `manual` (default): by a person with an invitation. `automated`: in Setup Assistant, as Apple's automated enrollment does it.
   * `user`: the Mac is its user's own; it has an EnrollmentID in place of UDID and serial number, and a channel for its user.
   */
  readonly kind?: EnrollmentKind;
  /** Automated only: Setup Assistant waits for DeviceConfigured, on a Mac that has no accounts yet. */
  readonly isAwaitingConfiguration?: boolean;
}

/** How a virtual Mac is made, or opened again: `folder` is its disk and says which. */
export interface VirtualMacOptions {
  readonly folder: string;
  /** What a new one is; an old one remembers. Default: `makeMacModel(folder)`. */
  readonly model?: MacModel;
  /** The chip of a new one, where a test needs either; default: what the model says. */
  readonly chip?: "apple" | "intel";
  /** Where its push token is known. Without it nothing wakes this Mac but `mac.mdm.connect()`. */
  readonly apns?: PushNetwork;
  /**
   * `process`: the installed agent runs as a process and applications are processes, so that a kill is a kill. `in-process`: the
   * agent's core runs in ours and processes are rows of a table. `none`: packages are installed, and nothing is started.
   */
  readonly agentMode: "process" | "in-process" | "none";
  /** Default: `signature`. */
  readonly identityMode?: IdentityMode;
  /** `switchable` for tests that block or freeze the agent's network; default `direct`. */
  readonly network?: "direct" | "switchable";
  /** Keeps RSA keys between runs; for tests and rehearsals. */
  readonly keyCacheDir?: string;
  /** For fleets: HTTP connections that many Macs share, and packages that are fetched once. */
  readonly pool?: DeviceHttp;
  readonly packages?: PackageCache;
  /** Instead of the ten seconds of launchd between two starts of a job. */
  readonly launchdThrottleMs?: number;
  /** Time spans of an in-process agent. */
  readonly agentSpeed?: AgentSpeed;
  /** Apple's attestation servers, as far as this Mac is concerned; without it a profile with ACME cannot be installed. */
  readonly attestation?: AttestationAuthority;
  readonly onJournal?: (entry: JournalEntry) => void;
}
