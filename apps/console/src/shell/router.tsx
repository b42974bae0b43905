import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
  retainSearchParams,
} from "@tanstack/react-router";
import { BlockSkeleton } from "../kit/skeletons.tsx";
import { ToastList } from "../kit/toast-list.tsx";
import { parseSearch, stringifySearch } from "../kit/url.ts";
import { AppFrame } from "./app-frame.tsx";
import { NotFound } from "./not-found.tsx";
import { PageFault } from "./page-fault.tsx";

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  validateSearch: (search: Record<string, unknown>) => search as Record<string, string | undefined>,
  search: { middlewares: [retainSearchParams(["tenant"])] },
  component: () => (
    <>
      <Outlet />
      <ToastList />
    </>
  ),
  notFoundComponent: NotFound,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  component: lazyRouteComponent(() => import("../features/access/sign-in-page.tsx"), "SignInPage"),
});
const signInLink = createRoute({
  getParentRoute: () => root,
  path: "/sign-in/$code",
  component: lazyRouteComponent(() => import("../features/access/sign-in-link-page.tsx"), "SignInLinkPage"),
});
const app = createRoute({ getParentRoute: () => root, id: "app", component: AppFrame });

type Loaded = () => ReturnType<typeof lazyRouteComponent> | typeof NotFound;
const page = (path: string, component: Loaded) =>
  createRoute({ getParentRoute: () => app, path, component: component() });
const moved = (path: string, to: string) =>
  createRoute({
    getParentRoute: () => app,
    path,
    beforeLoad: () => {
      throw redirect({ to, replace: true });
    },
  });

const device = createRoute({
  getParentRoute: () => app,
  path: "/devices/$deviceId",
  component: lazyRouteComponent(() => import("../features/devices/device-page.tsx"), "DevicePage"),
});
const tab = (path: string, component: Loaded) =>
  createRoute({ getParentRoute: () => device, path, component: component() });

