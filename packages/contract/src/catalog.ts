import * as access from "./access/access.ts";
import * as acme from "./acme/acme.ts";
import type { ActionContract } from "./action-contract.ts";
import * as agents from "./agents/agents.ts";
import * as audit from "./audit/audit.ts";
import * as batches from "./batches/batches.ts";
import * as commands from "./commands/commands.ts";
import * as devices from "./devices/devices.ts";
import * as enrollment from "./enrollment/enrollment.ts";
import * as enrollmentRefusals from "./enrollment/refusals.ts";
import * as departures from "./escrow/departures.ts";
import * as overview from "./escrow/overview.ts";
import * as reveal from "./escrow/reveal.ts";
import * as secrets from "./escrow/secrets.ts";
import * as movingIn from "./moving-in/moving-in.ts";
import * as protection from "./protection/protection.ts";
import * as push from "./push/push.ts";
import * as recovery from "./recovery/recovery.ts";
import * as renewal from "./renewal/renewal.ts";
import * as revocation from "./revocation/revocation.ts";
import * as tenants from "./tenants/tenants.ts";

const isContract = (value: unknown): value is ActionContract =>
  typeof value === "object" && value !== null && "name" in value && "path" in value && "risk" in value;

/** Every action, in the order of the features. */
export const actions: readonly ActionContract[] = [
  tenants,
  revocation,
  audit,
  access,
  devices,
  enrollment,
  enrollmentRefusals,
  push,
  acme,
  commands,
  batches,
  renewal,
  agents,
  recovery,
  secrets,
  reveal,
  overview,
  departures,
  movingIn,
  protection,
].flatMap((feature) => (Object.values(feature) as unknown[]).filter(isContract));
