import { defineConfig } from 'vitest/config';

// Each bundle is one classic script that a page includes by one tag, built where it is served from.
const BUNDLES: Record<string, { entry: string; outDir: string }> = {
  widget: { entry: 'src/widget/main.ts', outDir: '../components/xiaoer/channels/web/assets' },
  console: { entry: 'src/console.ts', outDir: '../backends/console/assets' },
  charts: { entry: 'src/charts.ts', outDir: '../backends/console/assets' },
};

export default defineConfig(({ mode }) => {
  const bundle = BUNDLES[mode];
  return {
    build: bundle && {
      outDir: bundle.outDir,
      // The console's folder holds files of others, too.
      emptyOutDir: false,
      target: 'es2020',
      rolldownOptions: { checks: { eval: false } }, // htmx evaluates its own attributes
      license: { fileName: `${mode}-licenses.md` },
      lib: {
        entry: bundle.entry,
        formats: ['iife'],
        name: `xiaoer_${mode}`,
        fileName: () => `${mode}.js`,
      },
    },
    define: { 'process.env.NODE_ENV': '"production"' },
    test: { environment: 'happy-dom', include: ['tests/**/*.test.ts'] },
  };
});
