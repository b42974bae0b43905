import type { FleetCounts, FleetOptions } from "@pomona/testkit";

/** What the demo and the process of its Macs say to each other over the IPC channel. */
export type ToFleet =
  | {
      readonly kind: "open";
      readonly apns: { readonly port: number; readonly rootPem: string; readonly keyPem: string } | undefined;
    }
  | { readonly kind: "start"; readonly options: Omit<FleetOptions, "apns" | "onProgress"> };

export type FromFleet =
  | {
      readonly kind: "opened";
      readonly url: string;
      readonly port: number;
      readonly rootPem: string;
      readonly keyPem: string;
    }
  | { readonly kind: "progress"; readonly counts: FleetCounts }
  | { readonly kind: "settled"; readonly failures: readonly string[] };
