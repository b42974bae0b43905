import { asId, type TenantId } from "@pomona/facts";
import { encodePem, issueCertificate } from "@pomona/pki";
import { generateKeyPair, privateKeyToPem } from "@pomona/pki/node";
import { createAcme } from "../../../features/acme/feature.ts";
import { attestationRoots, takeAttestation } from "../../../features/acme/index.ts";
import { type CommandsPorts, createCommands } from "../../../features/commands/feature.ts";
import { createDevices } from "../../../features/devices/feature.ts";
import { readDevice } from "../../../features/devices/index.ts";
import { createEnrollment } from "../../../features/enrollment/feature.ts";
import { type MaidKeys, readDeviceIdOf, readEnrollmentIds } from "../../../features/enrollment/index.ts";
import { createEscrow } from "../../../features/escrow/feature.ts";
import { createMovingIn } from "../../../features/moving-in/feature.ts";
import { createPush } from "../../../features/push/feature.ts";
import { type PushNotification, type PushSender, pushTopic, type VendorSigner } from "../../../features/push/index.ts";
import { createRenewal } from "../../../features/renewal/feature.ts";
import { createRevocation } from "../../../features/revocation/feature.ts";
import { createTenants } from "../../../features/tenants/feature.ts";
import { Authority, addTenant } from "../../../features/tenants/index.ts";
import type { Feature, HttpResponse } from "../../../kernel/feature.ts";
import { PLATFORM, type Scope, systemScope } from "../../../kernel/scope.ts";
import { MovableClock, testKernel } from "../../../testing/test-kernel.ts";
import { FactRelay } from "../../background/fact-relay.ts";
import { WaitingRoom, type WaitingRoomLimits } from "../../connections/waiting-room.ts";
import { openDeviceDoor } from "../device-door.ts";
import { mdmPorts } from "../mdm-ports.ts";
import type { TrustedProxy } from "../proxy-certificate.ts";

/** Keeps what it was asked to send. */
export class RecordingSender implements PushSender {
  readonly endpoint = "https://push.test";
  readonly sent: PushNotification[] = [];
  answer: { status: number; reason: string | null; apnsId: string | null } = {
    status: 200,
    reason: null,
    apnsId: null,
  };
  #held: Promise<void> | undefined;
  /** Lets the next answers wait. */
  holdNext(): void {
    this.#held = new Promise((resolve) => {
      this.release = resolve;
    });
  }
  release: () => void = () => {};
  async send(notification: PushNotification) {
    this.sent.push(notification);
    const { answer } = this;
    await this.#held;
    return answer;
  }
  forget(): void {}
  sessionOf(): undefined {}
}

/** No Mac here has an agent, so none is ever given an order. */
const noOrders = () => Promise.reject(new Error("there are no agents here"));

