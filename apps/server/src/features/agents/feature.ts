import type { PollRequest, PollResponse, RenewRequest, RenewResponse } from "@pomona/agent-protocol";
import type { Feature, Kernel } from "../../kernel/feature.ts";
import type { HeldSource } from "../commands/index.ts";
import { type SeenTimes } from "../devices/index.ts";
import type { Authority } from "../tenants/index.ts";
import { AgentWaker } from "./agent-waker.ts";
import { ChannelHealth } from "./channel-health.ts";
import { DesiredCourier } from "./desired-courier.ts";
import { enrollAgent } from "./enroll-agent.ts";
import { exchange } from "./exchange.ts";
import { heldOrders } from "./held-orders.ts";
import { INSTALL_WORK, type InstallParts, mintAgain, onDeviceEnrolled, onInstallAnswered } from "./install-agent.ts";
import { installMigrations } from "./installs.sql.ts";
import { Intake } from "./intake.ts";
import { LiveSessions } from "./live-sessions.ts";
import { NetPolls } from "./net-polls.ts";
import { onCertificateRevoked } from "./on-certificate-revoked.ts";
import { onDeviceReleased } from "./on-device-released.ts";
import { onDeviceUnenrolled } from "./on-device-unenrolled.ts";
import { onFacts, onPushFailed, onSensor } from "./on-facts.ts";
import { onHello } from "./on-hello.ts";
import { openEcho } from "./open-echo.ts";
import { OrderCourier } from "./order-courier.ts";
import { orderMigrations } from "./orders.sql.ts";
import { placeOrder } from "./place-order.ts";
import type {
  AgentDoor,
  AgentIdentity,
  AgentPackage,
  DesiredSource,
  DeviceBus,
  MdmCommands,
  MessageHandler,
  MessageHandlers,
  SetupWork,
} from "./ports.ts";
import { PresenceBook } from "./presence.ts";
import { onOrderStatus, onReceipt } from "./record-receipt.ts";
import { DEFAULT_REINSTALL, listReinstallsAction, type ReinstallPolicy, reinstallSilent } from "./reinstall-silent.ts";
import { reinstallMigrations } from "./reinstalls.sql.ts";
import { FirstUses, renewAgent } from "./renew-agent.ts";
import { renewalMigrations } from "./renewals.sql.ts";
import { type AgentAddresses, SettingsSender } from "./send-settings.ts";
import { showOrderActions } from "./show-order.ts";
import { type StoreOrder, storeOrder } from "./store-order.ts";
import { sweepOrders } from "./sweep-orders.job.ts";
import { TwoBodies } from "./two-bodies.ts";

export interface AgentsOptions {
  readonly authority: Authority;
  readonly seen: SeenTimes;
  readonly commands: MdmCommands;
  readonly setup: SetupWork;
  /** Asked whenever a settings profile is made, so that doors may open later than this feature is composed. */
  readonly addresses: () => AgentAddresses;
  readonly agentPackage: () => AgentPackage | undefined;
  /** When an agent counts as lost; a week when not given. */
  readonly reinstall?: ReinstallPolicy;
}

/** What main.ts and the features above need of this one. The README says in which order to compose. */
export interface AgentsFeature {
  readonly feature: Feature;
  /** For adapters/mqtt. */
  readonly door: AgentDoor;
  /** For adapters/agent-http. */
  readonly enroll: (request: Parameters<typeof enrollAgent>[1]) => ReturnType<typeof enrollAgent>;
  readonly renew: (from: AgentIdentity, request: RenewRequest) => Promise<RenewResponse>;
  readonly poll: (from: AgentIdentity, request: PollRequest, signal: AbortSignal) => Promise<PollResponse>;
  /** The wires, once the agent channel is open. */
  readonly attachBus: (bus: DeviceBus) => void;
  /** Features above bring the desired state and their own messages. */
  readonly attachDesired: (source: DesiredSource) => void;
  readonly addMessages: (handlers: Readonly<Record<string, MessageHandler<never>>>) => void;
  /** Tells online Macs at once that their desired state changed. */
  readonly desiredChanged: (to: readonly AgentIdentity[]) => void;
  /** Orders that a restored backup holds. */
  readonly heldOrders: HeldSource;
  /** For features above: an order of theirs, in their transaction. What came of it is told by `order.finished`. */
  readonly storeOrder: StoreOrder;
}

