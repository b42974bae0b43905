import type { LiveData } from "@pomona/agent-protocol";
import { newId } from "../../kernel/clock.ts";
import { PomonaError } from "../../kernel/errors.ts";
import type { AgentIdentity, DeviceBus } from "./ports.ts";

const OPEN_MS = 10_000;
const ANSWER_MS = 10_000;

interface Session {
  readonly to: AgentIdentity;
  ready: () => void;
  data: (message: LiveData) => void;
}

/** Sessions on the live lanes: opened on demand, by the Mac, because the server asked. */
export class LiveSessions {
  readonly #bus: () => DeviceBus;
  readonly #sessions = new Map<string, Session>();

  constructor(bus: () => DeviceBus) {
    this.#bus = bus;
  }

  /** Sends a text through the live lane and back. @throws PomonaError `agent.offline`, `agent.live-lane` */
  async echo(to: AgentIdentity, text: string) {
    const sessionId = newId<"session">();
    const session: Session = { to, ready: () => {}, data: () => {} };
    this.#sessions.set(sessionId, session);
    try {
      const began = performance.now();
      if (!this.#bus().send(to, "control", "live-request", JSON.stringify({ sessionId, kind: "echo" })))
        throw new PomonaError("unavailable", "agent.offline", "The agent is not connected. Try again when it is.");
      await within(OPEN_MS, "open its live lane", (done) => (session.ready = () => done(undefined)));
      const opened = performance.now();
      const answer = within<LiveData>(ANSWER_MS, "answer on its live lane", (done) => (session.data = done));
      this.#bus().send(to, "live", "data", JSON.stringify({ sessionId, seq: 0, data: text } satisfies LiveData));
      const { data } = await answer;
      return { text: data, roundTripMs: performance.now() - opened, openedInMs: opened - began };
    } finally {
      this.#sessions.delete(sessionId);
      this.#bus().send(to, "live", "close", JSON.stringify({ sessionId }));
    }
  }

  onReady(from: AgentIdentity, sessionId: string): void {
    this.#of(from, sessionId)?.ready();
  }

  onData(from: AgentIdentity, message: LiveData): void {
    this.#of(from, message.sessionId)?.data(message);
  }

  /** Another Mac's word on this session is not heard. */
  #of(from: AgentIdentity, sessionId: string): Session | undefined {
    const session = this.#sessions.get(sessionId);
    return session?.to.deviceId === from.deviceId ? session : undefined;
  }
}

function within<T>(ms: number, what: string, begin: (done: (value: T) => void) => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new PomonaError("unavailable", "agent.live-lane", `The agent did not ${what} in time.`)),
      ms,
    );
    begin((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}
