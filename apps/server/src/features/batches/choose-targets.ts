import type { InputOf, previewBatch } from "@pomona/contract";
import { asId, type DeviceId } from "@pomona/facts";
import { PomonaError } from "../../kernel/errors.ts";
import type { Kernel } from "../../kernel/feature.ts";
import type { Scope } from "../../kernel/scope.ts";
import { readDeviceIds, readKnownIds, wordsOf } from "../devices/index.ts";

export interface Targets {
  /** Each once, in a fixed order. */
  readonly deviceIds: readonly DeviceId[];
  /** Were named, and are not Macs of this tenant. */
  readonly unknown: readonly string[];
}

/** Names in one question to the store, and Macs in one batch. */
const AT_ONCE = 500;
const MOST = 100_000;

/** Between two pieces of a long read others get their turn. */
export const giveWay = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
export function* piecesOf<T>(all: readonly T[], size = AT_ONCE): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}

/** The Macs that are meant now: a batch goes to these, whatever fits its filter later. @throws PomonaError `batch.no-target` */
export async function chooseTargets(
  kernel: Kernel,
  scope: Scope,
  { filter, deviceIds = [] }: Pick<InputOf<typeof previewBatch>, "filter" | "deviceIds">,
): Promise<Targets> {
  if (filter === undefined && deviceIds.length === 0)
    throw new PomonaError(
      "invalid",
      "batch.no-target",
      "Say which Macs: a filter (an empty one is all of them), deviceIds, or both.",
    );
  return kernel.store.read(scope, async (tx) => {
    const chosen = new Set<DeviceId>();
    if (filter !== undefined) {
      const { q = "", ...rest } = filter;
      for (const id of await readDeviceIds(tx, { words: wordsOf(q), ...rest })) chosen.add(id);
    }
    const named = new Set(deviceIds.map((id) => asId<"device">(id)));
    for (const piece of piecesOf([...named])) {
      for (const id of await readKnownIds(tx, piece)) {
        chosen.add(id);
        named.delete(id);
      }
      await giveWay();
    }
    if (chosen.size > MOST)
      throw new PomonaError("too-large", "batch.too-large", `A batch takes at most ${MOST} Macs; narrow the filter.`);
    return { deviceIds: [...chosen].sort(), unknown: [...named] };
  });
}
