import { openAgents } from "../agents/open-agents.ts";
import { answerQuestions } from "../processes/answer-questions.ts";

/** Macs do not send in step: a flood in bursts would measure the bursts. */
const TICK_MS = 1;
const LARGEST_BURST_SECONDS = 0.01;
/** Messages of one agent that wait for their PUBACK at most: a server that falls behind is seen in the rate, not in our memory. */
const IN_FLIGHT = 20;
const EVENT = {
  kind: "exec",
  path: "/Applications/Editor.app/Contents/MacOS/Editor",
  pid: 4711,
  signingId: "com.example.editor",
};
let taken = 0;
let perSecond = 0;

/** Telemetry of many agents at an even rate. */
answerQuestions(
  async (question) => {
    if (question.ask === "taken") return taken;
    if (question.ask === "rate") {
      perSecond = question.perSecond;
      return undefined;
    }
    if (question.ask !== "flood") return undefined;
    const { agents, door } = question;
    const open = await openAgents(agents, door, "telemetry", 50);
    const waiting = open.map(() => 0);
    let next = 0;
    let due = 0;
    let last = performance.now();
    setInterval(() => {
      const now = performance.now();
      // What could not be sent in time is not made up for in a burst.
      due = Math.min(due + ((now - last) * perSecond) / 1000, perSecond * LARGEST_BURST_SECONDS);
      last = now;
      for (let tries = 0; due >= 1 && tries < open.length; tries++) {
        const at = next++ % open.length;
        if (waiting[at]! >= IN_FLIGHT) continue;
        waiting[at]! += 1;
        due -= 1;
        open[at]!.say("events", { events: [EVENT], shed: 0 }).then(
          () => {
            waiting[at]! -= 1;
            taken += 1;
          },
          () => {},
        );
      }
    }, TICK_MS);
    return undefined;
  },
  async () => {},
);