const tree = root.addChildren([
  signIn,
  signInLink,
  app.addChildren([
    page("/", () => lazyRouteComponent(() => import("./home/home-page.tsx"), "HomePage")),
    page("/devices", () => lazyRouteComponent(() => import("../features/devices/devices-page.tsx"), "DevicesPage")),
    device.addChildren([
      tab("/", () => lazyRouteComponent(() => import("../features/devices/overview-tab.tsx"), "OverviewTab")),
      tab("/timeline", () => lazyRouteComponent(() => import("../features/devices/timeline-tab.tsx"), "TimelineTab")),
      tab("/applications", () =>
        lazyRouteComponent(() => import("../features/devices/applications-tab.tsx"), "ApplicationsTab"),
      ),
      tab("/profiles", () => lazyRouteComponent(() => import("../features/devices/profiles-tab.tsx"), "ProfilesTab")),
      tab("/commands", () => lazyRouteComponent(() => import("../features/commands/commands-tab.tsx"), "CommandsTab")),
      tab("/orders", () => lazyRouteComponent(() => import("../features/agents/orders-tab.tsx"), "OrdersTab")),
      tab("/orders/new", () =>
        lazyRouteComponent(() => import("../features/agents/run-script-tab.tsx"), "RunScriptTab"),
      ),
      tab("/orders/$orderId", () => lazyRouteComponent(() => import("../features/agents/order-tab.tsx"), "OrderTab")),
      tab("/secrets", () => lazyRouteComponent(() => import("../features/escrow/secrets-tab.tsx"), "SecretsTab")),
      tab("/departure", () => lazyRouteComponent(() => import("../features/escrow/departure-tab.tsx"), "DepartureTab")),
      tab("/identities", () =>
        lazyRouteComponent(() => import("../features/revocation/identities-tab.tsx"), "IdentitiesTab"),
      ),
      tab("/incidents", () =>
        lazyRouteComponent(() => import("../features/protection/device-incidents-tab.tsx"), "DeviceIncidentsTab"),
      ),
    ]),
    moved("/protection", "/protection/incidents"),
    page("/protection/rules", () =>
      lazyRouteComponent(() => import("../features/protection/rules-page.tsx"), "RulesPage"),
    ),
    page("/protection/rules/new", () =>
      lazyRouteComponent(() => import("../features/protection/new-rule-page.tsx"), "NewRulePage"),
    ),
    page("/protection/rules/$ruleId", () =>
      lazyRouteComponent(() => import("../features/protection/edit-rule-page.tsx"), "EditRulePage"),
    ),
    page("/protection/rules/$ruleId/remove", () =>
      lazyRouteComponent(() => import("../features/protection/remove-rule-page.tsx"), "RemoveRulePage"),
    ),
    page("/protection/incidents", () =>
      lazyRouteComponent(() => import("../features/protection/incidents-page.tsx"), "IncidentsPage"),
    ),
    page("/protection/incidents/$incidentId", () =>
      lazyRouteComponent(() => import("../features/protection/incident-page.tsx"), "IncidentPage"),
    ),
    page("/escrow", () => lazyRouteComponent(() => import("../features/escrow/escrow-page.tsx"), "EscrowPage")),
    page("/certificates", () =>
      lazyRouteComponent(() => import("../features/renewal/renewals-page.tsx"), "RenewalsPage"),
    ),
    page("/certificates/quarantine", () =>
      lazyRouteComponent(() => import("../features/devices/quarantine-page.tsx"), "QuarantinePage"),
    ),
    page("/certificates/revoked", () =>
      lazyRouteComponent(() => import("../features/revocation/revocations-page.tsx"), "RevocationsPage"),
    ),
    page("/certificates/authority", () =>
      lazyRouteComponent(() => import("../features/revocation/authority-page.tsx"), "AuthorityPage"),
    ),
    page("/enrollment", () =>
      lazyRouteComponent(() => import("../features/enrollment/invitations-page.tsx"), "InvitationsPage"),
    ),
    page("/enrollment/push", () =>
      lazyRouteComponent(() => import("../features/enrollment/push-page.tsx"), "PushPage"),
    ),
    page("/enrollment/policy", () =>
      lazyRouteComponent(() => import("../features/enrollment/policy-page.tsx"), "PolicyPage"),
    ),
    page("/enrollment/refused", () =>
      lazyRouteComponent(() => import("../features/enrollment/refusals-page.tsx"), "RefusalsPage"),
    ),
    page("/enrollment/moving-in", () =>
      lazyRouteComponent(() => import("../features/moving-in/moving-in-page.tsx"), "MovingInPage"),
    ),
    page("/activity", () => lazyRouteComponent(() => import("../features/audit/activity-page.tsx"), "ActivityPage")),
    page("/commands", () => lazyRouteComponent(() => import("../features/commands/batches-page.tsx"), "BatchesPage")),
    page("/commands/new", () =>
      lazyRouteComponent(() => import("../features/commands/new-batch-page.tsx"), "NewBatchPage"),
    ),
    page("/commands/batches/$batchId", () =>
      lazyRouteComponent(() => import("../features/commands/batch-page.tsx"), "BatchPage"),
    ),
    page("/commands/dead-letters", () =>
      lazyRouteComponent(() => import("../features/commands/dead-letters-page.tsx"), "DeadLettersPage"),
    ),
    page("/commands/held", () => lazyRouteComponent(() => import("../features/commands/held-page.tsx"), "HeldPage")),
    page("/commands/silent-agents", () =>
      lazyRouteComponent(() => import("../features/agents/silent-agents-page.tsx"), "SilentAgentsPage"),
    ),
    page("/settings/limits", () =>
      lazyRouteComponent(() => import("../features/access/limits-page.tsx"), "LimitsPage"),
    ),
    page("/$", () => NotFound),
    page("/settings", () => lazyRouteComponent(() => import("../features/access/settings-page.tsx"), "SettingsPage")),
  ]),
]);

/** Every page by its address; pages are loaded when they are first opened. */
export const createConsoleRouter = (queries: QueryClient) =>
  createRouter({
    routeTree: tree,
    context: { queries },
    parseSearch,
    stringifySearch,
    defaultPreload: "intent",
    defaultPendingMs: 100,
    defaultPendingComponent: () => <BlockSkeleton lines={6} />,
    defaultErrorComponent: PageFault,
    defaultNotFoundComponent: NotFound,
    scrollRestoration: true,
  });