/** The Apple side of the server on a real store, with its door open on loopback; the portal is called directly. */
export async function deviceRig(
  options: {
    readonly trustedProxy?: TrustedProxy;
    readonly attestationRoots?: string;
    readonly maidKeys?: MaidKeys;
    readonly clock?: MovableClock;
    /** The data folder of a rig before this one: its server was stopped, and starts again. */
    readonly dir?: string;
    readonly commands?: Partial<CommandsPorts>;
    /** Of each of the two doors. */
    readonly waiting?: Partial<WaitingRoomLimits>;
  } = {},
) {
  const { maidKeys, waiting, ...doorOptions } = options;
  const clock = options.clock ?? new MovableClock(Date.now());
  const urls = { api: "https://localhost:1", device: "", root: "" };
  const kernel = testKernel(clock, options.dir);
  const authority = new Authority(kernel, undefined, () => urls.device);
  const sender = new RecordingSender();
  const devices = createDevices(kernel);
  const roots = attestationRoots(options.attestationRoots ?? "");
  const enrollment = createEnrollment(kernel, {
    authority,
    pushTopic,
    urls: () => urls,
    allowScepDes: true,
    canAttest: roots.length > 0,
    ...(maidKeys === undefined ? {} : { maidKeys }),
  });
  const acme = createAcme(kernel, { authority, enrollment, attestationRoots: roots, deviceUrl: () => urls.device });
  const signing: VendorSigner & { asked: Parameters<VendorSigner["request"]>[0][] } = {
    asked: [],
    url: "https://sign.test",
    request: async (order) => {
      signing.asked.push(order);
      return undefined;
    },
  };
  const push = createPush(kernel, { crypto: authority.crypto, enrollment, seen: devices.seen, sender, signing });
  const commands = createCommands(kernel, {
    enrollment,
    push,
    takeAttestation: takeAttestation({ crypto: authority.crypto, attestationRoots: roots }),
    ...options.commands,
  });
  const escrow = createEscrow(kernel, { enrollment, authority, commands, storeOrder: noOrders });
  const movingIn = createMovingIn(kernel, { authority, enrollment, push, seen: devices.seen });
  const revocation = createRevocation(kernel, {
    authority,
    pkiUrl: () => urls.device,
    enrollmentsOf: readEnrollmentIds,
    deviceOf: readDeviceIdOf,
    nameOf: async (tx, deviceId) => (await readDevice(tx, deviceId))?.name,
  });
  const renewal = createRenewal(kernel, { enrollment, commands, startDays: 180 });
  const features: readonly Feature[] = [
    createTenants(),
    revocation.feature,
    devices.feature,
    enrollment.feature,
    push.feature,
    acme,
    commands.feature,
    renewal.feature,
    escrow.feature,
    movingIn.feature,
  ];
  kernel.migrate(features);
  await authority.start();
  for (const feature of features) await feature.start?.();
  const relay = new FactRelay(
    kernel.store,
    kernel.store,
    features.flatMap((feature) => feature.factHandlers ?? []),
    kernel.log,
  );
  await relay.start();
  const tls = await authority.serverTls([]);
  const shared = {
    host: "127.0.0.1",
    port: 0,
    tls,
    kernel,
    mdm: mdmPorts({ authority, enrollment, commands, escrow, movingIn, seen: devices.seen, renewal, kernel }),
    routes: features.flatMap((feature) => feature.routes ?? []).filter((route) => route.door === "device"),
    ...doorOptions,
  };
  const room = () => new WaitingRoom("device-door", kernel.log, waiting);
  const plainDoor = await openDeviceDoor({ ...shared, isPlain: true, connections: room() });
  const tlsDoor = await openDeviceDoor({ ...shared, connections: room() });
  const plainUrl = `http://127.0.0.1:${plainDoor.port}`;
  urls.device = plainUrl;

  /** Does an action in a tenant; as a person where it is asked for, else as the server itself. */
  const act = async (
    tenantId: TenantId,
    name: string,
    input: Record<string, unknown>,
    as: "system" | "person" = "system",
  ): Promise<unknown> => {
    const action = features.flatMap((feature) => feature.actions).find(({ contract }) => contract.name === name);
    if (action === undefined) throw new Error(`no action ${name}`);
    const system = systemScope(tenantId, "test");
    const scope: Scope = as === "system" ? system : { ...system, actor: { kind: "person", id: "p", name: "Pat" } };
    const prepared = await action.prepare?.(scope, input);
    const output = await kernel.store.write(scope, (tx) => action.run({ scope, tx, prepared }, input));
    return action.finish === undefined ? output : action.finish(scope, input, output);
  };
  const portal = async (path: string): Promise<HttpResponse> => {
    const [, , code = "", tail] = path.split("/");
    const wanted = tail === undefined ? "/enroll/{code}" : "/enroll/{code}/profile";
    const route = features.flatMap((feature) => feature.routes ?? []).find((candidate) => candidate.path === wanted)!;
    return route.handle({
      method: "GET",
      url: path,
      params: { code },
      headers: {},
      body: new Uint8Array(),
      address: "127.0.0.1",
      signal: new AbortController().signal,
    });
  };
  const newTenant = async (name: string): Promise<TenantId> => {
    const tenant = await kernel.store.write(systemScope(PLATFORM, "test"), (tx) => addTenant(tx, name));
    const { certificate, privateKey } = pushCertificate(authority, `com.apple.mgmt.External.${tenant.id}`, clock.now());
    await act(tenant.id, "push.upload-push-certificate", { certificate, privateKey });
    return tenant.id;
  };
  const invite = async (tenantId: TenantId, input: Record<string, unknown> = {}): Promise<string> => {
    const made = (await act(tenantId, "enrollment.create-invitation", { name: "test", maxUses: 100, ...input })) as {
      url: string;
    };
    return new URL(made.url).pathname;
  };
  return {
    kernel,
    clock,
    authority,
    enrollment,
    push,
    signing,
    commands,
    revocation,
    renewal,
    devices,
    sender,
    tls,
    plainUrl,
    tlsPort: tlsDoor.port,
    features,
    act,
    portal,
    newTenant,
    invite,
    asDevice: (id: string) => asId<"device">(id),
    /** Runs a job once. */
    runJob: async (name: string): Promise<void> => {
      const job = features.flatMap(({ jobs = [] }) => jobs).find((candidate) => candidate.name === name);
      if (job === undefined) throw new Error(`no job ${name}`);
      await job.run();
    },
    /** Lets fact handlers catch up. */
    settle: () => new Promise((resolve) => setTimeout(resolve, 60)),
    [Symbol.asyncDispose]: async () => {
      await plainDoor.close();
      await tlsDoor.close();
      await relay.stop();
      for (const feature of features.toReversed()) await feature.stop?.();
      await kernel[Symbol.asyncDispose]();
    },
  };
}
export type DeviceRig = Awaited<ReturnType<typeof deviceRig>>;

/** A certificate like those of Apple's portal, self-signed: its subject's UID is the topic. */
export function pushCertificate(authority: Authority, topic: string, now: number) {
  const key = generateKeyPair("ec-p256");
  const der = issueCertificate(authority.crypto, {
    issuer: { certificate: "self", key },
    subject: { UID: topic, CN: `APSP:${topic}` },
    spki: authority.crypto.publicKeyOf(key),
    notBefore: now - 1000,
    notAfter: now + 365 * 86_400_000,
  });
  return { certificate: encodePem("CERTIFICATE", der), privateKey: privateKeyToPem(key) };
}
