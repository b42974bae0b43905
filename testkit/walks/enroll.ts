import { listApplications, listCertificates, listCommands, listProfiles, showDevice } from "@pomona/contract";
import { ApiProblem } from "@pomona/testkit";
import { eventually } from "./stage.ts";
import { deviceOf, expect, type Walk } from "./walk.ts";

const QUESTIONS = ["DeviceInformation", "SecurityInfo", "InstalledApplicationList", "ProfileList", "CertificateList"];

/** A person opens a link, the Mac enrolls over Apple's protocol, its page fills, and the agent comes by itself. */
export const enroll: Walk = {
  name: "enroll",
  walk: async (stage) => {
    const begun = performance.now();
    const mac = await stage.enrolledMac({ agentMode: "in-process" });
    const enrolledMs = performance.now() - begun;
    const device = await eventually("the device with its facts", () =>
      deviceOf(stage, mac, (item) => item.facts.sip !== undefined),
    );
    expect(device.mdm.enrolled && device.mdm.pushable, "the device is enrolled and can be pushed to");
    expect(device.osVersion === mac.model.os.version, "its macOS is what the Mac said");
    const deviceId = device.id;
    await eventually("all questions are answered", async () => {
      const { items } = await stage.api.call(listCommands, { deviceId });
      const answered = items.filter((item) => item.state === "acknowledged").map((item) => item.requestType);
      return QUESTIONS.every((question) => answered.includes(question)) ? true : undefined;
    });
    const filledMs = performance.now() - begun;
    for (const list of [listApplications, listProfiles, listCertificates] as const) {
      expect((await stage.api.call(list, { deviceId })).items.length > 0, `${list.name} has rows`);
    }
    const isHidden = await stage.otherApi.call(showDevice, { deviceId }).then(
      () => false,
      (error: unknown) => error instanceof ApiProblem && error.problem.status === 404,
    );
    expect(isHidden, "the other tenant does not see it");
    await eventually("the agent is online", () => deviceOf(stage, mac, (item) => item.agent.online), 60_000);
    return { enrolledMs, filledMs, agentOnlineMs: performance.now() - begun };
  },
};
