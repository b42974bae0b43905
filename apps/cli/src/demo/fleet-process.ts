import { type Fleet, openPushAuthority, startApnsReceiver, startFleet } from "@pomona/testkit";
import type { FromFleet, ToFleet } from "./fleet-messages.ts";

/**
 * The demo's Macs and their push service, in a process of their own so that the server is measured alone. Told what to do
 * over IPC; ends in an orderly way when the channel closes, however the other side ended.
 */
export async function runFleetProcess(): Promise<void> {
  const say = (message: FromFleet) => process.send?.(message);
  let fleet: Fleet | undefined;
  let apns: Awaited<ReturnType<typeof startApnsReceiver>> | undefined;
  const ended = new Promise<void>((resolve) => process.once("disconnect", resolve));
  // Ctrl-C is the demo's to hear; it closes the channel when the server has stopped.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
  process.on("message", (message: ToFleet) => {
    const work = message.kind === "open" ? open(message.apns) : start(message.options);
    work.catch((error: unknown) => {
      console.error(`pomona: the Macs failed: ${error instanceof Error ? error.message : String(error)}`);
      process.exit(1);
    });
  });
  const open = async (kept: Extract<ToFleet, { kind: "open" }>["apns"]): Promise<void> => {
    const authority = await openPushAuthority(kept);
    apns = await startApnsReceiver({ authority, ...(kept === undefined ? {} : { port: kept.port }) });
    const { rootPem, keyPem } = authority;
    say({ kind: "opened", url: apns.url, port: Number(new URL(apns.url).port), rootPem, keyPem });
  };
  const start = async (options: Extract<ToFleet, { kind: "start" }>["options"]): Promise<void> => {
    fleet = startFleet({ ...options, apns: apns!, onProgress: (counts) => say({ kind: "progress", counts }) });
    await fleet.settled;
    say({ kind: "settled", failures: fleet.failures });
  };
  await ended;
  await fleet?.stop();
  await apns?.stop();
}
