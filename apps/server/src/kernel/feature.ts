import type { Socket } from "node:net";
import type { BoundAction } from "./action.ts";
import type { Clock } from "./clock.ts";
import type { FactHandler, FactLog } from "./fact.ts";
import type { LiveFeed } from "./live.ts";
import type { Vault } from "./secret.ts";
import type { Migration, Store } from "./store.ts";

/** What every feature may use. Anything else it needs is in its own `ports.ts`. */
export interface Kernel {
  readonly store: Store;
  readonly facts: FactLog;
  readonly live: LiveFeed;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly log: Log;
}

/** Structured log lines: an event's name, then fields. Never a secret, never a whole message from outside. */
export interface Log {
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** A connection's ends, the same below TLS and above it. */
export interface ConnectionName {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
}

/** What a door tells of its connections, so that silent ones make room for those that come. */
export interface Connections {
  /** A connection has come: its peer has the first word. It is forgotten when it closes. */
  enter(socket: Socket): void;
  /** The peer has said what was waited for: the word is ours. */
  serve(connection: ConnectionName): void;
  /** It is answered; when nothing else is, the peer has the next word, from now. */
  done(connection: ConnectionName): void;
  /** More of a body has come, and is held until the rest has. */
  hold(connection: ConnectionName, bytes: number): void;
  /** A handshake came to nothing. */
  failed(error: Error): void;
  /** Ends every connection. */
  clear(): void;
}

/** Work by time. Runs never overlap; a failure is logged and the next run comes as planned. */
export interface Job {
  readonly name: string;
  readonly everyMs: number;
  run(): Promise<void>;
}

/** A route that is not an action: a portal page, SCEP, a package. Doors translate to and from their own library. */
export interface HttpRoute {
  readonly door: "api" | "device";
  readonly method: "GET" | "HEAD" | "POST" | "PUT";
  /** Parts in braces are parameters; a last part `{name...}` takes the rest of the path. */
  readonly path: `/${string}`;
  readonly maxBodyBytes: number;
  handle(request: HttpRequest): Promise<HttpResponse>;
}
export interface HttpRequest {
  readonly method: string;
  /** As received, with its query. */
  readonly url: string;
  readonly params: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Uint8Array;
  readonly address: string;
  /** DER of the client certificate that TLS verified the possession of; absent when none was shown. */
  readonly peerCertificate?: Uint8Array;
  /** Aborted when the caller goes away. */
  readonly signal: AbortSignal;
}
export interface HttpResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string | AsyncIterable<Uint8Array>;
}

/** A vertical slice as main.ts sees it. */
export interface Feature {
  readonly name: string;
  readonly migrations: readonly Migration[];
  readonly actions: readonly BoundAction[];
  readonly factHandlers?: readonly FactHandler[];
  readonly jobs?: readonly Job[];
  readonly routes?: readonly HttpRoute[];
  /** After migrations, before the doors open. */
  readonly start?: () => Promise<void>;
  readonly stop?: () => Promise<void>;
}
