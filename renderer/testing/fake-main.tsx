import { createRoot } from 'react-dom/client';
import { App } from '../app/app.tsx';
import { applyTheme, readPreferences } from '../lib/preferences.ts';
import '../styles/index.css';
import { createFakeCore } from './fake-core.ts';
import { createFakeTrainingControl } from './fake-training-control.ts';

/*
 * The whole window without a core, for working on its looks: `npx vite renderer`, then open /testing/. `?points=100000`
 * gives training runs so many steps, `&pointsPerSecond=10` lets more come to those that run.
 */
applyTheme(readPreferences().theme);
const asked = new URLSearchParams(window.location.search);
const numberOf = (name: string) => (asked.has(name) ? { [name]: Number(asked.get(name)) } : {});
const training = createFakeTrainingControl({ ...numberOf('points'), ...numberOf('pointsPerSecond') });
const root = document.getElementById('root');
if (root) {
  const link = createFakeCore({ delayMs: 250, settings: { tourDone: true }, methods: training });
  createRoot(root).render(<App link={link} />);
}
