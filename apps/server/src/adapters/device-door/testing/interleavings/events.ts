import fc from "fast-check";
import type { Status } from "./queue-model.ts";

/** `lost`: the server never saw it. `unheard`: it did, and the Mac never saw the answer. `twice`: sent again at once. */
export type Fate = "arrives" | "lost" | "unheard" | "twice";
export interface Request {
  readonly isUser: boolean;
  readonly status: Status;
}

/** What may happen. Numbers choose among what there is at that moment, so that any list of events can be played. */
export type Event =
  | { readonly kind: "request"; readonly mac: number; readonly request: Request; readonly fate: Fate }
  | {
      readonly kind: "together";
      readonly mac: number;
      readonly requests: readonly Request[];
      readonly also: "nothing" | "send" | "cancel" | "clear";
    }
  /** It comes, takes what it gets, and says nothing of it, so many times with half a minute in between. */
  | { readonly kind: "silence"; readonly mac: number; readonly times: number }
  | { readonly kind: "old-report"; readonly mac: number; readonly which: number; readonly request: Request }
  | {
      readonly kind: "send";
      readonly mac: number;
      readonly type: number;
      readonly isUser: boolean;
      readonly isPerson: boolean;
      readonly lane: "urgent" | "normal" | "background" | null;
      readonly seconds: number | null;
    }
  | { readonly kind: "cancel" | "retry" | "release"; readonly mac: number; readonly which: number }
  | { readonly kind: "batch-send"; readonly isUrgent: boolean }
  | { readonly kind: "batch-pause" | "batch-resume" | "batch-cancel"; readonly which: number }
  | {
      readonly kind:
        | "drain"
        | "clear"
        | "token-update"
        | "user-token-update"
        | "authenticate"
        | "check-out"
        | "renew"
        | "quarantine"
        | "let-out";
      readonly mac: number;
    }
  | { readonly kind: "advance"; readonly ms: number }
  | { readonly kind: "job"; readonly name: string }
  | { readonly kind: "restart" };

const mac = fc.nat({ max: 1 });
const which = fc.nat({ max: 30 });
/** Mostly the device's channel: a user's is there to be kept apart. */
const isUser = fc.integer({ min: 0, max: 4 }).map((n) => n === 4);
const status = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Status>("Idle") },
  { weight: 5, arbitrary: fc.constant<Status>("Acknowledged") },
  { weight: 3, arbitrary: fc.constant<Status>("NotNow") },
  { weight: 1, arbitrary: fc.constantFrom<Status>("Error", "CommandFormatError") },
);
const request: fc.Arbitrary<Request> = fc.record({ isUser, status });
const fate = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Fate>("arrives") },
  { weight: 3, arbitrary: fc.constantFrom<Fate>("lost", "unheard", "twice") },
);
const on = <Kind extends string>(...kinds: readonly Kind[]) => fc.record({ kind: fc.constantFrom(...kinds), mac });

const requests: fc.Arbitrary<Event> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ kind: fc.constant("request" as const), mac, request, fate }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("together" as const),
      mac,
      requests: fc.array(request, { minLength: 2, maxLength: 3 }),
      also: fc.constantFrom("nothing" as const, "send" as const, "cancel" as const, "clear" as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("silence" as const), mac, times: fc.integer({ min: 2, max: 8 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant("old-report" as const), mac, which, request }) },
);
const orders: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant("send" as const),
      mac,
      type: fc.nat({ max: 4 }),
      isUser,
      isPerson: fc.boolean(),
      lane: fc.constantFrom(null, null, "urgent" as const, "normal" as const, "background" as const),
      seconds: fc.constantFrom(null, null, 20, 100, 7200),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom("cancel" as const, "retry" as const, "release" as const, "release" as const),
      mac,
      which,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("batch-send" as const), isUrgent: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom("batch-pause" as const, "batch-resume" as const, "batch-cancel" as const),
      which,
    }),
  },
);
const circumstances: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("advance" as const),
      ms: fc.constantFrom(1000, 31_000, 31_000, 120_000, 400_000, 5 * 3_600_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("job" as const),
      name: fc.constantFrom("expire", "archive-answered", "wake-postponed", "wake-silent"),
    }),
  },
  {
    weight: 5,
    arbitrary: on("token-update", "user-token-update", "renew", "quarantine", "let-out", "let-out", "let-out"),
  },
  { weight: 3, arbitrary: on("authenticate", "authenticate", "check-out", "clear") },
  // A queue that is empty is where memory answers in the store's place.
  { weight: 5, arbitrary: on("drain") },
  { weight: 1, arbitrary: fc.constant<Event>({ kind: "restart" }) },
);

export const someEvents: fc.Arbitrary<readonly Event[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: requests },
    { weight: 3, arbitrary: orders },
    { weight: 2, arbitrary: circumstances },
  ),
  { minLength: 15, maxLength: 100, size: "max" },
);
