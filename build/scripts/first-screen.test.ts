import { expect, it } from 'vitest';
import { listFirstScreen } from './first-screen.ts';

it('counts what is imported statically, and no lazy page', () => {
  const files: Record<string, string> = {
    'index.html':
      '<script type="module" crossorigin src="./assets/index-a.js"></script><link rel="modulepreload" href="./assets/shared-b.js"><link rel="stylesheet" href="./assets/index-c.css"><link rel="icon" href="./icon.svg">',
    'assets/index-a.js':
      'import{a as b}from"./shared-b.js";import"./side-d.js";const p=()=>import("./page-e.js");',
    'assets/shared-b.js': 'export{x}from"./deep-f.js";',
    'assets/side-d.js': '',
    'assets/deep-f.js': 'import{a}from"./index-a.js"',
  };
  expect(listFirstScreen((path) => files[path] ?? '').toSorted()).toEqual([
    'assets/deep-f.js',
    'assets/index-a.js',
    'assets/index-c.css',
    'assets/shared-b.js',
    'assets/side-d.js',
  ]);
});
