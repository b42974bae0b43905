import { commandFacts, maySend, type SendTarget } from "@pomona/apple-schema";
import type { DeviceFacts } from "@pomona/contract";
import type { DeviceId } from "@pomona/facts";
import type { ReadTransaction, WriteTransaction } from "../../kernel/store.ts";
import { type DeviceRow, readDevice } from "../devices/index.ts";
import type { Enrollment } from "../enrollment/index.ts";
import { findDefinition } from "./definitions.ts";
import { type CommandRow, DEVICE_CHANNEL } from "./model.ts";

/** What the tables ask of a Mac. */
type Known = Pick<DeviceRow, "osVersion"> & { readonly facts: DeviceFacts };
const NOTHING: Known = { osVersion: "", facts: {} };

/**
 * Whether a command may go to an enrollment's channel: asked when it is queued and again when it is served, since a Mac may
 * have been updated or enrolled anew in between. What is known of a Mac stays in memory until it changes, because this is on
 * the way of every command that is served.
 */
export class Possibility {
  readonly #known = new Map<DeviceId, Known>();
  /** Counts what was forgotten, so that a row read before a change is not kept after it. */
  #changes = 0;

  /** After the commit of something that may have changed what is known. */
  forget(deviceId: DeviceId): void {
    this.#changes += 1;
    this.#known.delete(deviceId);
  }

  /** Why the command cannot go there, in words; undefined when nothing speaks against it. */
  async objection(
    tx: ReadTransaction | WriteTransaction,
    command: Pick<CommandRow, "requestType" | "isRaw" | "deviceId" | "channel">,
    enrollment: Enrollment,
  ): Promise<string | undefined> {
    // Whoever writes the property list has been told what speaks against it.
    if (command.isRaw) return undefined;
    const { requestType, deviceId } = command;
    const definition = findDefinition(command);
    if (definition === undefined) return "this server no longer knows this command";
    const known = this.#known.get(deviceId) ?? (await this.#read(tx, deviceId));
    const own = definition.objection?.(enrollment);
    if (own !== undefined) return own;
    // An entry of ours may be newer than the tables.
    if (commandFacts(requestType) === undefined) return undefined;
    const answer = maySend(requestType, targetOf(known, enrollment, command.channel));
    return answer.ok ? undefined : answer.reason;
  }

  async #read(tx: ReadTransaction | WriteTransaction, deviceId: DeviceId): Promise<Known> {
    const device = await readDevice(tx, deviceId);
    if (device === undefined) return NOTHING;
    const known: Known = { osVersion: device.osVersion, facts: device.facts };
    const changes = this.#changes;
    // Not before the commit: what this transaction wrote may yet be undone.
    if ("afterCommit" in tx)
      tx.afterCommit(() => {
        if (this.#changes === changes) this.#known.set(deviceId, known);
      });
    return known;
  }
}

/** @param channel of the queue: {@link DEVICE_CHANNEL}, or a user's */
export function targetOf(
  { osVersion, facts }: Known,
  enrollment: Pick<Enrollment, "isUserEnrollment" | "isAwaitingConfiguration">,
  channel: string,
): SendTarget {
  return {
    osVersion: osVersion === "" ? null : osVersion,
    channel: channel === DEVICE_CHANNEL ? "device" : "user",
    isSupervised: facts.supervised ?? null,
    isUserApproved: facts.userApproved ?? null,
    enrollmentType: enrollmentTypeOf(facts, enrollment),
    // The profile of a Mac that moved in may have granted less than ours, and the Mac does not tell.
    accessRights: null,
    chip: chipOf(facts),
  };
}

function enrollmentTypeOf(
  { enrolledViaDep }: DeviceFacts,
  { isUserEnrollment, isAwaitingConfiguration }: Pick<Enrollment, "isUserEnrollment" | "isAwaitingConfiguration">,
): SendTarget["enrollmentType"] {
  if (isUserEnrollment) return "user";
  // Only automated enrollment makes a Mac wait in Setup Assistant.
  if (isAwaitingConfiguration || enrolledViaDep === true) return "automated";
  return enrolledViaDep === false ? "device" : null;
}

/** Macs before macOS 12 do not say it over MDM; the agent tells the processor's name. */
function chipOf({ appleSilicon, processor = "" }: DeviceFacts): SendTarget["chip"] {
  if (appleSilicon !== undefined) return appleSilicon ? "apple" : "intel";
  return processor.startsWith("Apple") ? "apple" : processor.includes("Intel") ? "intel" : null;
}
