import "@mantine/core/styles.css";
import "@mantine/spotlight/styles.css";
import "./kit/tokens.css";
import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { theme } from "./kit/theme.ts";
import { createQueries } from "./shell/queries.ts";
import { createConsoleRouter } from "./shell/router.tsx";

/** The server writes a nonce for this answer into the page; styles made at run time carry it. */
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";
// What react-remove-scroll below Mantine's modal asks for.
(globalThis as { __webpack_nonce__?: string }).__webpack_nonce__ = nonce;

const queries = createQueries();
const router = createConsoleRouter(queries);
const colorSchemes = localStorageColorSchemeManager({ key: "pomona-color-scheme" });

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      colorSchemeManager={colorSchemes}
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
