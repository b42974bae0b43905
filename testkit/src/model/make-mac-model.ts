import { hardwareModels } from "./hardware.ts";
import type { Application, Disk, MacModel, NetworkInterface, User } from "./mac-model.ts";
import { operatingSystems } from "./operating-systems.ts";
import { people } from "./people.ts";
import { type Random, seededRandom } from "./random.ts";
import { makeSecurityState, plainUser } from "./security-state.ts";
import { bitcoinMiner, type KnownApplication, otherApplications, systemApplications } from "./software.ts";

const GIB = 2 ** 30;
const SERIAL_ALPHABET = "0123456789CDFGHJKLMNPQRTVWXY";

/**
 * A Mac like those one meets: the same seed gives the same Mac, neighbouring seeds give different ones. A few have names with
 * emoji, names that run right to left, and names that are too long for any table.
 */
export function makeMacModel(seed: string | number): MacModel {
  const random = seededRandom(`mac ${seed}`);
  const { memoryGb, ...hardware } = random.pick(hardwareModels);
  const [given, family, account] = random.pick(people);
  const users = makeUsers(random, `${given} ${family}`, account);
  const name = makeName(random, given, hardware.family);
  const udid = random.uuid().toUpperCase();
  return {
    serialNumber: random.text(SERIAL_ALPHABET, 10),
    udid,
    provisioningUdid: `0000${random.text("0123456789ABCDEF", 4)}-${random.text("0123456789ABCDEF", 16)}`,
    name,
    localHostName: localHostName(name, account),
    hardware: {
      ...hardware,
      modelNumber: `${random.text("FGMZ", 1)}${random.text("0123456789KLMNPR", 4)}LL/A`,
      memoryBytes: random.pick(memoryGb) * GIB,
    },
    os: random.pick(operatingSystems),
    disks: makeDisks(random),
    network: makeNetwork(random),
    users,
    consoleUser: random.chance(0.9) ? account : undefined,
    applications: makeApplications(random),
    profiles: [],
    certificates: [],
    fileVault: random.chance(0.8),
    sip: random.chance(0.96),
    firewall: random.chance(0.6),
    isSupervised: false,
    bootstrapToken: undefined,
    bootedAt: Date.now() - random.integer(600, 20 * 86_400) * 1000,
    bootSession: random.uuid().toUpperCase(),
    lock: undefined,
    ...makeSecurityState(seed),
  };
}

function makeName(random: Random, given: string, family: string): string {
  const kind = random.integer(0, 19);
  if (kind === 0) return `🚀 ${given}’s ${family} 🦄`;
  if (kind === 1) return `${family} של ${given}`;
  if (kind === 2)
    return `${given}’s ${family} (do not touch: renders the quarterly report every night until further notice, ask Facilities before unplugging it)`;
  if (kind <= 6)
    return `${family.replace("MacBook ", "MB").replace(" ", "").toUpperCase()}-${random.text("0123456789", 4)}`;
  return `${given}’s ${family}`;
}

function localHostName(name: string, account: string): string {
  const ascii = name
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 63);
  return ascii === "" ? `${account.replaceAll(".", "-")}-mac` : ascii;
}

function makeUsers(random: Random, fullName: string, account: string): User[] {
  const user = (name: string, full: string, uid: number, admin: boolean, hasSecureToken: boolean): User => ({
    name,
    fullName: full,
    uid,
    admin,
    hasSecureToken,
    guid: random.uuid().toUpperCase(),
    ...plainUser(),
    password: `${name} has a password`,
  });
  const users = [user(account, fullName, 501, random.chance(0.4), true)];
  if (random.chance(0.5)) users.push(user("itadmin", "IT Administrator", 502, true, true));
  if (random.chance(0.15)) users.push(user("guestpresenter", "Guest Presenter", 503, false, false));
  return users;
}

function makeDisks(random: Random): Disk[] {
  const size = random.pick([256, 512, 1024, 2048]) * 1_000_000_000;
  const disks = [disk("Macintosh HD", "/dev/disk3s1s1", "/", size, Math.round(size * (0.05 + random.next() * 0.8)))];
  if (random.chance(0.1))
    disks.push(disk("Projekte 📦", "/dev/disk5s1", "/Volumes/Projekte 📦", 2_000_000_000_000, 812_345_678_901));
  return disks;
}

const disk = (name: string, device: string, mountPoint: string, sizeBytes: number, freeBytes: number): Disk => ({
  name,
  device,
  mountPoint,
  sizeBytes,
  freeBytes: Math.floor(freeBytes / 4096) * 4096,
});

function makeNetwork(random: Random): NetworkInterface[] {
  const address = (): string => Array.from({ length: 5 }, () => random.text("0123456789abcdef", 2)).join(":");
  const card = (name: string, port: string): NetworkInterface => ({
    name,
    port,
    mac: `f0:${address()}`,
    ipv4: `192.168.${random.integer(0, 20)}.${random.integer(2, 250)}`,
    ipv6: `fe80::${random.text("123456789abcdef", 3)}:${random.text("123456789abcdef", 4)}:${random.text("123456789abcdef", 4)}`,
  });
  return random.chance(0.3) ? [card("en0", "Wi-Fi"), card("en5", "Ethernet")] : [card("en0", "Wi-Fi")];
}

function makeApplications(random: Random): Application[] {
  const chosen = otherApplications.filter(() => random.chance(0.55));
  const all = [...systemApplications, ...chosen];
  if (random.chance(0.05)) all.push(bitcoinMiner);
  return all.map((known) => makeApplication(known, random.pick(known.versions)));
}

/** An application bundle as it lies on a Mac; its code directory hash depends on name and version alone. */
export function makeApplication(known: KnownApplication, version: string): Application {
  const path = `${known.folder ?? "/Applications"}/${known.name}.app`;
  return {
    name: known.name,
    bundleId: known.bundleId,
    version,
    build: version.replaceAll(".", ""),
    path,
    executable: `${path}/Contents/MacOS/${known.name}`,
    sizeBytes: known.megabytes * 1_000_000,
    signingId: known.bundleId,
    teamId: known.teamId,
    cdhash: seededRandom(`cdhash ${known.bundleId} ${version}`).text("0123456789ABCDEF", 40),
    isPlatformBinary: known.teamId === undefined,
  };
}
