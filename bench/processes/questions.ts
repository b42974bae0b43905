import type { AgentDoorAddress, EnrolledAgent } from "../agents/enrolled-agent.ts";
import type { StepShare } from "./step-shares.ts";

/** What a measured process is asked. */
export type Question =
  | { readonly ask: "serve"; readonly dataDir: string; readonly isPlain?: boolean; readonly apns?: ApnsAddress }
  | {
      readonly ask: "refer";
      readonly tls?: ReferenceTls;
      readonly check?: ReferenceCheck;
      /** Operations with a private key at each POST. */
      readonly signing?: { readonly privateKey: string; readonly timesPerPost: number };
      readonly answer?: Uint8Array;
    }
  | { readonly ask: "echo"; readonly tls: ReferenceTls; readonly dataDir: string }
  /** Connects telemetry lanes; `rate` sets how much they say, `taken` asks how much was acknowledged. */
  | { readonly ask: "flood"; readonly agents: readonly EnrolledAgent[]; readonly door: AgentDoorAddress }
  | { readonly ask: "rate"; readonly perSecond: number }
  | { readonly ask: "taken" }
  | { readonly ask: "usage" }
  | { readonly ask: "profile" }
  /** `keepAs`: the whole profile is left under this name in .cache/bench, for Chrome's or an editor's viewer. */
  | { readonly ask: "shares"; readonly keepAs: string };

export interface ApnsAddress {
  readonly url: string;
  readonly ca: string;
}
/** PEM. */
export interface ReferenceTls {
  readonly key: string;
  readonly certificate: string;
  readonly ca: string;
}
export interface ReferenceCheck {
  readonly publicKey: string;
  readonly signature: Uint8Array;
}

/** What it answers. */
export interface Answers {
  readonly serve: {
    readonly apiUrl: string;
    readonly deviceUrl: string;
    readonly agentUrl: string;
    /** PEM. */
    readonly ca: string;
    readonly tenantId: string;
    readonly token: string;
    readonly plainDevicePort?: number;
  };
  readonly refer: { readonly port: number };
  readonly echo: { readonly apiPort: number; readonly agentPort: number };
  readonly flood: undefined;
  readonly rate: undefined;
  readonly taken: number;
  readonly usage: Usage;
  readonly profile: undefined;
  readonly shares: readonly StepShare[];
}

export interface Usage {
  /** User and system time of the process since its start. */
  readonly cpuMs: number;
  readonly rssMB: number;
  readonly heapMB: number;
}
