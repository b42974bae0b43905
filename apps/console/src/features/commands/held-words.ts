import type { HeldItem, listHeld, OutputOf } from "@pomona/contract";
import { counted } from "../../kit/count-words.ts";
import { ORDER_TITLES } from "../agents/order-words.ts";

type Counts = Pick<OutputOf<typeof listHeld>, "commands" | "orders" | "batches">;

export const HELD_KINDS: Record<HeldItem["kind"], string> = { command: "Command", order: "Order", batch: "Batch" };

export const heldTotal = ({ commands, orders, batches }: Counts): number => commands + orders + batches;

/** `2 commands, 1 order`: only kinds of which there are any. */
export const heldSentence = ({ commands, orders, batches }: Counts): string =>
  [
    ...(commands > 0 ? [counted(commands, "command")] : []),
    ...(orders > 0 ? [counted(orders, "order")] : []),
    ...(batches > 0 ? [counted(batches, "batch", "batches")] : []),
  ].join(", ");

/** What of it destroys, and how many Macs: `DeviceLock to 3 Macs, EraseDevice to Ana's Mac`; empty when nothing does. */
export const destroyingSentence = (items: readonly HeldItem[]): string => {
  const destroying = items.filter(({ risk }) => risk === "destructive");
  return [...Map.groupBy(destroying, ({ type }) => type)]
    .map(([type, all]) => {
      const devices = all.reduce((sum, each) => sum + each.devices, 0);
      return `${type} to ${(all.length === 1 ? all[0]?.deviceName : null) ?? counted(devices, "Mac")}`;
    })
    .join(", ");
};

/** A command's request type, or what people call the order. */
export const heldTitle = ({ kind, type }: Pick<HeldItem, "kind" | "type">): string =>
  kind === "order" ? (ORDER_TITLES[type as keyof typeof ORDER_TITLES] ?? type) : type;
