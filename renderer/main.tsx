import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { config } from 'zod';
import { App } from './app/app.tsx';
import { connectCore } from './lib/connect-core.ts';
import { applyTheme, readPreferences } from './lib/preferences.ts';
import { createResilientClient } from './lib/resilient-client.ts';
import './styles/index.css';

// zod's fast path compiles code at run time, which our content security policy refuses.
config({ jitless: true });

applyTheme(readPreferences().theme);
const root = document.getElementById('root');
if (!root) throw new Error('The page has no root element.');
createRoot(root).render(
  <StrictMode>
    <App link={createResilientClient(connectCore)} />
  </StrictMode>,
);
