import type { Device } from "@pomona/contract";
import type { Tone } from "../../kit/state-badge.tsx";
import { sensorWord } from "./sensor-words.ts";

/** Something about a Mac that somebody should know first. */
export interface Attention {
  readonly id: string;
  readonly tone: Tone;
  readonly title: string;
  /** Why, and what to do. */
  readonly text: string;
}

const DAY_MS = 86_400_000;

/** What is wrong with a Mac, worst first. `now` is in ms. */
export const attentionOf = (device: Device, now: number): readonly Attention[] => {
  const found: Attention[] = [];
  const say = (id: string, tone: Tone, title: string, text: string): void => void found.push({ id, tone, title, text });
  const { agent, mdm, facts } = device;
  if (device.quarantine !== null)
    say(
      "quarantine",
      "act",
      "In quarantine",
      `${device.quarantine} Orders and commands are held. If you know why, release the Mac.`,
    );
  if (facts.sip === false)
    say(
      "sip",
      "act",
      "System Integrity Protection is off",
      "Software with administrator rights can change macOS itself and the agent. Turn it on from macOS Recovery.",
    );
  if (facts.fileVault === false)
    say(
      "filevault",
      "act",
      "FileVault is off",
      "Whoever has the Mac can read its disk. Turn FileVault on in System Settings, Privacy & Security.",
    );
  if (!mdm.enrolled)
    say(
      "mdm",
      "attention",
      "Not enrolled in MDM",
      "The management profile is missing or was removed. Open an enrollment link on the Mac.",
    );
  else if (!mdm.pushable)
    say(
      "push",
      "attention",
      "Cannot be woken by push",
      "Commands wait until the Mac asks by itself. See Enrollment, Push certificate.",
    );
  if (!agent.installed)
    say(
      "agent",
      "attention",
      "The agent is not installed",
      "Enrollment installs it; see the InstallEnterpriseApplication command for what it waits for.",
    );
  else if (sensorWord(agent.sensor).tone === "attention")
    say(
      "sensor",
      "attention",
      `Exec monitoring: ${sensorWord(agent.sensor).word}`,
      agent.sensor.detail || "Block rules are not enforced on this Mac until it runs.",
    );
  const seen = agent.lastSeenAt === null ? null : Date.parse(agent.lastSeenAt);
  if (agent.installed && !agent.online && seen !== null && now - seen > 7 * DAY_MS)
    say(
      "away",
      "attention",
      `Not seen for ${Math.floor((now - seen) / DAY_MS)} days`,
      "What is shown here may be out of date. Orders are delivered when it comes back.",
    );
  if (facts.firewall === false)
    say("firewall", "attention", "The firewall is off", "Turn it on in System Settings, Network.");
  for (const disk of facts.disks ?? [])
    if (disk.sizeBytes > 0 && disk.freeBytes / disk.sizeBytes < 0.1)
      say(
        `disk-${disk.name}`,
        "attention",
        `${disk.name} is nearly full`,
        `${Math.round((100 * disk.freeBytes) / disk.sizeBytes)} % free. Updates of macOS need room.`,
      );
  if (mdm.enrolled && facts.bootstrapTokenEscrowed === false)
    say(
      "bootstrap",
      "attention",
      "No bootstrap token yet",
      "It comes when a user with a secure token logs in. Until then some installs ask for a password.",
    );
  const rank: Record<Tone, number> = { act: 0, attention: 1, progress: 2, unknown: 3, good: 4 };
  return found.sort((a, b) => rank[a.tone] - rank[b.tone]);
};
