import type { Tool } from "./tool.ts";
import { swVers, sysctl, systemProfiler } from "./tools/about-this-mac.ts";
import { diskutil, sysadminctl } from "./tools/accounts.ts";
import { df, ifconfig } from "./tools/disks-and-network.ts";
import { eslogger } from "./tools/eslogger.ts";
import { dscl, id, stat } from "./tools/people.ts";
import { csrutil, fdesetup, profiles, scutil } from "./tools/security.ts";
import { launchctl, osascript, sudo } from "./tools/session.ts";

/** The executables of the virtual Mac's userland, by the name they have on macOS. */
export const tools: Readonly<Record<string, Tool>> = {
  csrutil,
  df,
  diskutil,
  dscl,
  eslogger,
  fdesetup,
  id,
  ifconfig,
  launchctl,
  osascript,
  profiles,
  scutil,
  stat,
  sudo,
  sysadminctl,
  sw_vers: swVers,
  sysctl,
  system_profiler: systemProfiler,
};
