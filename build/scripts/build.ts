import { buildAll } from './build-app.ts';

const startedAt = performance.now();
await buildAll();
console.log(`Built dist/ in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s.`);
