import { useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { LiveEvent } from "./live-event.ts";
import { type LiveState, LiveStream } from "./live-stream.ts";

const LiveContext = createContext<LiveStream | null>(null);

/** Keeps one stream open for the tenant, for everything below it. */
export const LiveProvider = ({ tenantId, children }: { tenantId: string; children: ReactNode }) => {
  const queries = useQueryClient();
  const [stream, setStream] = useState<LiveStream | null>(null);
  useEffect(() => {
    const opened = new LiveStream(queries, tenantId);
    opened.open();
    setStream(opened);
    return () => opened.close();
  }, [queries, tenantId]);
  return <LiveContext value={stream}>{children}</LiveContext>;
};

const CONNECTING: LiveState = { state: "connecting", since: 0 };

/** How the live connection stands. */
export const useLiveState = (): LiveState => {
  const stream = useContext(LiveContext);
  return useSyncExternalStore(stream?.onState ?? (() => () => {}), stream?.state ?? (() => CONNECTING));
};

/** Calls back for every event while the component is mounted; the latest callback is used. */
export const useLiveEvents = (callback: (event: LiveEvent) => void): void => {
  const stream = useContext(LiveContext);
  const latest = useRef(callback);
  latest.current = callback;
  useEffect(() => stream?.follow((event) => latest.current(event)), [stream]);
};