const NO_BUS: DeviceBus = { send: () => false, isListening: () => false, disconnect: () => {} };

export function createAgents(kernel: Kernel, options: AgentsOptions): AgentsFeature {
  const { authority, seen, commands, setup, addresses, agentPackage } = options;
  let bus = NO_BUS;
  let source: DesiredSource | undefined;
  let handlers: MessageHandlers = {};
  const currentBus = () => bus;
  const health = new ChannelHealth();
  const polls = new NetPolls();
  const presence = new PresenceBook(kernel, health);
  const sessions = new LiveSessions(currentBus);
  const settings = new SettingsSender(commands, addresses);
  const waker = new AgentWaker(kernel, settings);
  const orders = new OrderCourier(kernel, {
    bus: currentBus,
    polls,
    waker,
    isOnline: (deviceId) => presence.isOnline(deviceId),
  });
  const desired = new DesiredCourier(kernel, currentBus, polls, () => source);
  const firstUses = new FirstUses({ kernel, authority });
  const intake = new Intake({ kernel, authority, seen, presence, sessions, handlers: () => handlers, firstUses });
  const install: InstallParts = { kernel, commands, settings, agentPackage, setup };
  setup.expect(INSTALL_WORK, "installation of the agent");
  const addMessages = (added: Readonly<Record<string, MessageHandler<never>>>) => {
    handlers = { ...handlers, ...added };
  };
  addMessages({
    "control/hello": onHello({ kernel, bodies: new TwoBodies(), health, presence, orders, desired, waker }),
    "control/receipt": onReceipt(orders),
    "control/order-status": onOrderStatus(orders),
    "control/sensor": onSensor,
    "telemetry/facts": onFacts,
  });
  const enrollParts = { kernel, authority, settings, bus: currentBus, roots: () => addresses().roots };
  const store = storeOrder(kernel.vault, orders);
  const exchangeParts = { kernel, intake, polls, presence, orders, desired, waker };
  return {
    door: intake,
    enroll: (request) => enrollAgent(enrollParts, request),
    renew: (from, request) => renewAgent({ kernel, authority }, from, request),
    poll: (from, request, signal) => exchange(exchangeParts, from, request, signal),
    attachBus: (opened) => {
      bus = opened;
    },
    attachDesired: (given) => {
      source = given;
    },
    addMessages,
    heldOrders,
    desiredChanged: (to) => {
      desired
        .broadcast(to)
        .catch((error: unknown) => kernel.log.error("agents.desired-unsent", { error: String(error) }));
    },
    storeOrder: store,
    feature: {
      name: "agents",
      migrations: [...orderMigrations, ...installMigrations, ...renewalMigrations, ...reinstallMigrations],
      actions: [placeOrder(store), ...showOrderActions, openEcho(sessions), listReinstallsAction],
      factHandlers: [
        onDeviceEnrolled(install),
        onInstallAnswered(install),
        onPushFailed(health),
        onDeviceUnenrolled(authority, currentBus, polls),
        onCertificateRevoked(currentBus, polls),
        onDeviceReleased(kernel, orders, desired),
      ],
      jobs: [
        sweepOrders(kernel, orders),
        mintAgain(install),
        reinstallSilent({ ...install, seen, policy: options.reinstall ?? DEFAULT_REINSTALL }),
        { name: "agents/forget-wakes", everyMs: 600_000, run: async () => waker.forgetOld() },
      ],
      stop: async () => {
        presence.stop();
        polls.stop();
        orders.stop();
        await intake.stop();
      },
    },
  };
}
