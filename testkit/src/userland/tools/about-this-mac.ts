import type { MacModel } from "../../model/mac-model.ts";
import { printing, type Tool } from "../tool.ts";

/** `sw_vers` and `sw_vers -productVersion | -buildVersion | -productName`. */
export const swVers: Tool = printing(({ os }, [flag]) => {
  const values = { ProductName: "macOS", ProductVersion: os.version, BuildVersion: os.build };
  if (flag === undefined)
    return Object.entries(values)
      .map(([key, value]) => `${key}:\t\t${value}\n`)
      .join("");
  const wanted = flag.replace(/^-+/, "").toLowerCase();
  const found = Object.entries(values).find(([key]) => key.toLowerCase() === wanted);
  return found === undefined ? undefined : `${found[1]}\n`;
});

/** `system_profiler -json SPHardwareDataType | SPApplicationsDataType`. */
export const systemProfiler: Tool = printing((model, argv) => {
  if (!argv.includes("-json")) return undefined;
  const sections = argv
    .filter((argument) => argument.startsWith("SP"))
    .map((type) => [type, Object.hasOwn(reports, type) ? reports[type]?.(model) : []]);
  return `${JSON.stringify(Object.fromEntries(sections), undefined, 2)}\n`;
});

const reports: Readonly<Record<string, (model: MacModel) => unknown[]>> = {
  SPHardwareDataType: ({ hardware, serialNumber, udid, provisioningUdid }) => [
    {
      _name: "hardware_overview",
      activation_lock_status: "activation_lock_disabled",
      boot_rom_version: "13822.1.2",
      ...(hardware.isAppleSilicon ? { chip_type: hardware.processor } : { cpu_type: hardware.processor }),
      machine_model: hardware.model,
      machine_name: hardware.family,
      model_number: hardware.modelNumber,
      number_processors: `proc ${hardware.cores}`,
      os_loader_version: "13822.1.2",
      physical_memory: `${hardware.memoryBytes / 2 ** 30} GB`,
      platform_UUID: udid,
      provisioning_UDID: provisioningUdid,
      serial_number: serialNumber,
    },
  ],
  SPApplicationsDataType: ({ applications }) =>
    applications.map((application) => ({
      _name: application.name,
      arch_kind: "arch_arm_i64",
      lastModified: "2025-10-01T07:00:00Z",
      obtained_from: application.isPlatformBinary ? "apple" : "identified_developer",
      path: application.path,
      signed_by: [
        application.isPlatformBinary ? "Software Signing" : `Developer ID Application: ${application.teamId}`,
        "Apple Root CA",
      ],
      version: application.version,
    })),
};

/** `sysctl -n name...` and `sysctl name...`. */
export const sysctl: Tool = (run, { model }) => {
  const isBare = run.argv[0] === "-n";
  const names = isBare ? run.argv.slice(1) : run.argv;
  let code = 0;
  for (const name of names) {
    const value = kernelValue(model, name);
    if (value === undefined) {
      run.stderr(`sysctl: unknown oid '${name}'\n`);
      code = 1;
    } else {
      run.stdout(isBare ? `${value}\n` : `${name}: ${value}\n`);
    }
  }
  return code;
};

function kernelValue(model: MacModel, name: string): string | undefined {
  const seconds = Math.floor(model.bootedAt / 1000);
  const values: Record<string, string> = {
    "kern.boottime": `{ sec = ${seconds}, usec = ${(model.bootedAt % 1000) * 1000} } ${dayText(model.bootedAt)}`,
    "kern.bootsessionuuid": model.bootSession,
    "kern.osversion": model.os.build,
    "kern.osproductversion": model.os.version,
    "hw.memsize": String(model.hardware.memoryBytes),
    "hw.model": model.hardware.model,
    "hw.ncpu": String(model.hardware.cores),
    "machdep.cpu.brand_string": model.hardware.processor,
  };
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** As `ctime(3)` prints it: `Sat Nov 22 08:26:40 2025`. */
function dayText(at: number): string {
  const [day = "", date = "", month = "", year = "", time = ""] = new Date(at)
    .toUTCString()
    .replace(",", "")
    .split(" ");
  return `${day} ${month} ${date.replace(/^0/, " ")} ${time} ${year}`;
}
