import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** The network between one Mac and one port of its server, with a hand on the switch. It looks at no byte. */
export interface TcpProxy {
  readonly port: number;
  /** While blocked, connections are refused and those that stand are reset, as by a firewall. */
  block(isBlocked: boolean): void;
  /**
   * While frozen nothing passes and nothing is closed, in either direction: the Mac has vanished. `thaw` lets it pass again, `drop`
   * ends what stood before, without a word having passed in between.
   */
  freeze(): void;
  thaw(): void;
  drop(): void;
  /** Connections that stand. */
  readonly connections: number;
  close(): Promise<void>;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

export async function startTcpProxy(target: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const pairs = new Set<Pair>();
  let isBlocked = false;
  let isFrozen = false;

  const hold = (pair: Pair): void => {
    pair.near.pause();
    pair.far.pause();
  };

  /** Passes bytes by hand instead of `pipe`, which would pass the end of a frozen connection on. */
  const pass = (pair: Pair, from: Socket, to: Socket): void => {
    from.on("data", (bytes) => {
      if (to.destroyed) return;
      if (!to.write(bytes)) {
        from.pause();
        to.once("drain", () => {
          if (!isFrozen) from.resume();
        });
      }
    });
    from.on("end", () => to.end());
    from.on("error", () => undefined);
    from.on("close", () => {
      // What vanished does not say good-bye: the other side stays until the Mac is back.
      if (isFrozen) return;
      pairs.delete(pair);
      to.destroy();
    });
  };

  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, (near) => {
    near.on("error", () => undefined);
    if (isBlocked) return void near.resetAndDestroy();
    const far = connect({ host: target.host, port: target.port, noDelay: true, allowHalfOpen: true });
    const pair = { near, far };
    pairs.add(pair);
    pass(pair, near, far);
    pass(pair, far, near);
    if (isFrozen) hold(pair);
    else near.resume();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });

  const drop = (): void => {
    for (const { near, far } of pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
    pairs.clear();
  };

  return {
    port: (server.address() as AddressInfo).port,
    block: (blocked) => {
      isBlocked = blocked;
      if (blocked) drop();
    },
    freeze: () => {
      isFrozen = true;
      for (const pair of pairs) hold(pair);
    },
    thaw: () => {
      isFrozen = false;
      for (const { near, far } of pairs) {
        near.resume();
        far.resume();
        if (near.destroyed) far.destroy();
        if (far.destroyed) near.destroy();
      }
    },
    drop,
    get connections() {
      return pairs.size;
    },
    close: async () => {
      isFrozen = false;
      drop();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
