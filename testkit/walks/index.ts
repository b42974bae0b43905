import { orderByAll, orderByNet, orderByWake } from "./channels.ts";
import { enroll } from "./enroll.ts";
import { escrow } from "./escrow.ts";
import { execToIncident } from "./exec-to-incident.ts";
import { offlineAndBack } from "./offline.ts";
import { order } from "./order.ts";
import type { Walk } from "./walk.ts";

export { blockMiner, MINER } from "./exec-to-incident.ts";
export { bringPushCertificate, eventually, openStage, type Stage, type StageParts, stageOver } from "./stage.ts";
export { type Figures, type MacOnline, macOnline, type Walk } from "./walk.ts";

/** The walks that a running system can play on itself. */
export const walks: readonly Walk[] = [
  enroll,
  order,
  orderByNet,
  orderByWake,
  orderByAll,
  execToIncident,
  escrow,
  offlineAndBack,
];
