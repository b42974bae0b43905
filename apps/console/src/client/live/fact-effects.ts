import {
  listApplications,
  listBatches,
  listCertificates,
  listCommands,
  listDeadLetters,
  listDevices,
  listEntries,
  listHeld,
  listIncidents,
  listInvitations,
  listOrders,
  listPolicies,
  listProfiles,
  listQuarantine,
  listReinstalls,
  listRules,
  listSecrets,
  listTenants,
  listTokens,
  listUserChannels,
  showBatch,
  showDeparture,
  showDevice,
  showEscrow,
  showFleet,
  showIncident,
  showLimits,
  showOrder,
  showPush,
  showRule,
  showSession,
} from "@pomona/contract";
import type { FactType } from "@pomona/facts";
import type { TransientType } from "./live-event.ts";

type Read = { readonly name: string };

/**
 * Which reads a fact makes stale. Every fact is listed, so that a new one cannot be forgotten: the compiler asks for it.
 * `showDevice` stands for the device wherever it is shown, lists included.
 */
export const factEffects: { readonly [Type in FactType]: readonly Read[] } = {
  "tenant.created": [listTenants, showSession],
  "device.enrolled": [listDevices, showDevice, showFleet, listInvitations],
  "device.unenrolled": [showDevice, showFleet],
  "device.changed": [showDevice, listUserChannels, showFleet, listApplications, listProfiles, listCertificates],
  "device.setup-began": [showDevice],
  "device.setup-ended": [showDevice],
  "device.quarantined": [showDevice, showFleet],
  "enrollment.refused": [listInvitations],
  "escrow.bootstrap-token-stored": [showDevice, listSecrets, showEscrow],
  "escrow.bootstrap-token-missing": [listSecrets, showEscrow],
  "escrow.secret-stored": [listSecrets, showEscrow],
  "escrow.secret-revealed": [listSecrets],
  "escrow.secret-verified": [listSecrets, showEscrow],
  "escrow.secret-unreadable": [listSecrets, showEscrow],
  "escrow.rotation-changed": [listSecrets, showEscrow],
  "escrow.code-expiring": [listSecrets, showEscrow],
  "escrow.policy-changed": [listPolicies, listSecrets],
  "escrow.certificate-changed": [showEscrow],
  "escrow.departure-changed": [showDeparture],
  "push.failed": [showPush, showDevice],
  "push.certificate-changed": [showPush],
  "command.queued": [listCommands],
  "command.answered": [listCommands, listDeadLetters],
  "batch.changed": [listBatches, showBatch, listCommands],
  "queue.held": [listHeld, listCommands, listOrders, listBatches],
  "queue.released": [listHeld, listCommands, listOrders, listBatches],
  "agent.token-minted": [],
  "agent.enrolled": [showDevice, showFleet],
  "agent.online": [showDevice, showFleet],
  "agent.offline": [showDevice, showFleet],
  "agent.channel-changed": [showDevice],
  "agent.sensor-changed": [showDevice],
  "agent.reinstall-requested": [listReinstalls],
  "agent.reinstall-verified": [listReinstalls],
  "agent.reinstall-gave-up": [listReinstalls],
  "order.queued": [listOrders, showOrder],
  "order.sent": [listOrders, showOrder],
  "order.running": [listOrders, showOrder],
  "order.finished": [listOrders, showOrder],
  "rule.changed": [listRules, showRule],
  "rule.removed": [listRules, showRule],
  "rule.fell-back": [listRules, showRule],
  "incident.opened": [listIncidents],
  "incident.closed": [listIncidents, showIncident],
  "message.quarantined": [listQuarantine],
  "budget.exceeded": [showLimits],
  "limits.changed": [showLimits],
  "audit.recorded": [listEntries],
  "token.changed": [listTokens],
};

/** Every kind of fact, in the catalogue's order. */
export const factTypes = Object.keys(factEffects) as readonly FactType[];

/** The same for what is told while it happens and not kept. */
export const transientEffects: { readonly [Type in TransientType]: readonly Read[] } = {
  "command.sent": [listCommands],
  "order.output": [],
  "device.seen": [],
  "terminal.data": [],
};
