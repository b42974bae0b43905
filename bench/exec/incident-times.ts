import { listIncidents } from "@pomona/contract";
import { blockMiner, eventually, MINER, macOnline, openStage } from "@pomona/testkit/walks";
import { progress } from "../figures/progress.ts";
import { percentile, rounded } from "../figures/statistics.ts";

/** From the exec event (the Mac's clock, which is this machine's). */
export interface IncidentTimes {
  readonly incidents: number;
  readonly eventToKillP50Ms: number;
  readonly eventToKillP99Ms: number;
  /** Until the incident is in the answer of GET /incidents, asked again and again. */
  readonly incidentInApiP50Ms: number;
  readonly incidentInApiP99Ms: number;
  /** The reference: the same question asked once. */
  readonly apiAnswerP50Ms: number;
  readonly incidentToApiAnswerRatio: number;
}

/** A real server, a virtual Mac with the real agent process and its sensor process, and real processes that are killed. */
export async function measureIncidents(count: number): Promise<IncidentTimes> {
  await using stage = await openStage();
  const { mac, deviceId } = await macOnline(stage);
  await blockMiner(stage, 1);
  progress("a virtual Mac holds the rule");
  const kills: number[] = [];
  const shown: number[] = [];
  const answers: number[] = [];
  for (let number = 0; number < count; number++) {
    const app = await mac.launchApp(MINER);
    const incident = await eventually("the incident is told", async () => {
      const askedAt = performance.now();
      const { items } = await stage.api.call(listIncidents, { deviceId, limit: 5 });
      answers.push(performance.now() - askedAt);
      return items.find((item) => item.process.pid === app.pid);
    });
    shown.push(Date.now() - Date.parse(incident.eventAt));
    kills.push(incident.actionAfterMs);
  }
  const answerP50 = percentile(answers, 0.5);
  return {
    incidents: count,
    eventToKillP50Ms: rounded(percentile(kills, 0.5)),
    eventToKillP99Ms: rounded(percentile(kills, 0.99)),
    incidentInApiP50Ms: rounded(percentile(shown, 0.5)),
    incidentInApiP99Ms: rounded(percentile(shown, 0.99)),
    apiAnswerP50Ms: rounded(answerP50),
    incidentToApiAnswerRatio: rounded(percentile(shown, 0.5) / answerP50),
  };
}
