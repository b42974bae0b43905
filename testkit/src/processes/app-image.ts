import { createHash } from "node:crypto";
import { buildXmlPlist } from "@pomona/plist";
import type { MacModel } from "../model/mac-model.ts";
import type { VirtualRoot } from "../virtual-mac/virtual-root.ts";
import type { ImageIdentity } from "./mac-process.ts";

/** What is started: one of the Mac's applications by its executable, or any other image. */
export interface AppRequest {
  /** Absolute path on the Mac. */
  readonly path: string;
  readonly signingId?: string;
  readonly teamId?: string;
  /** 40 hex digits. */
  readonly cdhash?: string;
  readonly isPlatformBinary?: boolean;
  readonly args?: readonly string[];
}

/** How code signing would describe it: as asked for, else as the installed application is signed, else unsigned with a hash of its path. */
export function imageOf(request: AppRequest, model: MacModel): ImageIdentity {
  const known = model.applications.find((application) => application.executable === request.path);
  const cdhash = request.cdhash ?? known?.cdhash ?? createHash("sha1").update(request.path).digest("hex");
  return {
    path: request.path,
    signingId: request.signingId ?? known?.signingId,
    teamId: request.teamId ?? known?.teamId,
    cdhash: cdhash.toUpperCase(),
    isPlatformBinary: request.isPlatformBinary ?? known?.isPlatformBinary ?? false,
  };
}

/** Puts the Info.plist of each application on the disk, where bundle identifiers are read from. */
export async function placeBundles(root: VirtualRoot, model: MacModel): Promise<void> {
  for (const application of model.applications) {
    const info = {
      CFBundleIdentifier: application.bundleId,
      CFBundleName: application.name,
      CFBundleExecutable: application.name,
      CFBundleShortVersionString: application.version,
      CFBundleVersion: application.build,
      CFBundlePackageType: "APPL",
    };
    await root.write(`${application.path}/Contents/Info.plist`, buildXmlPlist(info));
  }
}
