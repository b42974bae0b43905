import { onFact } from "../../kernel/fact.ts";
import type { Feature, Job, Kernel } from "../../kernel/feature.ts";
import { PLATFORM, systemScope } from "../../kernel/scope.ts";
import type { CheckInHandlers } from "../enrollment/index.ts";
import { askByOrder } from "./ask.ts";
import { dropBootstrapToken, getBootstrapToken, setBootstrapToken } from "./bootstrap-token.ts";
import { changeRecipient } from "./change-recipient.ts";
import { departureActions } from "./departure-actions.ts";
import { departureMigrations, readAtLogin } from "./departures.sql.ts";
import { deviceMigrations } from "./devices.sql.ts";
import { EscrowKeys } from "./escrow-keys.ts";
import { checkSeals, forgetOld, tellMissingTokens } from "./escrow-watch.job.ts";
import { fetchCodes, rotateDue, sendProfiles } from "./escrow-work.job.ts";
import { proveRecoveryKey } from "./file-vault.ts";
import { keyMigrations } from "./keys.sql.ts";
import { checkKms, moveToKms } from "./kms.job.ts";
import { listSecrets } from "./list-secrets.ts";
import { keepLockPin, PIN_COMMANDS } from "./lock-pins.ts";
import { ANSWERED, onAnswer } from "./on-answer.ts";
import { onDeviceEnrolled, onDeviceMovedIn, onDeviceUnenrolled } from "./on-device-enrolled.ts";
import { onOrderFinished } from "./on-order-finished.ts";
import { policyMigrations } from "./policies.sql.ts";
import { policyActions } from "./policy-actions.ts";
import type { EscrowParts, EscrowPorts } from "./ports.ts";
import { recipientMigrations } from "./recipients.sql.ts";
import { retireAtReset } from "./retire-at-reset.ts";
import { revealActions } from "./reveal-secret.ts";
import { revealMigrations } from "./reveals.sql.ts";
import { isAsked, rotationMigrations } from "./rotations.sql.ts";
import { secretActions } from "./secret-actions.ts";
import { SecretBook } from "./secret-book.ts";
import { readHeld, secretMigrations } from "./secrets.sql.ts";
import { keepSetPassword, SET_COMMANDS } from "./set-by-command.ts";
import { showEscrow } from "./show-escrow.ts";

export function createEscrow(
  kernel: Kernel,
  ports: EscrowPorts,
): { readonly feature: Feature; readonly checkIns: CheckInHandlers } {
  const { enrollment, authority, commands, storeOrder, kms } = ports;
  const book = new SecretBook(kernel.vault);
  const keys = new EscrowKeys(kernel, authority);
  const parts: EscrowParts = { kernel, book, keys, queue: commands.queue, storeOrder, kms };
  enrollment.onReset(dropBootstrapToken);
  enrollment.onReset(retireAtReset(parts));
  commands.onAnswer(ANSWERED, onAnswer(parts));
  commands.onQueue(PIN_COMMANDS, keepLockPin(parts));
  commands.onQueue(SET_COMMANDS, keepSetPassword(parts));
  return {
    checkIns: {
      SetBootstrapToken: setBootstrapToken(kernel, book),
      GetBootstrapToken: getBootstrapToken(kernel, book),
    },
    feature: {
      name: "escrow",
      migrations: [
        ...secretMigrations,
        ...policyMigrations,
        ...rotationMigrations,
        ...keyMigrations,
        ...deviceMigrations,
        ...revealMigrations,
        ...departureMigrations,
        ...recipientMigrations,
      ],
      actions: [
        listSecrets,
        showEscrow(kernel),
        ...secretActions(parts),
        ...revealActions(parts),
        ...policyActions(parts),
        changeRecipient(parts),
        ...departureActions(parts),
      ],
      factHandlers: [
        onDeviceEnrolled(),
        onDeviceMovedIn(),
        onDeviceUnenrolled(),
        onOrderFinished(parts),
        onAgentEnrolled(parts),
      ],
      jobs: [
        sendProfiles(parts),
        rotateDue(parts),
        fetchCodes(parts),
        checkSeals(parts),
        checkKms(parts),
        moveToKms(parts),
        tellMissingTokens(parts),
        forgetOld(parts),
        lookAtLogins(parts),
      ],
    },
  };
}

/** Its agent can prove the key that waited for one. */
const onAgentEnrolled = (parts: EscrowParts) =>
  onFact<"agent.enrolled">({
    name: "escrow/on-agent-enrolled",
    types: ["agent.enrolled"],
    handle: async (tx, { deviceId }) => {
      const pending = deviceId === null ? undefined : await readHeld(tx, deviceId, "fileVaultKey", "pending");
      if (pending !== undefined) await proveRecoveryKey(tx, parts, pending);
    },
  });

/** Somebody may just have logged in to a Mac that is being handed over. */
const lookAtLogins = (parts: EscrowParts): Job => ({
  name: "escrow/look-at-logins",
  everyMs: 120_000,
  run: async () => {
    const { store } = parts.kernel;
    for (const { tenantId, departure } of await store.read(systemScope(PLATFORM, "escrow"), (tx) =>
      readAtLogin(tx, 200),
    )) {
      await store.write(systemScope(tenantId, "escrow"), async (tx) => {
        const about = { deviceId: departure.deviceId, kind: "bootstrapToken", purpose: "status" } as const;
        if (!(await isAsked(tx, departure.deviceId, "bootstrapToken", "status")))
          await askByOrder(tx, parts, about, "secure-token-status");
      });
    }
  },
});
