import type { FactType } from "@pomona/facts";
import type { Tone } from "../../kit/state-badge.tsx";
import { ORDER_TITLES } from "../agents/order-words.ts";
import { refusalWord } from "../enrollment/refusal-words.ts";
import { sensorWord } from "./sensor-words.ts";

/** The chapters of a Mac's story, for filtering. */
export type Chapter = "enrollment" | "commands" | "orders" | "agent" | "protection" | "other";

/** A fact in words. */
export interface FactSentence {
  readonly chapter: Chapter;
  readonly tone: Tone;
  readonly text: string;
  /** A second, quieter line. */
  readonly detail?: string;
  /** Below the device's or the console's address. */
  readonly link?: { readonly to: string; readonly label: string };
}

type Data = Readonly<Record<string, unknown>>;
const text = (data: Data, name: string): string => (typeof data[name] === "string" ? data[name] : "");
const day = (data: Data, name: string): string =>
  typeof data[name] === "number" ? new Date(data[name]).toISOString().slice(0, 10) : "";
const WAYS: Readonly<Record<string, string>> = { wire: "live wire", wake: "wake-up", net: "safety net" };
const way = (data: Data): string => WAYS[text(data, "channel")] ?? text(data, "channel");
const OFFLINE: Readonly<Record<string, string>> = {
  closed: "it closed the connection",
  vanished: "it vanished without a word: asleep, shut down, or without network",
  replaced: "a newer connection of the same Mac took its place",
  "server-stopped": "this server was stopped",
};
const UNENROLLED: Readonly<Record<string, string>> = {
  "check-out": "The profile was removed on the Mac",
  replaced: "Another enrollment of the same Mac took its place",
  removed: "It was removed here",
};
const SETUP_ENDS: Readonly<Record<string, string>> = {
  finished: "Setup done: Setup Assistant goes on",
  deadline: "Setup took too long: Setup Assistant goes on without it",
  "mac-went-on": "Setup Assistant went on by itself",
};
const ANSWERS: Readonly<Record<string, readonly [Tone, string]>> = {
  acknowledged: ["good", "acknowledged"],
  error: ["act", "failed"],
  formatError: ["act", "not understood by the Mac"],
  notNow: ["attention", "put off: the Mac is busy or locked"],
  expired: ["unknown", "expired"],
  cancelled: ["unknown", "cancelled"],
};
const ENDS: Readonly<Record<string, readonly [Tone, string]>> = {
  succeeded: ["good", "succeeded"],
  failed: ["act", "failed"],
  expired: ["unknown", "expired before the Mac was reached"],
  unknown: ["attention", "ended without a report"],
};

const orderTitle = (data: Data): string =>
  ORDER_TITLES[text(data, "type") as keyof typeof ORDER_TITLES] ?? text(data, "type");
const order = (data: Data, deviceId: string): { link?: { to: string; label: string } } =>
  text(data, "orderId") === ""
    ? {}
    : { link: { to: `/devices/${deviceId}/orders/${text(data, "orderId")}`, label: "Show" } };

type Tell = (data: Data, deviceId: string) => FactSentence;

