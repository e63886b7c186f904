import { listFirstScreen } from './build/scripts/first-screen.ts';

export default [
  {
    name: 'First screen (scripts and styles, gzip)',
    path: listFirstScreen().map((path) => `dist/renderer/${path}`),
    limit: '500 kB',
    gzip: true,
  },
];
