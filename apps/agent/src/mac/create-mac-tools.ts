import { escrowTools } from "./escrow-tools.ts";
import type { MacFacts, MacTools } from "./mac-tools.ts";
import { readApplications } from "./read-applications.ts";
import { readDisks } from "./read-disks.ts";
import { readFileVault } from "./read-filevault.ts";
import { readHardware } from "./read-hardware.ts";
import { readKernelValues } from "./read-kernel-values.ts";
import { readName } from "./read-names.ts";
import { readNetwork } from "./read-network.ts";
import { readSip } from "./read-sip.ts";
import { readSoftwareVersion } from "./read-software-version.ts";
import { readUserName } from "./read-user-name.ts";
import { readUsers } from "./read-users.ts";
import { openToolBox } from "./run-tool.ts";
import { showDialog } from "./show-dialog.ts";

export interface MacToolsOptions {
  /** A folder with all tools, by their last names; without it Apple's own by their absolute paths. */
  readonly toolsFolder?: string;
  /** Stands before the paths of files that are read (applications' Info.plist). */
  readonly root?: string;
  /** Epoch ms. */
  readonly now: () => number;
}

/** The tools of a Mac, with what of them may still run when the agent ends. */
export interface SystemMacTools extends MacTools {
  /** Ends every tool that runs. */
  close(): void;
}

/** macOS by its own tools. What each is asked and prints: README.md beside this file. */
export function createMacTools({ toolsFolder, root = "", now }: MacToolsOptions): SystemMacTools {
  const tools = openToolBox(toolsFolder);
  return {
    async identity() {
      const [hardware, software, kernel] = await Promise.all([
        readHardware(tools),
        readSoftwareVersion(tools),
        readKernelValues(tools),
      ]);
      if (hardware.serialNumber === undefined) throw new Error("the serial number could not be read");
      return {
        serialNumber: hardware.serialNumber,
        osVersion: software.osVersion ?? "",
        bootSession: (kernel.bootSession ?? String(kernel.bootedAt ?? "")).slice(0, 64),
      };
    },
    async facts() {
      const [hardware, software, kernel, name, hostName, disks, users, fileVault, sip, network] = await Promise.all([
        readHardware(tools),
        readSoftwareVersion(tools),
        readKernelValues(tools),
        readName(tools, "ComputerName"),
        readName(tools, "LocalHostName"),
        readDisks(tools),
        readUsers(tools),
        readFileVault(tools),
        readSip(tools),
        readNetwork(tools),
      ]);
      const { bootSession: _, ...values } = kernel;
      const uptimeSeconds = kernel.bootedAt === undefined ? undefined : Math.max(0, (now() - kernel.bootedAt) / 1000);
      return onlyKnown({
        ...values,
        ...hardware,
        ...software,
        name,
        hostName,
        uptimeSeconds: uptimeSeconds === undefined ? undefined : Math.floor(uptimeSeconds),
        disks,
        users,
        fileVault,
        sip,
        network,
      });
    },
    applications: () => readApplications(tools, root),
    userName: (uid) => readUserName(tools, uid),
    showDialog: (dialog) => showDialog(tools, dialog),
    escrow: escrowTools(tools, root),
    close: () => tools.close(),
  };
}

/** Without what could not be read: a missing fact keeps its last value on the server. */
function onlyKnown(facts: { readonly [K in keyof MacFacts]?: MacFacts[K] | undefined }): MacFacts {
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as MacFacts;
}
