import { entryOf, namesOf } from "./entries.ts";
import type { SchemaEntry } from "./model.ts";

/** All that is known of a command, with our corrections; undefined for one that Apple does not document. */
export const commandFacts = (requestType: string): SchemaEntry | undefined => entryOf("command", requestType);

/** Request types that macOS has or had, sorted. */
export const commandNames = (): readonly string[] => namesOf("command");

/** All that is known of a payload type of profiles. */
export const profileFacts = (payloadType: string): SchemaEntry | undefined => entryOf("profile", payloadType);

/** All that is known of a declaration's type. */
export const declarationFacts = (type: string): SchemaEntry | undefined => entryOf("declaration", type);

/** All that is known of a status item, by its path. */
export const statusItemFacts = (path: string): SchemaEntry | undefined => entryOf("status-item", path);

/** All that is known of a check-in message. Never demand what it calls required: real Macs leave keys out. */
export const checkInFacts = (messageType: string): SchemaEntry | undefined => entryOf("check-in", messageType);
