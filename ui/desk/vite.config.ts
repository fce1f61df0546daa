// File names carry no hash: the program embeds them by name, and is itself the version.
import { defineConfig } from "vite";
import { svelte } from "@sveltejs/vite-plugin-svelte";

export default defineConfig({
  plugins: [svelte()],
  base: "/",
  build: {
    target: "es2022",
    outDir: "dist",
    emptyOutDir: true,
    modulePreload: false,
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    rollupOptions: {
      output: {
        entryFileNames: "desk.js",
        chunkFileNames: "desk-[name].js",
        assetFileNames: "desk[extname]",
        inlineDynamicImports: true,
      },
    },
  },
});
