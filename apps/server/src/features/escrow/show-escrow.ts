import { showEscrow as contract, type EscrowFinding } from "@pomona/contract";
import { parseCertificate } from "@pomona/pki";
import { bindAction } from "../../kernel/action.ts";
import type { Kernel } from "../../kernel/feature.ts";
import type { ReadTransaction } from "../../kernel/store.ts";
import { readDevice } from "../devices/index.ts";
import { readRecovery } from "../recovery/index.ts";
import { showRecipient } from "./change-recipient.ts";
import { describeKeys } from "./escrow-keys.ts";
import { NO_KEY } from "./file-vault.ts";
import { readKeys } from "./keys.sql.ts";
import { ALL_KINDS } from "./kinds.ts";
import { toTime } from "./model.ts";
import {
  countKinds,
  type Found,
  type FoundList,
  readBroken,
  readExpiringCodes,
  readFailedRotations,
  readOldestCheck,
  readWithoutKey,
  readWithoutToken,
} from "./overview.sql.ts";

const DAY = 86_400_000;

/** The Macs that somebody should look at, by what is wrong. */
export const showEscrow = (kernel: Kernel) =>
  bindAction(contract, {
    run: async ({ tx }) => {
      const kinds = await countKinds(tx);
      const keys = await readKeys(tx);
      const [newest] = keys;
      return {
        recovery: await readRecovery(tx, kernel),
        recipient: await showRecipient(tx),
        kinds: ALL_KINDS.map((kind) => ({ kind, ...(kinds.get(kind) ?? { held: 0, unconfirmed: 0 }) })),
        withoutBootstrapToken: await named(
          tx,
          await readWithoutToken(tx, tx.now - DAY),
          ({ note }) => note ?? "A user with a secure token has to log in once at the Mac.",
        ),
        withoutRecoveryKey: await named(tx, await readWithoutKey(tx), () => NO_KEY),
        broken: await named(tx, await readBroken(tx), whyBroken),
        failedRotations: await named(tx, await readFailedRotations(tx), ({ note }) => note ?? "It failed."),
        expiringCodes: await named(
          tx,
          await readExpiringCodes(tx),
          ({ note }) => note ?? "The Mac was asked for its bypass code and has not answered yet.",
        ),
        certificate: newest === undefined ? null : describeKeys(parseCertificate(newest.certificate), keys),
        lastCheckedAt: toTime(await readOldestCheck(tx)),
      };
    },
  });

function whyBroken({ note }: Found): string {
  if (note === "wrong") return "The Mac says that what is held is wrong. The history has what was before.";
  return note === "envelope"
    ? "The Mac sent its recovery key encrypted to a certificate whose key is not here. The message is kept; bring that key back, or rotate."
    : "What is held does not open: the key that sealed it is missing. Bring back the keys of this server from their backup.";
}

async function named(
  tx: ReadTransaction,
  { total, found }: FoundList,
  why: (found: Found) => string,
): Promise<{ total: number; items: EscrowFinding[] }> {
  const items: EscrowFinding[] = [];
  for (const each of found) {
    const name = (await readDevice(tx, each.deviceId))?.name ?? "a Mac that left";
    const { deviceId, kind, at } = each;
    items.push({ deviceId, name, kind, at: new Date(at).toISOString(), why: why(each) });
  }
  return { total, items };
}