const TELLS: Partial<Record<FactType, Tell>> = {
  "device.enrolled": (data) => ({
    chapter: "enrollment",
    tone: "good",
    text: data["again"] === true ? "Enrolled again" : "Enrolled in MDM",
  }),
  "device.unenrolled": (data) => ({
    chapter: "enrollment",
    tone: "attention",
    text: "Left MDM",
    detail: UNENROLLED[text(data, "reason")] ?? text(data, "reason"),
  }),
  "device.changed": (data) => ({
    chapter: "other",
    tone: "unknown",
    text: "Reported changes",
    detail: Array.isArray(data["fields"]) ? data["fields"].join(", ") : "",
  }),
  "device.setup-began": () => ({
    chapter: "enrollment",
    tone: "progress",
    text: "Waits in Setup Assistant for its setup",
  }),
  "device.setup-ended": (data) => ({
    chapter: "enrollment",
    tone: data["reason"] === "deadline" ? "attention" : "good",
    text: SETUP_ENDS[text(data, "reason")] ?? "Setup ended",
    detail: Array.isArray(data["unfinished"]) ? data["unfinished"].join(", ") : "",
  }),
  "device.quarantined": (data) => ({
    chapter: "protection",
    tone: "act",
    text: "Put in quarantine",
    detail: text(data, "reason"),
  }),
  "enrollment.refused": (data) => ({
    chapter: "enrollment",
    tone: "attention",
    text: data["reason"] === "replay" ? "A recorded message was played back, and refused" : "Enrollment refused",
    detail: text(data, "detail") || refusalWord(text(data, "reason")),
    link: { to: "/enrollment/refused", label: "Show" },
  }),
  "identity.renewed": (data) => ({
    chapter: "enrollment",
    tone: "good",
    text: "Identity renewed",
    detail: `good until ${day(data, "expiresAt")}`,
  }),
  "renewal.failed": (data) => ({
    chapter: "enrollment",
    tone: "attention",
    text: "Renewing the identity did not work",
    detail: text(data, "reason"),
  }),
  "renewal.stranding": (data) => ({
    chapter: "enrollment",
    tone: "act",
    text: `About to strand: its identity ends on ${day(data, "expiresAt")}`,
    detail: text(data, "reason"),
  }),
  "certificate.revoked": (data) => ({
    chapter: "protection",
    tone: "attention",
    text: `A certificate for ${text(data, "role")} was revoked by ${text(data, "by")}`,
    detail: text(data, "reason"),
  }),
  "escrow.bootstrap-token-stored": (data) => ({
    chapter: "enrollment",
    tone: "good",
    text: data["removed"] === true ? "Bootstrap token removed by the Mac" : "Bootstrap token escrowed",
  }),
  "recovery.untested": (data) => ({
    chapter: "enrollment",
    tone: "attention",
    text: "Enrolled before a recovery bundle was proved to open",
    detail:
      data["state"] === "neverExported"
        ? "None was made: what this Mac entrusts to the server goes with it"
        : "One was made, and no drill of it has passed",
  }),
  "push.failed": (data) => ({
    chapter: "commands",
    tone: "attention",
    text: "Push failed",
    detail: `Apple answered ${String(data["status"])} ${text(data, "reason")}`,
  }),
  "device.moved-in": () => ({ chapter: "enrollment", tone: "progress", text: "Taken over from another MDM server" }),
  "enrollment.associated": () => ({ chapter: "enrollment", tone: "good", text: "Certificate brought along" }),
  "push.token-flapped": (data) => ({
    chapter: "commands",
    tone: "attention",
    text: "Push token changes again and again",
    detail: `${String(data["changes"])} times within an hour`,
  }),
  "command.queued": (data) => ({ chapter: "commands", tone: "progress", text: `${text(data, "requestType")} pending` }),
  "command.answered": (data) => {
    const [tone, word] = ANSWERS[text(data, "state")] ?? (["unknown", text(data, "state")] as const);
    return { chapter: "commands", tone, text: `${text(data, "requestType")} ${word}`, detail: text(data, "reason") };
  },
  "agent.token-minted": () => ({
    chapter: "agent",
    tone: "progress",
    text: "Agent may enroll: its one-time token was made",
  }),
  "agent.reinstall-requested": (data) => ({
    chapter: "agent",
    tone: "progress",
    text: "The agent fell silent and is being installed again",
    ...(typeof data["attempt"] === "number" ? { detail: `attempt ${data["attempt"]}` } : {}),
  }),
  "agent.reinstall-verified": () => ({
    chapter: "agent",
    tone: "good",
    text: "The agent that was installed again came",
  }),
  "agent.reinstall-gave-up": (data) => ({
    chapter: "agent",
    tone: "act",
    text: "The agent was installed again several times and never came",
    detail: text(data, "outcome"),
  }),
  "agent.enrolled": (data) => ({
    chapter: "agent",
    tone: "good",
    text: `Agent ${text(data, "version")} enrolled with a certificate of its own`,
  }),
  "agent.online": (data) => ({ chapter: "agent", tone: "good", text: "Agent online", detail: `by ${way(data)}` }),
  "agent.offline": (data) => ({
    chapter: "agent",
    tone: "unknown",
    text: "Agent offline",
    detail: OFFLINE[text(data, "reason")] ?? text(data, "reason"),
  }),
  "agent.channel-changed": (data) => ({
    chapter: "agent",
    tone: data["health"] === "down" ? "attention" : data["health"] === "up" ? "good" : "unknown",
    text: `${way(data).replace(/^./, (first) => first.toUpperCase())} ${data["health"] === "up" ? "works" : data["health"] === "down" ? "is down" : "is not known"}`,
  }),
  "agent.sensor-changed": (data) => ({
    chapter: "protection",
    tone: "unknown",
    text: `Exec monitoring: ${sensorWord({ state: text(data, "state"), detail: "" }).word}`,
    detail: text(data, "detail"),
  }),
  "order.queued": (data, deviceId) => ({
    chapter: "orders",
    tone: "progress",
    text: `${orderTitle(data)} pending`,
    ...order(data, deviceId),
  }),
  "order.sent": (data, deviceId) => ({
    chapter: "orders",
    tone: "progress",
    text: `${orderTitle(data)} sent`,
    detail: `by ${way(data)}`,
    ...order(data, deviceId),
  }),
  "order.running": (data, deviceId) => ({
    chapter: "orders",
    tone: "progress",
    text: `${orderTitle(data)} running`,
    detail: `arrived by ${way(data)}`,
    ...order(data, deviceId),
  }),
  "order.finished": (data, deviceId) => {
    const [tone, word] = ENDS[text(data, "state")] ?? (["unknown", text(data, "state")] as const);
    return { chapter: "orders", tone, text: `${orderTitle(data)} ${word}`, ...order(data, deviceId) };
  },
  "incident.opened": (data) => ({
    chapter: "protection",
    tone: "act",
    text:
      data["action"] === "kill"
        ? data["outcome"] === "killed"
          ? `Killed ${text(data, "path")}`
          : `Tried to kill ${text(data, "path")}: ${text(data, "outcome")}`
        : `Saw ${text(data, "path")} start`,
    detail: `rule ${text(data, "ruleName")}`,
    link: { to: `/protection/incidents/${text(data, "incidentId")}`, label: "Show" },
  }),
  "incident.closed": (data) => ({
    chapter: "protection",
    tone: "good",
    text: "Incident closed",
    link: { to: `/protection/incidents/${text(data, "incidentId")}`, label: "Show" },
  }),
  "message.quarantined": (data) => ({
    chapter: "other",
    tone: "attention",
    text: `A message on the ${text(data, "channel")} channel could not be read`,
    detail: text(data, "reason"),
  }),
};

/** What a fact says, as a line of the Mac's story; a kind that is not known yet shows its name. */
export const factSentence = (type: string, data: Data, deviceId: string): FactSentence =>
  TELLS[type as FactType]?.(data, deviceId) ?? { chapter: "other", tone: "unknown", text: type };
