import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** `vite build apps/console` writes `apps/console/dist`: index.html, hashed files under assets/, and what stands in public/. */
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // The policy is script-src 'self': no inline preload helper, no data: assets.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 900,
  },
});
