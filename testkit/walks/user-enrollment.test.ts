import assert from "node:assert/strict";
import { test } from "node:test";
import { type Command, listCommands, listDevices, listUserChannels, sendCommand } from "@pomona/contract";
import { ApiProblem } from "@pomona/testkit";
import { eventually, openStage } from "./stage.ts";

const FINAL: readonly string[] = ["acknowledged", "error", "formatError", "expired", "cancelled"];

test("walk: a Mac that is its user's own enrolls without a name of its hardware, takes what it may, and its user has a channel", {
  timeout: 180_000,
}, async () => {
  await using stage = await openStage();
  const { api } = stage;
  const mac = await stage.mac();
  await mac.enroll(await stage.invitation(), { ca: stage.ca, kind: "user" });
  const device = await eventually("the device", async () => (await api.call(listDevices, {})).items[0]);
  const deviceId = device.id;
  assert.deepEqual(
    [device.serialNumber, device.mdm.udid, device.mdm.userEnrollment, device.mdm.enrolled],
    [null, null, true, true],
  );
  const commands = async (): Promise<readonly Command[]> => (await api.call(listCommands, { deviceId })).items;
  const finalOf = (id: string) =>
    eventually("the command is final", async () =>
      (await commands()).find((each) => each.id === id && FINAL.includes(each.state)),
    );

  await eventually("the first questions are answered", async () => {
    const all = await commands();
    return all.length > 0 && all.every(({ state }) => FINAL.includes(state)) ? true : undefined;
  });
  const first = await commands();
  assert.deepEqual(
    first
      .filter(({ state }) => state !== "acknowledged")
      .map(({ requestType, state, error }) => [requestType, state, error]),
    [],
    "nothing was sent that a Mac of its user refuses",
  );

  const { userEnrollment } = mac.model;
  const users = (await api.call(listUserChannels, { deviceId })).items;
  assert.deepEqual(
    users.map(({ user }) => user),
    [userEnrollment!.enrollmentUserId],
  );
  const toUser = { deviceId, requestType: "ProfileList", userId: userEnrollment!.enrollmentUserId };
  const sent = await finalOf((await api.call(sendCommand, toUser)).id);
  assert.deepEqual(
    [sent.state, sent.channel],
    ["acknowledged", `${userEnrollment!.enrollmentId}:${userEnrollment!.enrollmentUserId}`],
  );

  for (const requestType of ["EraseDevice", "RestartDevice", "ShutDownDevice"])
    await assert.rejects(
      api.call(sendCommand, { deviceId, requestType, input: {} }),
      (error: unknown) => error instanceof ApiProblem && error.problem.status === 409,
      requestType,
    );

  await mac.unenroll();
  await eventually("it has left", async () =>
    (await api.call(listDevices, {})).items[0]?.mdm.enrolled ? undefined : true,
  );
  await mac.enroll(await stage.invitation(), { ca: stage.ca, kind: "user" });
  await eventually("it is another one to us", async () =>
    (await api.call(listDevices, {})).items.length === 2 ? true : undefined,
  );
});
