import type { Order } from "@pomona/contract";
import type { Tone } from "../../kit/state-badge.tsx";

/** An order's state: word, tone, and what it waits for. */
export interface OrderWord {
  readonly word: string;
  readonly tone: Tone;
  readonly why: string;
}

const WORDS: Record<Order["state"], OrderWord> = {
  queued: { word: "Pending", tone: "progress", why: "Waiting for the Mac to be reachable" },
  sent: { word: "Sent", tone: "progress", why: "On its way; the Mac has not confirmed it yet" },
  running: { word: "Running", tone: "progress", why: "The Mac is working on it" },
  succeeded: { word: "Succeeded", tone: "good", why: "The Mac did it and reported no error" },
  failed: { word: "Failed", tone: "act", why: "The Mac tried and reported an error" },
  expired: { word: "Expired", tone: "unknown", why: "The Mac was not reached in time; nothing ran" },
  unknown: {
    word: "Unknown",
    tone: "attention",
    why: "The agent stopped between running it and reporting; it is not repeated by itself",
  },
};

export const orderWord = (state: Order["state"]): OrderWord => WORDS[state];

export const isFinal = (state: Order["state"]): boolean => !["queued", "sent", "running"].includes(state);

/** What kinds of orders are called. */
export const ORDER_TITLES: Record<Order["type"], string> = {
  "run-script": "Run script",
  "kill-process": "Kill process",
  "refresh-facts": "Refresh facts",
  ping: "Ping",
  "validate-recovery-key": "Validate recovery key",
  "read-recovery-key-escrow": "Read escrowed recovery key",
  "bootstrap-token-status": "Check bootstrap token",
  "secure-token-status": "Check secure tokens",
  "create-account": "Create account",
};

/** The three ways to a Mac, in words. */
export const CHANNEL_TITLES: Record<"wire" | "wake" | "net", string> = {
  wire: "Live wire",
  wake: "Wake-up",
  net: "Safety net",
};

/** What each way is, for those who meet it the first time. */
export const CHANNEL_MEANINGS: Record<"wire" | "wake" | "net", string> = {
  wire: "MQTT over TLS, always open while the Mac is awake",
  wake: "Apple push through MDM, starts the agent when it does not run",
  net: "HTTPS long polling, for networks that let nothing else through",
};

/** `wire, then wake-up; arrived by wake-up` */
export const pathSentence = (order: Pick<Order, "path">): string => {
  const ways = [...new Set(order.path.tried.map((each) => CHANNEL_TITLES[each.channel].toLowerCase()))];
  if (ways.length === 0) return "not sent yet";
  const arrived = order.path.arrivedBy;
  return `${ways.join(", then ")}${arrived === null ? "; no receipt yet" : `; arrived by ${CHANNEL_TITLES[arrived].toLowerCase()}`}`;
};
