import { createRoot } from 'react-dom/client';
import { App } from '../app/app.tsx';
import { applyTheme, readPreferences } from '../lib/preferences.ts';
import '../styles/index.css';
import { createFakeCore } from './fake-core.ts';

// The whole window without a core, for working on its looks: `npx vite renderer`, then open /testing/.
applyTheme(readPreferences().theme);
const root = document.getElementById('root');
if (root) createRoot(root).render(<App link={createFakeCore({ delayMs: 250 })} />);
