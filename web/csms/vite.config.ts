// How the dashboard is built: hashed names, no inline script, nothing from elsewhere.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const server = process.env.LADESTROM_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    outDir: "dist",
    target: "es2022",
    assetsInlineLimit: 0, // the content security policy allows no data: address
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 600,
  },
  server: {
    host: "127.0.0.1",
    proxy: { "/api": server },
  },
  test: {
    include: ["src/**/*.test.ts"],
    environment: "node",
  },
});
