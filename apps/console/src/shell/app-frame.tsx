import { showSession } from "@pomona/contract";
import { useQuery } from "@tanstack/react-query";
import { Outlet, useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { call } from "../client/call.ts";
import { LiveProvider } from "../client/live/live-provider.tsx";
import type { ProblemError } from "../client/problem-error.ts";
import { SessionContext } from "../client/session.tsx";
import { ProblemPanel } from "../kit/problem-panel.tsx";
import { BlockSkeleton } from "../kit/skeletons.tsx";
import { useUrlSearch } from "../kit/url.ts";
import styles from "./app-frame.module.css";
import { CommandPalette } from "./command-palette.tsx";
import { OrderWatch } from "./order-watch.tsx";
import { ShortcutMap } from "./shortcut-map.tsx";
import { SideNav } from "./side-nav.tsx";
import { SignInRedirect } from "./sign-in-redirect.tsx";
import { TopBar } from "./top-bar.tsx";

/** The signed-in part: who, which tenant, the navigation, the live stream, and the page. */
export const AppFrame = () => {
  const { tenant } = useUrlSearch();
  const navigate = useNavigate();
  const {
    data: session,
    error,
    refetch,
  } = useQuery<Awaited<ReturnType<typeof readSession>>, ProblemError>({
    queryKey: [showSession.name, tenant ?? null],
    queryFn: () => readSession(tenant ?? null),
    staleTime: 5 * 60_000,
  });
  const needsTenant = session !== undefined && session.tenants.length > 1 && tenant === undefined;
  const own = session?.tenant.id;
  useEffect(() => {
    // The tenant belongs into the address: a link that is shared must show the same.
    if (needsTenant)
      void navigate({ to: ".", search: (before: object) => ({ ...before, tenant: own }), replace: true } as never);
  }, [needsTenant, own, navigate]);

  if (error?.status === 401) return <SignInRedirect />;
  if (error !== null && session === undefined)
    return (
      <main className={styles.alone}>
        <ProblemPanel problem={error} retry={() => void refetch()}>
          {tenant !== undefined && <a href="/">Open your own tenant</a>}
        </ProblemPanel>
      </main>
    );
  if (session === undefined || needsTenant) return <BlockSkeleton lines={8} />;
  return (
    <SessionContext value={session}>
      <LiveProvider key={session.tenant.id} tenantId={session.tenant.id}>
        <a href="#main" className={styles.skip}>
          Skip to the page
        </a>
        <div className={styles.frame}>
          <SideNav />
          <TopBar />
          <main id="main" className={styles.main} tabIndex={-1}>
            <Outlet />
          </main>
        </div>
        <CommandPalette />
        <ShortcutMap />
        <OrderWatch />
      </LiveProvider>
    </SessionContext>
  );
};

const readSession = (tenantId: string | null) => call(showSession, {}, { tenantId });
