import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SYSCTL = `{ sec = 1763800000, usec = 123456 } Sat Nov 22 08:26:40 2025
17179869184
Apple M3
8E3C5A77-2C1B-4B61-9C5C-0E2D7C0C9A11`;

const HARDWARE = JSON.stringify({
  SPHardwareDataType: [
    {
      _name: "hardware_overview",
      chip_type: "Apple M3",
      machine_model: "Mac15,3",
      machine_name: "MacBook Pro",
      physical_memory: "16 GB",
      serial_number: "C02TEST00001",
    },
  ],
});

const APPLICATIONS = JSON.stringify({
  SPApplicationsDataType: [
    { _name: "Safari", path: "/Applications/Safari.app", version: "18.1", obtained_from: "apple" },
    { _name: "Bare", path: "/Applications/Bare.app" },
  ],
});

const DF = `Filesystem     1024-blocks      Used Available Capacity  Mounted on
/dev/disk3s1s1   482797652  10238012 268811256     4%    /
devfs                  209       209         0   100%    /dev
/dev/disk3s5     482797652 190238012 268811256    42%    /System/Volumes/Data
/dev/disk4s1      15728640   1048576  14680064     7%    /Volumes/My Disk`;

const IFCONFIG = `lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> mtu 16384
\tinet 127.0.0.1 netmask 0xff000000
en0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500
\tether 3C:22:fb:00:11:22
\tinet6 fe80::1c2d:3e4f:5a6b:7c8d%en0 prefixlen 64 secured scopeid 0xb
\tinet 192.168.1.23 netmask 0xffffff00 broadcast 192.168.1.255
\tstatus: active`;

/** What each tool prints: by the whole of its arguments where it knows several questions. */
export const PRINTED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  sw_vers: { "": "ProductName:\t\tmacOS\nProductVersion:\t\t15.1\nBuildVersion:\t\t24B83" },
  system_profiler: { "-json SPHardwareDataType": HARDWARE, "-json SPApplicationsDataType": APPLICATIONS },
  sysctl: { "-n kern.boottime hw.memsize machdep.cpu.brand_string kern.bootsessionuuid": SYSCTL },
  df: { "-kP": DF },
  dscl: {
    ". -list /Users UniqueID": "_www                    70\ndaemon                  1\namelie                  501",
    ". -list /Users RealName": "_www                    World Wide Web Server\namelie                  Amélie Example",
    ". -read /Groups/admin GroupMembership": "GroupMembership: root amelie",
  },
  fdesetup: { status: "FileVault is On." },
  csrutil: { status: "System Integrity Protection status: enabled." },
  ifconfig: { "": IFCONFIG },
  scutil: { "--get ComputerName": "Amélie's MacBook Pro", "--get LocalHostName": "Amelies-MacBook-Pro" },
  stat: { "-f %u /dev/console": "501" },
};

/** Puts tools into a folder that print what macOS prints; an argument that is not known is an error, as is a tool that is not there. */
export function installFakeTools(folder: string, printed = PRINTED): void {
  for (const [tool, answers] of Object.entries(printed)) {
    const cases = Object.entries(answers).map(
      ([args, text]) => `if [ "$*" = "${args}" ]; then cat <<'PRINTED'\n${text}\nPRINTED\nexit 0; fi`,
    );
    installTool(folder, tool, `${cases.join("\n")}\nexit 64`);
  }
  // Runs the rest in the user's session, as the user: here, as ourselves.
  installTool(folder, "launchctl", '[ "$1" = asuser ] || exit 64\nshift 2\nexec "$@"');
  installTool(folder, "sudo", '[ "$1" = -n ] && [ "$2" = -u ] || exit 64\nshift 3\nexec "$@"');
  // The whole at once, so that nobody reads half a dialog.
  const dialogs = join(folder, "dialogs");
  installTool(folder, "osascript", `shift 3\nprintf '%s\\n' "$@" > '${dialogs}.new'\nmv '${dialogs}.new' '${dialogs}'`);
}

export function installTool(folder: string, name: string, script: string): void {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}
