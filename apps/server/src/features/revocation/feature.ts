import type { Feature, Kernel } from "../../kernel/feature.ts";
import { pkiRoutes } from "./pki.http.ts";
import type { RevocationPorts } from "./ports.ts";
import { revocationActions } from "./revocation-actions.ts";
import { RevocationLists } from "./revocation-lists.ts";

export function createRevocation(kernel: Kernel, ports: RevocationPorts): { readonly feature: Feature } {
  const { authority } = ports;
  const lists = new RevocationLists(kernel, authority);
  return {
    feature: {
      name: "revocation",
      migrations: [],
      actions: revocationActions(ports),
      routes: pkiRoutes({ kernel, authority, lists }),
    },
  };
}
